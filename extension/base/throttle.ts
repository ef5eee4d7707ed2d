import type { Disposable } from './emitter.ts';

/** Delivers the latest value of each key. */
export interface Throttle<K, V> extends Disposable {
  push(key: K, value: V): void;
}

/**
 * At most one delivery a key in `intervalMs`: the first value at once, later ones when the interval is over, and of
 * those only the latest.
 */
export function createThrottle<K, V>(intervalMs: number, deliver: (key: K, value: V) => void): Throttle<K, V> {
  const waiting = new Map<K, { timer: NodeJS.Timeout; latest?: { value: V } }>();

  function open(key: K): void {
    const entry = waiting.get(key);
    waiting.delete(key);
    if (entry?.latest !== undefined) send(key, entry.latest.value);
  }

  function send(key: K, value: V): void {
    waiting.set(key, { timer: setTimeout(() => open(key), intervalMs) });
    deliver(key, value);
  }

  return {
    push(key, value) {
      const entry = waiting.get(key);
      if (entry === undefined) send(key, value);
      else entry.latest = { value };
    },
    dispose() {
      for (const { timer } of waiting.values()) clearTimeout(timer);
      waiting.clear();
    },
  };
}
