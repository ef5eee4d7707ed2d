/**
 * Many short tasks watching few long-lived signals. A signal gets one listener for ever instead of one a task: adding and
 * removing a listener costs about a microsecond and grows with the number of those already there.
 */
export interface AbortFan {
  /** Calls back once when the signal aborts, unless the returned function is called first. Not for signals already aborted. */
  watch(signal: AbortSignal, callback: () => void): () => void;
}

export function createAbortFan(): AbortFan {
  const watchers = new WeakMap<AbortSignal, Set<() => void>>();
  return {
    watch(signal, callback) {
      let callbacks = watchers.get(signal);
      if (!callbacks) {
        callbacks = new Set();
        watchers.set(signal, callbacks);
        listen(signal, callbacks);
      }
      const own = callbacks;
      own.add(callback);
      return () => void own.delete(callback);
    },
  };
}

function listen(signal: AbortSignal, callbacks: Set<() => void>): void {
  const notify = () => {
    const due = [...callbacks];
    callbacks.clear();
    for (const callback of due) callback();
  };
  signal.addEventListener('abort', notify, { once: true });
}

/** Why a signal aborted, typed as promises want it; whatever it is, it is passed on as it is. */
export function reasonOf(signal: AbortSignal): Error {
  const reason: unknown = signal.reason;
  return reason as Error;
}
