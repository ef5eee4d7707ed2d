import { classifyCell, topLevelKeys, type CellKind } from '../../schemas/cells.ts';

type OurKind = 'bench' | 'tune' | 'policy' | 'prompt';

const languages: Readonly<Record<OurKind, string>> = {
  bench: 'aiwb-bench',
  tune: 'aiwb-tune',
  policy: 'aiwb-policy',
  prompt: 'aiwb-prompt',
};

/** Languages that cells of notebooks are written in. */
export const cellLanguages: readonly string[] = Object.values(languages);

/** Keys that only one kind of file has at its top level. */
export const tellingKeys: Readonly<Record<OurKind, readonly string[]>> = {
  bench: ['dataset', 'perturbations', 'prompts', 'models', 'metrics', 'repeats', 'cache', 'compare', 'gate'],
  tune: [
    'base',
    'platform',
    'hardware',
    'task',
    'method',
    'aspects',
    'hyperparameters',
    'search',
    'evaluation',
    'checkpoints',
    'confidence',
    'register',
  ],
  policy: [
    'id',
    'version',
    'title',
    'level',
    'owner',
    'reviewBy',
    'source',
    'extends',
    'frameworks',
    'appliesTo',
    'scoring',
    'controls',
    'assess',
    'tests',
  ],
  prompt: ['model', 'modelParameters', 'messages', 'tools', 'responseFormat'],
};

/**
 * The language a `yaml` cell is helped with; absent where nothing tells. A cell that is still being written counts as the one kind
 * whose keys it has, so that help begins with its first key; the kernel waits for all that are required.
 */
export function languageOfYaml(text: string): string | undefined {
  const kind: CellKind = classifyCell('yaml', text);
  if (kind === 'empty') return undefined;
  // The server tells a comparison from a benchmark by itself.
  if (kind !== 'other') return languages[kind === 'compare' ? 'bench' : kind];
  const keys = topLevelKeys(text);
  // Which kind of file it will be is still to be chosen.
  if (keys.has('use')) return languages.bench;
  const kinds = (Object.keys(languages) as OurKind[]).filter(candidate =>
    tellingKeys[candidate].some(key => keys.has(key)),
  );
  const [only] = kinds;
  return only !== undefined && kinds.length === 1 ? languages[only] : undefined;
}
