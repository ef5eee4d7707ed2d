import type { Driver } from './driver.ts';

/** Finds or stores row contents inside a write transaction. */
export interface ContentKeeper {
  /** Brings the memory in line with what other processes stored. First thing in a transaction that calls `keyOf`. */
  begin(): void;
  /** The key of the content with this digest (hex); stores it when it is new. */
  keyOf(digest: string, input: string, target: string, slices: string): number;
  /** Files what was stored since the last time, when it has become much. Last thing in the transaction. */
  end(): void;
  /** Forgets everything; to be called when the transaction was rolled back. */
  forget(): void;
}

/** Contents that may wait unfiled; at least this many, else a fiftieth of all. About 150 bytes of memory each. */
const usualPortion = 40_000;

/**
 * An index over digests is hit at random places: filing 1,000 rows touches 1,000 pages, and every one is written twice.
 * Measured on 300,000 short rows, that costs three quarters of the insert rate. So new digests stay in memory (they can be
 * read back from the end of the table) and are filed into `content_heads` in sorted portions, which touch each page once.
 */
export function createContentKeeper(driver: Driver, portion = usualPortion): ContentKeeper {
  const recent = new Map<string, number>();
  let filed = 0;
  let known = 0;
  let cleanings = -1;
  const allowance = (contents: number): number => Math.max(portion, Math.floor(contents / 50));

  const insert = driver.prepare('INSERT INTO contents (digest, input, target, slices) VALUES (unhex(?), ?, ?, ?)');
  const findHead = driver.prepare(
    `SELECT c.key FROM content_heads h CROSS JOIN contents c ON c.key = h.content
     WHERE h.head = substr(unhex(?1), 1, 6) AND c.digest = unhex(?1)`,
  );

  const begin = (): void => {
    const state = driver.get('SELECT indexed, cleanings, (SELECT max(key) FROM contents) AS newest FROM store_state');
    const newest = Number(state?.['newest'] ?? 0);
    if (cleanings !== Number(state?.['cleanings'])) {
      recent.clear();
      known = 0;
      cleanings = Number(state?.['cleanings']);
    }
    filed = Number(state?.['indexed'] ?? 0);
    if (recent.size > 2 * allowance(newest)) {
      recent.clear();
      known = 0;
    }
    if (newest <= known) return;
    const sql = 'SELECT key, lower(hex(digest)) AS digest FROM contents WHERE key > ?';
    for (const row of driver.iterate(sql, Math.max(known, filed)))
      recent.set(String(row['digest']), Number(row['key']));
    known = newest;
  };

  const keyOf = (digest: string, input: string, target: string, slices: string): number => {
    const held = recent.get(digest);
    if (held !== undefined) return held;
    const found = filed === 0 ? undefined : findHead.get(digest)?.['key'];
    const key = Number(found ?? insert.run(digest, input, target, slices).lastInsertRowid);
    if (found === undefined) known = key;
    recent.set(digest, key);
    return key;
  };

  const end = (): void => {
    if (known - filed < allowance(known)) return;
    const sql = 'INSERT INTO content_heads SELECT substr(digest, 1, 6), key FROM contents WHERE key > ? ORDER BY 1';
    driver.run(sql, filed);
    driver.run('UPDATE store_state SET indexed = ?', known);
    recent.clear();
    filed = known;
  };

  const forget = (): void => {
    recent.clear();
    known = 0;
  };

  return { begin, keyOf, end, forget };
}
