import type { Dataset } from '../../schemas/generated/files.ts';
import { columnsOf } from '../describe.ts';
import { draftAt, listOf } from '../tree.ts';
import { uriOfPath } from '../uris.ts';
import { mappingOf, type Workspace } from '../workspace.ts';

/** What a prompt of a judge can read. */
const judged = ['rubric', 'input', 'answer', 'target', 'format'];
const mostBenchmarks = 100;

/**
 * All columns that the rows of a prompt can have: those of every benchmark of the workspace that names it. Absent when none does, and when the
 * columns of one are not known.
 */
export async function findPromptColumns(
  workspace: Workspace,
  uri: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string> | undefined> {
  const library = await workspace.library(uri);
  if (library === undefined) return undefined;
  const columns = new Set<string>();
  let users = 0;
  for (const { path, parsed } of await library.all('bench', signal)) {
    const benchmark = uriOfPath(path);
    const names = (prompt: unknown): boolean =>
      typeof prompt === 'string' && prompt !== '' && workspace.resolve(benchmark, prompt) === library.path;
    const asks = listOf(draftAt(parsed.draft, ['prompts'])).some(names);
    const judges = listOf(draftAt(parsed.draft, ['metrics'])).some(metric =>
      names(draftAt(metric, ['judge', 'prompt'])),
    );
    if (!asks && !judges) continue;
    users += 1;
    if (users > mostBenchmarks) return undefined;
    if (judges) for (const name of judged) columns.add(name);
    if (!asks) continue;
    const dataset = mappingOf(draftAt(parsed.draft, ['dataset'])) as Partial<Dataset>;
    const found = await columnsOf(workspace, benchmark, dataset, signal);
    if (found.length === 0) return undefined;
    for (const name of found) columns.add(name);
  }
  return users === 0 ? undefined : columns;
}
