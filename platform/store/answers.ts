import type { StoredAnswer } from '../../engine/ports/store.ts';
import type { StoreContext } from './context.ts';

/** Keys looked up in one statement. */
const mostKeys = 500;

/** Cached answers by their keys (SHA-256, hex); keys that are not there are left out. */
export function findAnswers(context: StoreContext, keys: readonly string[]): StoredAnswer[] {
  const found: StoredAnswer[] = [];
  for (let from = 0; from < keys.length; from += mostKeys) {
    const some = keys.slice(from, from + mostKeys);
    const marks = some.map(() => '?').join(', ');
    const rows = context.driver.all(
      `SELECT lower(hex(key)) AS key, answer FROM answers WHERE key IN (${marks})`,
      ...some.map(toBytes),
    );
    for (const row of rows) found.push({ key: String(row['key']), answer: String(row['answer']) });
  }
  return found;
}

/** Keeps answers; an answer that is there already stays, so that equal questions go on getting the same one. */
export function saveAnswers(context: StoreContext, answers: readonly StoredAnswer[]): void {
  if (answers.length === 0) return;
  context.write(() => {
    const insert = context.driver.prepare(
      'INSERT INTO answers (key, answer, created_at) VALUES (?, ?, ?) ON CONFLICT (key) DO NOTHING',
    );
    for (const { key, answer } of answers) insert.run(toBytes(key), answer, context.now());
  });
}

/** Drops answers kept before `before`; returns how many. Must run inside a write transaction. */
export function dropOldAnswers(context: StoreContext, before: number): number {
  return context.driver.run('DELETE FROM answers WHERE created_at < ?', before);
}

function toBytes(key: string): Uint8Array {
  return Buffer.from(key, 'hex');
}
