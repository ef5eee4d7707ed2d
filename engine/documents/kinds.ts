import type { Benchmark, Policy, Prompt, TuningJob, Workbench } from '../../schemas/generated/files.ts';

/** The kinds of file a user writes. */
export type DocumentKind = 'bench' | 'tune' | 'policy' | 'workbench' | 'prompt';

/** What each kind's file holds once it is valid. */
export interface DocumentValues {
  readonly bench: Benchmark;
  readonly tune: TuningJob;
  readonly policy: Policy;
  readonly workbench: Workbench;
  readonly prompt: Prompt;
}

export const documentKinds: readonly DocumentKind[] = ['bench', 'tune', 'policy', 'workbench', 'prompt'];

/** Language ids as editors know them. */
export const languageIds = {
  bench: 'aiwb-bench',
  tune: 'aiwb-tune',
  policy: 'aiwb-policy',
  workbench: 'aiwb-workbench',
  prompt: 'aiwb-prompt',
} as const satisfies Record<DocumentKind, string>;

/** How people call each kind. */
export const kindNames: Readonly<Record<DocumentKind, string>> = {
  bench: 'benchmark',
  tune: 'tuning job',
  policy: 'policy',
  workbench: 'workbench file',
  prompt: 'prompt file',
};

/** The kind a file's name says, absent for any other file. Takes paths in any notation, and URIs. */
export function kindOfPath(path: string): DocumentKind | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  if (/\.bench\.ya?ml$/.test(name)) return 'bench';
  if (/\.tune\.ya?ml$/.test(name)) return 'tune';
  if (/\.policy\.ya?ml$/.test(name)) return 'policy';
  if (/\.prompt\.ya?ml$/.test(name)) return 'prompt';
  if (/^workbench\.ya?ml$/.test(name)) return 'workbench';
  return undefined;
}

/** What the names of a kind's files end in; only kinds of which a workspace has many. */
export const fileEndings = {
  bench: ['.bench.yaml', '.bench.yml'],
  tune: ['.tune.yaml', '.tune.yml'],
  policy: ['.policy.yaml', '.policy.yml'],
} as const satisfies Partial<Record<DocumentKind, readonly string[]>>;

export function kindOfLanguage(languageId: string): DocumentKind | undefined {
  return documentKinds.find(kind => languageIds[kind] === languageId);
}
