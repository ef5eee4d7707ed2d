import type { Disposable } from '../base/emitter.ts';
import { isElsewhere } from './outline-nodes.ts';
import type { RegistryBook, RegistryPlace } from './registry-book.ts';

/** Keeps what is shown of registries elsewhere from getting old. */
export interface Freshness extends Disposable {
  /** Has a registry read that was never read or is old. Never waits for it. */
  look(place: RegistryPlace): void;
  /** Has it read whatever its age; the local one is always as it is. Never rejects: the registry's entry says what failed. */
  read(place: RegistryPlace): Promise<void>;
  /** Whether this window has it read now. */
  isReading(place: RegistryPlace): boolean;
}

export interface FreshnessParts {
  readonly book: Pick<RegistryBook, 'entry' | 'sync' | 'load'>;
  readonly now: () => number;
  /** How old what is shown may get; 0: any age, and it is read by hand alone. */
  refreshMinutes(): number;
  /** Reading began or ended. */
  onChanged(): void;
  onFailed(error: unknown): void;
}

const minuteMs = 60_000;

export function createFreshness({ book, now, refreshMinutes, onChanged, onFailed }: FreshnessParts): Freshness {
  const reading = new Map<string, Promise<void>>();
  /** An attempt that failed counts as well: a registry that is down is not asked with every row that is drawn. */
  const attempts = new Map<string, number>();

  function read(place: RegistryPlace): Promise<void> {
    if (!isElsewhere(place)) return Promise.resolve();
    const key = keyOf(place);
    const known = reading.get(key);
    if (known !== undefined) return known;
    attempts.set(key, now());
    const began = book
      .sync(place)
      .catch(onFailed)
      .finally(() => {
        reading.delete(key);
        onChanged();
        void book.load(true);
      });
    reading.set(key, began);
    onChanged();
    return began;
  }

  return {
    look(place) {
      const minutes = refreshMinutes();
      const entry = book.entry(place);
      if (minutes <= 0 || entry === undefined || entry.cache.syncing === true) return;
      const last = Math.max(attempts.get(keyOf(place)) ?? -Infinity, entry.cache.syncedAt ?? -Infinity);
      if (now() - last >= minutes * minuteMs) void read(place);
    },
    read,
    isReading: place => reading.has(keyOf(place)),
    dispose() {
      reading.clear();
    },
  };
}

function keyOf({ folder, registry }: RegistryPlace): string {
  return `${folder}\n${registry}`;
}
