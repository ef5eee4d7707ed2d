import { topLevelKeys } from '../editor/policy-text.ts';

/** What a cell is to the kernel. */
export type CellKind = JobCell | 'policy' | 'empty' | 'other';

/** Cells that start a run. */
export type JobCell = 'bench' | 'tune';

const languages: Readonly<Record<string, JobCell | 'policy'>> = {
  'aiwb-bench': 'bench',
  'aiwb-tune': 'tune',
  'aiwb-policy': 'policy',
};

/** Keys every file of a kind has at its top level. */
const requiredKeys: Readonly<Record<JobCell | 'policy', readonly string[]>> = {
  bench: ['name', 'dataset', 'models'],
  tune: ['name', 'base', 'aspects'],
  policy: ['id', 'version', 'level'],
};

/**
 * Tells benchmarks, tuning jobs and policies from other cells. A `yaml` cell, as Jupyter tools write it, is what it has the
 * required keys of; whether it is a valid one is for the engine to say.
 */
export function classifyCell(languageId: string, text: string): CellKind {
  if (text.replace(/^\s*#.*$/gm, '').trim() === '') return 'empty';
  const own = Object.hasOwn(languages, languageId) ? languages[languageId] : undefined;
  if (own !== undefined) return own;
  if (languageId !== 'yaml') return 'other';
  const keys = topLevelKeys(text);
  const kinds = ['bench', 'tune', 'policy'] as const;
  return kinds.find(kind => requiredKeys[kind].every(key => keys.has(key))) ?? 'other';
}
