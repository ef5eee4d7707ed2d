import type { DocumentKind, FileKind } from '../../engine/documents/kinds.ts';

/** What a change was of; `other` are datasets, cards and rubrics. */
export type ChangedKind = FileKind | 'other';

/** The kinds whose findings depend on files of a kind. */
export const dependents: Readonly<Record<ChangedKind, readonly DocumentKind[]>> = {
  bench: ['policy', 'prompt'],
  tune: ['bench', 'tune', 'trial'],
  policy: ['policy'],
  framework: ['policy', 'framework'],
  // It also says where the workspace starts.
  workbench: ['bench', 'tune', 'policy', 'framework', 'prompt', 'trial'],
  prompt: ['bench'],
  other: ['bench', 'tune', 'prompt', 'workbench', 'trial'],
};

export const changedKinds: readonly ChangedKind[] = [
  'bench',
  'tune',
  'policy',
  'framework',
  'workbench',
  'prompt',
  'other',
];

/** Counts changes by kind, so that what was found before one is known to be old. */
export interface Ages {
  /** Something of these kinds changed. */
  advance(changed: readonly ChangedKind[]): void;
  /** Everything may have changed. */
  advanceAll(): void;
  /** Equal for two findings in files of a kind only if nothing changed between that they depend on. */
  stampOf(kind: DocumentKind): string;
  /** Calls back at the next change, unless the returned function is called first. */
  onNext(listener: () => void): () => void;
}

export function createAges(): Ages {
  const ages = new Map<ChangedKind, number>(changedKinds.map(kind => [kind, 0]));
  const listeners = new Set<() => void>();
  let all = 0;

  function tell(): void {
    const called = [...listeners];
    listeners.clear();
    for (const listener of called) listener();
  }

  return {
    advance(changed) {
      for (const kind of changed) ages.set(kind, (ages.get(kind) ?? 0) + 1);
      if (changed.length > 0) tell();
    },
    advanceAll() {
      all += 1;
      tell();
    },
    stampOf: kind =>
      [all, ...changedKinds.filter(other => dependents[other].includes(kind)).map(other => ages.get(other) ?? 0)].join(
        ' ',
      ),
    onNext(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
