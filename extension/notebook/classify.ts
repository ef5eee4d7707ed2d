/** What a cell is to the kernel. */
export type CellKind = 'bench' | 'empty' | 'other';

/** Keys every benchmark has at its top level. */
const benchmarkKeys = ['name', 'dataset', 'models'];

/**
 * Tells benchmarks from other cells. A `yaml` cell, as Jupyter tools write it, is a benchmark when it has a
 * benchmark's required keys; whether it is a valid one is for the engine to say.
 */
export function classifyCell(languageId: string, text: string): CellKind {
  if (text.replace(/^\s*#.*$/gm, '').trim() === '') return 'empty';
  if (languageId === 'aiwb-bench') return 'bench';
  if (languageId !== 'yaml') return 'other';
  const keys = topLevelKeys(text);
  return benchmarkKeys.every(key => keys.has(key)) ? 'bench' : 'other';
}

/** The keys of a block mapping that start in the first column. */
function topLevelKeys(text: string): Set<string> {
  const keys = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const match = /^(?:"([^"]+)"|'([^']+)'|([A-Za-z][\w-]*))\s*:(?:\s|$)/.exec(line);
    const key = match?.[1] ?? match?.[2] ?? match?.[3];
    if (key !== undefined) keys.add(key);
  }
  return keys;
}
