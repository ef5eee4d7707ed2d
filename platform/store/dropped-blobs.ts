import { rmSync, statSync } from 'node:fs';
import { listUsedBlobs } from './blob-files.ts';
import { isDigest, locateBlob } from './blobs.ts';
import type { StoreContext } from './context.ts';

/** Milliseconds a dropped blob is kept: an equal training beside this one may just have written the same content. */
const patience = 5_000;

/**
 * Removes the states and checkpoints that training replaces, so that a long run does not fill the disk. What is too young at the
 * end of the run is left to the garbage collection.
 */
export class DroppedBlobs {
  readonly #context: StoreContext;
  readonly #waiting = new Set<string>();

  constructor(context: StoreContext) {
    this.#context = context;
  }

  add(digests: readonly string[]): void {
    for (const digest of digests) if (isDigest(digest)) this.#waiting.add(digest);
  }

  /** Removes what has waited long enough and is still used by nothing. */
  sweep(): void {
    const { folder, driver, now } = this.#context;
    let used: Set<string> | undefined;
    for (const digest of this.#waiting) {
      const file = locateBlob(folder, digest);
      const written = statSync(file, { throwIfNoEntry: false })?.mtimeMs;
      if (written !== undefined && now() - written < patience) continue;
      this.#waiting.delete(digest);
      used ??= new Set(listUsedBlobs(driver));
      if (written !== undefined && !used.has(digest)) rmSync(file, { force: true });
    }
  }
}
