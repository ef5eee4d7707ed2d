/** Something that can be let go of; VS Code's own disposables fit it. */
export interface Disposable {
  dispose(): void;
}

/** Subscribes a listener until the returned handle is disposed. VS Code's events fit it. */
export type Event<T> = (listener: (value: T) => unknown) => Disposable;

/** What is passed where an event says nothing but that it happened. */
export type Nothing = undefined;

/** A source of events. A listener that throws does not keep the others from being called. */
export interface Emitter<T> extends Disposable {
  readonly event: Event<T>;
  fire(value: T): void;
}

/** @param onListenerError told what a listener threw; default: thrown again outside the emitter's own call. */
export function createEmitter<T>(onListenerError: (error: unknown) => void = rethrowLater): Emitter<T> {
  const listeners = new Set<(value: T) => unknown>();
  return {
    event(listener) {
      const own = (value: T): unknown => listener(value);
      listeners.add(own);
      return { dispose: () => void listeners.delete(own) };
    },
    fire(value) {
      for (const listener of [...listeners]) {
        try {
          listener(value);
        } catch (error) {
          onListenerError(error);
        }
      }
    },
    dispose: () => listeners.clear(),
  };
}

function rethrowLater(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}

/** One handle for several, disposed in reverse order. */
export function disposeAll(...parts: readonly Disposable[]): Disposable {
  let remaining = [...parts];
  return {
    dispose() {
      const going = remaining.reverse();
      remaining = [];
      for (const part of going) part.dispose();
    },
  };
}
