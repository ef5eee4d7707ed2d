import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';

const patienceMs = 60_000;
const pollMs = 200;

/** Waits until `look` holds; what it throws counts as not yet, and is told in the end. */
export async function until(look: () => boolean | Promise<boolean>, patience = patienceMs): Promise<void> {
  const end = Date.now() + patience;
  for (let trouble = ''; ;) {
    try {
      if (await look()) return;
      trouble = '';
    } catch (error) {
      trouble = ` Last, it threw: ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end) assert.fail(`Nothing came of it within ${patience} ms: ${look.toString()}.${trouble}`);
    await wait(pollMs);
  }
}

/** What is read, once it fits; fails with what was read instead. */
export async function untilFits(
  read: () => Promise<string>,
  fits: RegExp | ((text: string) => boolean),
  patience = patienceMs,
): Promise<string> {
  const end = Date.now() + patience;
  for (let seen = ''; ;) {
    try {
      seen = await read();
      if (fits instanceof RegExp ? fits.test(seen) : fits(seen)) return seen;
    } catch (error) {
      seen = `nothing, for ${error instanceof Error ? error.message : String(error)}`;
    }
    if (Date.now() > end)
      assert.fail(
        `${read.toString()} did not fit ${fits.toString()} within ${patience} ms, but was: ${seen.slice(0, 2000)}`,
      );
    await wait(pollMs);
  }
}
