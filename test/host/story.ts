import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** What a notebook on disk says of its cells. */
export interface StoredCell {
  readonly execution_count?: number | null;
  readonly outputs?: readonly { readonly data?: Readonly<Record<string, unknown>> }[];
}

/** Writes a workspace whose only connection is `url`, with `rows` rows to ask about. */
export async function writeSlowWorkspace(workspace: string, url: string, rows: number): Promise<void> {
  await writeRows(workspace, rows);
  await writeFile(
    path.join(workspace, 'workbench.yaml'),
    `connections:\n  slow: {provider: openai, baseUrl: "${url}", model: fake}\n`,
  );
}

/** Writes the rows anew. Under another topic none has been answered before, so that none comes from the cache. */
export async function writeRows(workspace: string, rows: number, topic = 'row'): Promise<void> {
  const lines = Array.from({ length: rows }, (_, i) =>
    JSON.stringify({ q: `${topic} ${i}`, a: i % 2 === 0 ? 'w0' : 'w1' }),
  );
  await writeFile(path.join(workspace, 'rows.jsonl'), lines.join('\n'));
}

/** The text of a benchmark cell that asks the slow connection. */
export function slowCell(name: string, more = ''): string {
  return `name: ${name}\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [slow]\nmetrics: [accuracy]\nlimits: {concurrency: 4}\n${more}`;
}

/** Writes a notebook of ours with these code cells. */
export async function writeNotebook(file: string, cells: readonly string[]): Promise<void> {
  const notebook = {
    cells: cells.map((source, index) => ({
      cell_type: 'code',
      execution_count: null,
      id: `cell-${index}`,
      metadata: { vscode: { languageId: 'aiwb-bench' } },
      outputs: [],
      source,
    })),
    metadata: {
      kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
      language_info: { name: 'yaml' },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  await writeFile(file, `${JSON.stringify(notebook, undefined, 1)}\n`);
}

export async function readCells(file: string): Promise<readonly StoredCell[]> {
  return (JSON.parse(await readFile(file, 'utf8')) as { cells: StoredCell[] }).cells;
}

/** The reference to its run that a stored cell's output holds. */
export function storedRun(cell: StoredCell | undefined): { runId: string; state: string } | undefined {
  const found = cell?.outputs?.map(output => output.data?.['application/vnd.aiwb.run+json']).find(Boolean);
  return found as { runId: string; state: string } | undefined;
}

/** Waits until `look` holds; what it throws counts as not yet. */
export async function until(what: string, look: () => boolean | Promise<boolean>, patience = 60_000): Promise<void> {
  const end = Date.now() + patience;
  let last: unknown;
  for (;;) {
    try {
      if (await look()) return;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (Date.now() > end) {
      const why =
        last === undefined ? '' : ` Last, it threw: ${last instanceof Error ? last.message : JSON.stringify(last)}`;
      throw new Error(`${what}: not within ${patience} ms.${why}`, { cause: last });
    }
    await wait(250);
  }
}
