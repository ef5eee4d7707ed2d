import pc from 'picocolors';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { RunKind } from '../../schemas/generated/messages.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { runKindNames } from '../../engine/reports/kinds.ts';
import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import { allowToGoOn } from '../../engine/tuning/search/cancel.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { databaseName } from '../../platform/store/names.ts';
import { checkPrograms, type Access } from '../access.ts';
import { createRunPorts, storeFolderOf, type Host } from '../composition.ts';
import { collectSecrets, startDetached } from '../detached.ts';
import { executeCreated } from '../execute.ts';
import type { GlobalOptions } from '../options.ts';
import { printFailure, printJson, printNote, printResult } from '../output.ts';
import { createProgressLine } from '../progress-line.ts';

/** What executing a run takes beside the run. */
export interface AttemptContext {
  readonly store: Store;
  readonly workspace: Workspace;
  readonly access: Access;
  readonly host: Host;
  readonly options: GlobalOptions & { readonly detach?: boolean };
}

/** Executes a created run as the options say: in the background, or here to its end, which `print` then shows. */
export async function carryOut(
  record: RunRecord,
  context: AttemptContext,
  print: (ended: RunRecord) => Promise<void>,
  signal: AbortSignal,
): Promise<ExitCode> {
  const { options } = context;
  if (options.detach === true) return runInBackground(record, context, signal);
  const ended = await runInForeground(record, context, signal);
  await print(ended);
  return tellOutcome(ended, options);
}

/** Executes a run in this process, its progress on one line, and returns its record at the end. */
export async function runInForeground(
  record: RunRecord,
  { store, workspace, access, host, options }: AttemptContext,
  signal: AbortSignal,
): Promise<RunRecord> {
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  const line = createProgressLine();
  if (options.json !== true) printNote(pc.dim(`${record.summary.name}: run ${record.summary.id}`));
  try {
    const onNote = (sentence: string): void => {
      line.clear();
      printNote(sentence);
    };
    return await executeCreated(record, store, ports, { owner: host.owner, onProgress: line.show, onNote }, signal);
  } finally {
    line.clear();
    await warnOfSize(store, host);
  }
}

/** Executes a run in a process of its own and returns at once. */
async function runInBackground(
  record: RunRecord,
  { store, workspace, access, host, options }: AttemptContext,
  signal: AbortSignal,
): Promise<ExitCode> {
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  const collected = await collectSecrets(record.spec, ports, signal);
  const programs = neededPrograms(record.spec, workspace);
  checkPrograms(programs, access);
  await startDetached(
    record,
    storeFolderOf(workspace, options.store),
    store,
    { ...collected, programs, network: {} },
    {},
  );
  const { id } = record.summary;
  if (options.json === true) printJson(record.summary);
  else printResult(`Run ${id} goes on in the background. Follow it with: aiwb runs show ${id}`);
  return 0;
}

/** Above this a store deserves a thought; runs go on. */
const largeStore = 2_000_000_000;

async function warnOfSize(store: Store, host: Host): Promise<void> {
  const size = (await host.files.facts(host.files.resolve(store.path, databaseName)))?.size ?? 0;
  if (size < largeStore) return;
  printNote(
    `The store has grown to ${(size / 1e9).toFixed(1)} GB. Archive runs you no longer need, then \`aiwb store gc\` frees their space.`,
  );
}

/** Tells how a run ended and how to go on with it; gives the exit code. */
function tellOutcome({ summary }: RunRecord, options: GlobalOptions): ExitCode {
  const { done, total } = summary.progress;
  const tune = summary.kind === 'tune';
  const again = `aiwb ${commandOf[summary.kind]} --resume ${summary.id}`;
  const unit = tune ? 'epochs' : 'samples';
  if (summary.state === 'succeeded') return summary.gate === 'not-met' || summary.gate === 'not-computed' ? 1 : 0;
  if (summary.state === 'cancelled') {
    printNote(`Cancelled after ${String(done)} of ${String(total)} ${unit}. Go on with: ${again}`);
    return 130;
  }
  const failure = summary.failure ?? { code: 'run-failed', message: 'The run failed.' };
  const { code, message, remedy, place } = failure;
  const error = new WorkbenchError(code as WorkbenchError['code'], message, {
    ...(remedy === undefined ? {} : { remedy }),
    ...(place === undefined ? {} : { place }),
  });
  const exitCode = printFailure(error, options.json === true, options.verbose === true);
  if (done > 0) printNote(`${String(done)} ${unit} are kept. Go on with: ${again}`);
  return exitCode;
}

/** The command that runs each kind. */
const commandOf = { benchmark: 'run', tune: 'tune', prompt: 'prompt' } as const satisfies Record<RunKind, string>;

/** The run to go on with. Throws `usage` where it is of another kind. */
export async function findResumable(id: string, kind: RunRecord['summary']['kind'], store: Store): Promise<RunRecord> {
  const record = await store.getRun(id);
  if (record.summary.kind === kind) {
    await allowToGoOn(record, store);
    return record;
  }
  const actual = record.summary.kind;
  throw new WorkbenchError('usage', `Run ${record.summary.id} is ${runKindNames[actual]}.`, {
    remedy: `Go on with it by \`aiwb ${commandOf[actual]} --resume ${record.summary.id}\`.`,
  });
}
