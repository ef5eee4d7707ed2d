import type {
  Benchmark,
  FrameworkDefinition,
  Policy,
  Prompt,
  PromptTrial,
  ResultComparison,
  TuningJob,
  Workbench,
} from '../../schemas/generated/files.ts';

/** The kinds of file a user writes. */
export type FileKind = 'bench' | 'tune' | 'policy' | 'framework' | 'workbench' | 'prompt';

/**
 * What a text can be. A `trial` is a prompt with what it is tried with; it stands in notebooks and runs, and no file is one. A `comparison` of
 * earlier results stands in notebooks only.
 */
export type DocumentKind = FileKind | 'trial' | 'comparison';

/** What each kind's text holds once it is valid. */
export interface DocumentValues {
  readonly bench: Benchmark;
  readonly tune: TuningJob;
  readonly policy: Policy;
  readonly framework: FrameworkDefinition;
  readonly workbench: Workbench;
  readonly prompt: Prompt;
  readonly trial: PromptTrial;
  readonly comparison: ResultComparison;
}

export const documentKinds: readonly FileKind[] = ['bench', 'tune', 'policy', 'framework', 'workbench', 'prompt'];

/** Language ids as editors know them. */
export const languageIds = {
  bench: 'aiwb-bench',
  tune: 'aiwb-tune',
  policy: 'aiwb-policy',
  framework: 'aiwb-framework',
  workbench: 'aiwb-workbench',
  prompt: 'aiwb-prompt',
  trial: 'aiwb-prompt',
  comparison: 'aiwb-bench',
} as const satisfies Record<DocumentKind, string>;

/** How people call each kind. */
export const kindNames: Readonly<Record<DocumentKind, string>> = {
  bench: 'benchmark',
  tune: 'tuning job',
  policy: 'policy',
  framework: 'framework',
  workbench: 'workbench file',
  prompt: 'prompt file',
  trial: 'prompt trial',
  comparison: 'comparison',
};

/** Whether files are of a kind. */
export function isFileKind(kind: DocumentKind): kind is FileKind {
  return kind !== 'trial' && kind !== 'comparison';
}

/** Whether a text is a prompt, be it one that is tried. */
export function isPromptKind(kind: DocumentKind): kind is 'prompt' | 'trial' {
  return kind === 'prompt' || kind === 'trial';
}

/** The kind a file's name says, absent for any other file. Takes paths in any notation, and URIs. */
export function kindOfPath(path: string): FileKind | undefined {
  const name = path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1).toLowerCase();
  if (/\.bench\.ya?ml$/.test(name)) return 'bench';
  if (/\.tune\.ya?ml$/.test(name)) return 'tune';
  if (/\.policy\.ya?ml$/.test(name)) return 'policy';
  if (/\.framework\.ya?ml$/.test(name)) return 'framework';
  if (/\.prompt\.ya?ml$/.test(name)) return 'prompt';
  if (/^workbench\.ya?ml$/.test(name)) return 'workbench';
  return undefined;
}

/** What the names of a kind's files end in; only kinds of which a workspace has many. */
export const fileEndings = {
  bench: ['.bench.yaml', '.bench.yml'],
  tune: ['.tune.yaml', '.tune.yml'],
  policy: ['.policy.yaml', '.policy.yml'],
  framework: ['.framework.yaml', '.framework.yml'],
} as const satisfies Partial<Record<FileKind, readonly string[]>>;

export function kindOfLanguage(languageId: string): FileKind | undefined {
  return documentKinds.find(kind => languageIds[kind] === languageId);
}
