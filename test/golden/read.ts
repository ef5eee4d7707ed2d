import { readFileSync } from 'node:fs';

/** A golden file's content; the test that reads it states its shape. */
export function readGolden(name: string): unknown {
  return JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'));
}
