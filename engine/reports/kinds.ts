import type { RunKind } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';

/** How people call a run of each kind. */
export const runKindNames: Readonly<Record<RunKind, string>> = {
  benchmark: 'a benchmark run',
  tune: 'a tuning run',
  prompt: 'a prompt trial',
};

/** The kind all these runs are of. Throws `usage` where they differ: there is no figure they share. */
export async function kindOfRuns(runIds: readonly string[], store: Store): Promise<RunKind> {
  const kinds: { readonly id: string; readonly kind: RunKind }[] = [];
  for (const runId of runIds) {
    const { id, kind } = (await store.getRun(runId)).summary;
    kinds.push({ id, kind });
  }
  const [first] = kinds;
  const other = kinds.find(({ kind }) => kind !== first?.kind);
  if (first === undefined || other === undefined) return first?.kind ?? 'benchmark';
  throw new WorkbenchError(
    'usage',
    `Run ${first.id} is ${runKindNames[first.kind]} and ${other.id} is ${runKindNames[other.kind]}: they share no figure to compare.`,
    { remedy: 'Name runs of one kind.' },
  );
}
