/** Helpers shared by both generators: splitting, near-duplicate distance, writing JSON Lines. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Divides a bank into parts that share no statement: `share` of it (0..1) for training, the rest for testing. */
export function divide(bank, share, random) {
  const order = random.shuffle(bank);
  const cut = Math.round(order.length * share);
  return { train: order.slice(0, cut), test: order.slice(cut) };
}

/** Deals a bank's statements: a `common` share (0..1) used by both splits, the others by one split only. */
export function dealStatements(bank, common, random) {
  const order = random.shuffle(bank);
  const cut = Math.round(order.length * common);
  const rest = divide(order.slice(cut), 0.45, random);
  return { common: order.slice(0, cut), train: rest.train, test: rest.test };
}

/** The set of word trigrams (or of words, for texts under three words), lower-cased and without punctuation. */
export function collectShingles(text) {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];
  if (words.length < 3) return new Set(words);
  return new Set(words.slice(2).map((word, index) => `${words[index]} ${words[index + 1]} ${word}`));
}

/** Jaccard similarity of two sets, 0..1. */
export function measureOverlap(left, right) {
  let shared = 0;
  for (const item of left) if (right.has(item)) shared += 1;
  return shared / (left.size + right.size - shared || 1);
}

/** True when `text` repeats, or nearly repeats, one of the remembered texts; remembers it otherwise. */
export function createDuplicateGuard(limit) {
  const seen = [];
  return text => {
    const shingles = collectShingles(text);
    if (seen.some(other => measureOverlap(shingles, other) > limit)) return true;
    seen.push(shingles);
    return false;
  };
}

/** Writes rows to `../data/<name>` as UTF-8 JSON Lines with a final newline. */
export function writeRows(name, rows) {
  const path = fileURLToPath(new URL(`../data/${name}`, import.meta.url));
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, rows.map(row => `${JSON.stringify(row)}\n`).join(''));
}

/** Counts rows by a field, as `{value: n}` in falling order. */
export function countBy(rows, field) {
  const counts = new Map();
  for (const row of rows) counts.set(row[field], (counts.get(row[field]) ?? 0) + 1);
  return Object.fromEntries([...counts].sort((left, right) => right[1] - left[1]));
}
