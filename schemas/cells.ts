/** What a notebook cell is to the kernel. */
export type CellKind = JobCell | 'policy' | 'compare' | 'empty' | 'other';

/** Cells that start a run. */
export type JobCell = 'bench' | 'tune' | 'prompt';

type OwnKind = JobCell | 'policy';

const languages: Readonly<Record<string, OwnKind>> = {
  'aiwb-bench': 'bench',
  'aiwb-tune': 'tune',
  'aiwb-policy': 'policy',
  'aiwb-prompt': 'prompt',
};

/** Keys every file of a kind has at its top level. */
const requiredKeys: Readonly<Record<OwnKind, readonly string[]>> = {
  bench: ['name', 'dataset', 'models'],
  tune: ['name', 'base', 'aspects'],
  policy: ['id', 'version', 'level'],
  prompt: ['messages'],
};

/** What the names of files end in that a cell can `use`. */
const endings: readonly (readonly [RegExp, OwnKind])[] = [
  [/\.bench\.ya?ml$/i, 'bench'],
  [/\.tune\.ya?ml$/i, 'tune'],
  [/\.policy\.ya?ml$/i, 'policy'],
  [/\.prompt\.ya?ml$/i, 'prompt'],
];

/**
 * Tells benchmarks, tuning jobs, policies, prompts and comparisons from other cells. A cell that uses a file is what the file is; a `yaml`
 * cell, as Jupyter tools write it, is what it has the required keys of. Whether it is a valid one is for the engine to say.
 */
export function classifyCell(languageId: string, text: string): CellKind {
  if (text.replace(/^\s*#.*$/gm, '').trim() === '') return 'empty';
  const own = Object.hasOwn(languages, languageId) ? languages[languageId] : undefined;
  if (own === undefined && languageId !== 'yaml') return 'other';
  const keys = topLevelKeys(text);
  const used = keys.has('use') ? kindOfUsed(topLevelScalar(text, 'use') ?? '') : undefined;
  if (used !== undefined) return used;
  if (isComparison(keys)) return 'compare';
  if (own !== undefined) return own;
  // Only prompts have messages; one that is tried may have all that a benchmark must have.
  const kinds = ['prompt', 'bench', 'tune', 'policy'] as const;
  return kinds.find(kind => requiredKeys[kind].every(key => keys.has(key))) ?? 'other';
}

/** A benchmark compares its own models; a cell that has nothing but `compare` compares earlier results. */
function isComparison(keys: ReadonlySet<string>): boolean {
  return keys.has('compare') && !keys.has('dataset') && !keys.has('models') && !keys.has('use');
}

function kindOfUsed(path: string): OwnKind | undefined {
  return endings.find(([ending]) => ending.test(path))?.[1];
}

/** The keys of a block mapping that start in the first column. */
export function topLevelKeys(text: string): Set<string> {
  const keys = new Set<string>();
  for (const line of text.split(/\r?\n/)) {
    const key = topLevelKey(line);
    if (key !== undefined) keys.add(key);
  }
  return keys;
}

/** The key a line of a block mapping in the first column starts with. */
export function topLevelKey(line: string): string | undefined {
  const match = /^(?:"([^"]+)"|'([^']+)'|([A-Za-z][\w-]*))\s*:(?:\s|$)/.exec(line);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

/** The value of a scalar at the top level, without quotes and comment; absent where there is none. */
export function topLevelScalar(text: string, key: string): string | undefined {
  const line = text.split(/\r?\n/).find(candidate => topLevelKey(candidate) === key);
  const value = line
    ?.slice(line.indexOf(':') + 1)
    .replace(/\s#.*$/, '')
    .trim();
  return value === undefined || value === '' ? undefined : value.replace(/^(["'])(.*)\1$/, '$2');
}
