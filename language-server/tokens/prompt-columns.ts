import type { Dataset } from '../../schemas/generated/files.ts';
import { judgeVariables } from '../../engine/diagnostics/benchmark-prompt-checks.ts';
import { columnsOf } from '../help/describe.ts';
import { useOfPrompt } from '../prompt-use.ts';
import { draftAt } from '../tree.ts';
import { uriOfPath } from '../uris.ts';
import { mappingOf, type Workspace } from '../workspace.ts';

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
    const { asks, judges } = useOfPrompt(parsed.draft, prompt => workspace.resolve(benchmark, prompt) === library.path);
    if (!asks && !judges) continue;
    users += 1;
    if (users > mostBenchmarks) return undefined;
    if (judges) for (const name of judgeVariables) columns.add(name);
    if (!asks) continue;
    const dataset = mappingOf(draftAt(parsed.draft, ['dataset'])) as Partial<Dataset>;
    const found = await columnsOf(workspace, benchmark, dataset, signal);
    if (found.length === 0) return undefined;
    for (const name of found) columns.add(name);
  }
  return users === 0 ? undefined : columns;
}
