import { WorkbenchError } from '../base/errors.ts';
import type { RecordedRuns } from '../models/connect-context.ts';
import { parametersOf, priceOf } from '../models/connections.ts';
import type { LentDesk } from '../ports/lent.ts';
import { Budget } from '../models/budget.ts';
import { costOf } from '../models/cost.ts';
import { readLimits } from '../documents/limits.ts';
import { openConnected } from '../runs/models.ts';
import type { RunPorts } from '../runs/ports.ts';
import { meterModel } from '../scoring/metered-model.ts';
import { connectionNamed, type Workspace } from '../workspace/workspace.ts';
import type { DocumentReaderModel } from '../source-documents/reader-model.ts';

export interface OpenReader extends DocumentReaderModel {
  close(): Promise<void>;
}

/** The connection that reads documents: the one that is named, else the workspace's judge. Throws `model-unknown`. */
export function readerNamed(name: string | undefined, { config, path }: Workspace): string {
  const chosen = name ?? config.judge;
  if (chosen !== undefined) return chosen;
  throw new WorkbenchError(
    'model-unknown',
    'No model was named to read the documents, and workbench.yaml has no judge.',
    {
      remedy: 'Name a connection: --model gpt, or write `judge: gpt` into workbench.yaml.',
      ...(path === undefined ? {} : { place: { path } }),
    },
  );
}

/**
 * Opens a connection with its secret to read documents, within `budget` US dollars where one is given. Throws `model-unknown`,
 * `origin-not-allowed`, `secret-…`.
 */
export async function openReader(
  name: string,
  workspace: Workspace,
  budget: number | undefined,
  ports: RunPorts,
  { runs, lent }: { readonly runs: RecordedRuns; readonly lent: LentDesk },
  signal: AbortSignal,
): Promise<OpenReader> {
  const connection = connectionNamed(workspace, name);
  const limits = readLimits(undefined);
  const planned = { name, kind: 'connection', connection } as const;
  const { model } = await openConnected(planned, { limits, workspace }, ports, runs, lent, signal);
  const price = priceOf(connection);
  const metered = meterModel(model, price, new Budget(budget), () => undefined);
  return {
    model: { name, model: metered, parameters: parametersOf(connection), costOf: usage => costOf(usage, price) },
    timeout: limits.timeout,
    close: () => model.close(),
  };
}
