import path from 'node:path';
import type { Command } from 'commander';
import type { DryRunEstimate } from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { kindOfPath } from '../../engine/documents/kinds.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { exportRuns } from '../../engine/run-exports/export.ts';
import { foreseeSpec, resolveSpec, specifyRun } from '../../engine/runs/start.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import { compareTuning } from '../../engine/tuning/compare.ts';
import { planTuning } from '../../engine/tuning/plan.ts';
import { createTuningRun } from '../../engine/tuning/search/create.ts';
import { estimateSearch } from '../../engine/tuning/search/estimate.ts';
import { foreseeTrial } from '../../engine/tuning/search/trials.ts';
import { renderTuningText } from '../../engine/tuning/text.ts';
import { loadWorkspace, type Workspace } from '../../engine/workspace/workspace.ts';
import {
  createHost,
  createRunPorts,
  openStoreToRead,
  readPageAssets,
  storeFolderOf,
  withStore,
  workspaceFolderOf,
  type Host,
} from '../composition.ts';
import { allowCommandsOption, allowOriginOption, createTerminalAccess } from '../access.ts';
import { renderPreflight, renderTuningEstimate } from '../estimate-text.ts';
import { watchInterrupts } from '../interrupts.ts';
import { globalOptions, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth } from '../output.ts';
import { version } from '../version.ts';
import { carryOut, findResumable } from './attempt.ts';
import { findRun } from './stored-runs.ts';
import { addTuneConvert } from './tune-convert.ts';
import { addTuneData } from './tune-data.ts';
import { printSearch, searchInForeground } from './tune-search.ts';
import { addTuneEnvironment, agreeOnEnvironment } from './tune-environment.ts';
import { addEvaluate } from './tune-evaluate.ts';
import { addTuneSweep } from './tune-sweep.ts';

interface TuneOptions extends GlobalOptions {
  readonly platform?: string;
  readonly resume?: string;
  readonly dryRun?: boolean;
  readonly preflight?: boolean;
  readonly detach?: boolean;
  readonly yes?: boolean;
  readonly html?: string;
  readonly allowCommands?: boolean;
  readonly allowOrigin?: readonly string[];
}

export function addTune(program: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  const command = program
    .command('tune')
    .argument('[file]', 'the .tune.yaml file; not needed with --resume')
    .option('--platform <name>', "train there and not on the job's own platform")
    .option(
      '--resume <run>',
      'go on with a tuning run that did not finish (its id, or "latest"), or with the rest of a search',
    )
    .option('--dry-run', 'check the job and its data and say what would be trained; train nothing')
    .option(
      '--preflight',
      'tell all that stands in its way: data, memory, budget, platform; exit 2 where something does',
    )
    .option('--detach', 'run in the background and return at once')
    .option('--yes', 'install what training needs without asking: several gigabytes, once')
    .option('--html <file>', 'also write the report as one self-contained page')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .addHelpText(
      'after',
      '\nBenchmarks and later jobs name what came of it `checkpoint:JOB`: its newest run that has succeeded,\nof a search that has ended the best trial.',
    )
    .action((file: string | undefined, _options: unknown, command: Command) =>
      run(() => tune(file, { ...command.opts<TuneOptions>(), ...globalOptions(command) })),
    );
  addTuneData(command, run);
  addTuneConvert(command, run);
  addTuneEnvironment(command, run);
  addEvaluate(command, run);
  addTuneSweep(command, run);
}

async function tune(file: string | undefined, options: TuneOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  const access = createTerminalAccess(options);
  try {
    const start = file === undefined ? process.cwd() : path.dirname(path.resolve(file));
    if (options.dryRun === true || options.preflight === true)
      return await dryRun(await specify(file, options, host, signal), options, host, signal);
    return await withStore(host, start, options.store, signal, async (store, workspace) => {
      const record = await createOrFind(file, options, store, workspace, host, signal);
      if (record.spec.trial !== undefined && options.detach !== true) {
        const outcome = await searchInForeground(record, { store, workspace, access, host, options }, signal);
        const code = await printSearch(outcome, store, options);
        const runs = outcome.measured.map(({ report }) => report.run.id);
        await writeHtml(runs, store, host, options);
        return code;
      }
      const print = (ended: RunRecord): Promise<void> => printReport(ended, store, host, options);
      return carryOut(record, { store, workspace, access, host, options }, print, signal);
    });
  } finally {
    interrupts.dispose();
  }
}

async function specify(
  file: string | undefined,
  { platform }: TuneOptions,
  host: Host,
  signal: AbortSignal,
): Promise<RunSpec> {
  if (file === undefined) {
    throw new WorkbenchError('usage', 'No tuning job was named.', {
      remedy: 'Name a .tune.yaml file: `aiwb tune my.tune.yaml`.',
    });
  }
  if (kindOfPath(file) === 'bench') {
    throw new WorkbenchError('usage', `${file} is a benchmark.`, { remedy: `Run it with \`aiwb run ${file}\`.` });
  }
  const absolute = path.resolve(file);
  return specifyRun(
    {
      path: absolute,
      kind: 'tune',
      folder: await workspaceFolderOf(host, path.dirname(absolute)),
      origin: 'terminal',
      ...(platform === undefined ? {} : { platform }),
    },
    host.files,
    host.identities,
    signal,
  );
}

/** A job is checked whole, with its data, before anything is recorded: a refusal leaves no trace. */
async function createOrFind(
  file: string | undefined,
  options: TuneOptions,
  store: Store,
  workspace: Workspace,
  host: Host,
  signal: AbortSignal,
): Promise<RunRecord> {
  if (options.resume !== undefined) return findResumable(await findRun(store, options.resume), 'tune', store);
  const ports = await createRunPorts(host, workspace, createTerminalAccess(options), {}, signal);
  const spec = await resolveSpec(await specify(file, options, host, signal), store, ports, signal);
  const plan = await planTuning(foreseeTrial(spec), ports, store.blobs, signal);
  await agreeOnEnvironment(plan, ports.trainer, options, signal);
  return createTuningRun(spec, store, ports, signal);
}

/** What a run would do and what stands in its way. Looks into the store where there is one, and makes none. */
async function dryRun(spec: RunSpec, options: TuneOptions, host: Host, signal: AbortSignal): Promise<ExitCode> {
  const workspace = await loadWorkspace(host.files, spec.folder, signal);
  const ports = await createRunPorts(host, workspace, createTerminalAccess(options), {}, signal);
  const store = await openStoreToRead(host, storeFolderOf(workspace, options.store));
  try {
    const foreseen = store === undefined ? spec : await foreseeSpec(spec, store, ports, signal);
    return printEstimate(await estimateSearch(foreseen, ports, store, signal), options);
  } finally {
    await store?.close();
  }
}

function printEstimate(estimate: DryRunEstimate, { preflight: findingsOnly, json }: TuneOptions): ExitCode {
  const { preflight = [] } = estimate;
  if (findingsOnly !== true) {
    if (json === true) printJson(estimate);
    else printResult(renderTuningEstimate(estimate));
    return 0;
  }
  if (json === true) printJson({ findings: preflight });
  else if (preflight.length === 0) printResult('Nothing stands in the way.');
  else printResult(renderPreflight(preflight).join('\n'));
  return preflight.some(({ level }) => level === 'error') ? 2 : 0;
}

/** A run that trained nothing has no report worth the name: its failure says all. */
async function printReport(
  { summary, tuning }: RunRecord,
  store: Store,
  host: Host,
  options: TuneOptions,
): Promise<void> {
  if (tuning === undefined || tuning.epochs.length === 0) return;
  const comparison = await compareTuning([summary.id], store);
  if (options.json !== true) printResult(renderTuningText(comparison, tableWidth()));
  else if (summary.state !== 'failed') printJson(comparison);
  await writeHtml([summary.id], store, host, options);
}

/** Also after an interrupt. */
async function writeHtml(
  runIds: readonly string[],
  store: Store,
  { files, clock, digest }: Host,
  { html }: TuneOptions,
): Promise<void> {
  if (html === undefined || runIds.length === 0) return;
  const target = path.resolve(html);
  const dependencies = { store, files, clock, digest, pageAssets: readPageAssets, workbench: version };
  await exportRuns(runIds, 'html', target, dependencies, new AbortController().signal);
  printNote(`Report: ${path.relative(process.cwd(), target)}`);
}
