import path from 'node:path';
import process from 'node:process';
import type { Command } from 'commander';
import { WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { reportRun } from '../../engine/reports/compare-runs.ts';
import { exportRuns } from '../../engine/run-exports/export.ts';
import { renderText } from '../../engine/reports/text.ts';
import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import { createRun, resolveSpec, specifyRun } from '../../engine/runs/start.ts';
import { addressesOf } from '../../engine/registry/declared.ts';
import { createRegistries } from '../../engine/registry/registries.ts';
import { planEvaluation } from '../../engine/tuning/evaluate.ts';
import { findTuned, type Tuned } from '../../engine/tuning/tuned-name.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { allowCommandsOption, allowOriginOption, checkPrograms, createTerminalAccess } from '../access.ts';
import { createHost, createRunPorts, readPageAssets, withStore, type Host } from '../composition.ts';
import { watchInterrupts } from '../interrupts.ts';
import { collect, type GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth, terminalWidth } from '../output.ts';
import { version } from '../version.ts';
import { carryOut } from './attempt.ts';

interface EvaluateOptions extends GlobalOptions {
  readonly benchmark?: readonly string[];
  readonly html?: string;
  readonly detach?: boolean;
  readonly allowCommands?: boolean;
  readonly allowOrigin?: readonly string[];
}

/** `aiwb tune evaluate TUNED`. */
export function addEvaluate(tune: Command, run: (action: () => Promise<ExitCode>) => Promise<void>): void {
  tune
    .command('evaluate')
    .description("Run each aspect's benchmark on the base and the tuned model")
    .argument(
      '<tuned>',
      'a tuning run, a registered version (MODEL@VERSION or MODEL@ALIAS), or a .tune.yaml file: its newest succeeded run, of a search that has ended the best trial',
    )
    .option('-b, --benchmark <file>', 'run this benchmark in place of those of the aspects (may be repeated)', collect)
    .option('--html <file>', 'also write the comparison as one self-contained page')
    .option('--detach', 'run in the background and return at once')
    .option(...allowOriginOption)
    .option(...allowCommandsOption)
    .action((tuned: string, _options: unknown, command: Command) =>
      // `tune` has options of the same names, which take what stands behind its subcommands too.
      run(() => evaluate(tuned, command.optsWithGlobals<EvaluateOptions>())),
    );
}

async function evaluate(name: string, options: EvaluateOptions): Promise<ExitCode> {
  const host = createHost();
  const interrupts = watchInterrupts(host.clock);
  const { signal } = interrupts;
  try {
    return await withStore(host, process.cwd(), options.store, signal, async (store, workspace) => {
      const tuned = await findNamed(name, store, workspace, options, host, signal);
      const { runId } = tuned;
      const plan = await planEvaluation(tuned, store, host, signal);
      if (runId !== name && options.json !== true) printNote(`${name}: tuning run ${runId}`);
      for (const note of plan.notes) printNote(note);
      const paths = options.benchmark?.map(file => path.resolve(file)) ?? plan.benchmarks.map(each => each.path);
      if (paths.length === 0) throw noBenchmark(runId);
      const ended: RunRecord[] = [];
      let worst: ExitCode = 0;
      for (const file of paths) {
        const record = await create(file, plan.models, store, workspace, options, host, signal);
        const access = createTerminalAccess(options);
        const keep = (each: RunRecord): Promise<void> => {
          ended.push(each);
          return Promise.resolve();
        };
        const code = await carryOut(record, { store, workspace, access, host, options }, keep, signal);
        worst = code > worst ? code : worst;
        if (code > 1) break;
      }
      await print(ended, store, host, options);
      return worst;
    });
  } finally {
    interrupts.dispose();
  }
}

/** The tuning run that a name means. Only a version's registry may be asked. */
async function findNamed(
  name: string,
  store: Store,
  workspace: Workspace,
  options: EvaluateOptions,
  host: Host,
  signal: AbortSignal,
): Promise<Tuned> {
  const ports = await createRunPorts(host, workspace, createTerminalAccess(options), {}, signal);
  const registries = createRegistries(workspace, store.registry, ports);
  try {
    await store.catalogue.declare(addressesOf(registries.declared));
    const { files, clock } = host;
    const { folder } = workspace;
    return await findTuned(name, { store, registries, files, folder, here: process.cwd(), now: clock.now() }, signal);
  } finally {
    await registries.close();
  }
}

/** Everything is checked before it is recorded: a benchmark that cannot ask the models leaves no run. */
async function create(
  file: string,
  models: readonly string[],
  store: Store,
  workspace: Workspace,
  options: EvaluateOptions,
  host: Host,
  signal: AbortSignal,
): Promise<RunRecord> {
  const access = createTerminalAccess(options);
  const { folder } = workspace;
  const request = { path: file, kind: 'benchmark' as const, folder, origin: 'terminal' as const, askModels: models };
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  const specified = await specifyRun(request, host.files, host.identities, signal);
  const spec = await resolveSpec(specified, store, ports, signal);
  checkPrograms(neededPrograms(spec, workspace), access);
  return createRun(spec, store, ports, signal);
}

async function print(ended: readonly RunRecord[], store: Store, host: Host, options: EvaluateOptions): Promise<void> {
  const { signal } = new AbortController();
  const begun = ended.filter(({ variants }) => variants.length > 0).map(({ summary }) => summary.id);
  const reports = [];
  for (const id of begun) reports.push(await reportRun(id, store, host.clock, signal));
  if (options.json === true) printJson(reports);
  else printResult(reports.map(report => renderText(report, terminalWidth(), tableWidth()).trimEnd()).join('\n\n'));
  if (options.html === undefined || begun.length === 0) return;
  const target = path.resolve(options.html);
  const { files, clock, digest } = host;
  const dependencies = { store, files, clock, digest, pageAssets: readPageAssets, workbench: version };
  await exportRuns(begun, 'html', target, dependencies, signal);
  printNote(`Report: ${path.relative(process.cwd(), target)}`);
}

function noBenchmark(runId: string): WorkbenchError {
  return new WorkbenchError('usage', `No aspect of run ${runId} names a benchmark.`, {
    remedy: `Name one: \`aiwb tune evaluate ${runId} --benchmark my.bench.yaml\`, or \`benchmark:\` under the aspect in the job.`,
  });
}
