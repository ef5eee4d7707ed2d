import path from 'node:path';
import * as vscode from 'vscode';
import type { PlatformEntry, RunSource, TuningEvaluation } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { showOnOneLine } from '../trees/words.ts';
import { nextSteps, type NextStep } from '../registry/after-training.ts';
import type { VersionEntry } from '../registry/registry-book.ts';
import { versionName } from '../registry/words.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';
import { placesOf } from './pick-version.ts';
import { benchmarkFiles, resolveFile, resolveRuns, tuningFiles } from './pick.ts';
import { sourceOf, startRun } from './run-commands.ts';

/** Commands about where a tuning job runs, and about what comes after it. */
export function registerTuningCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.trainOn', (given: unknown) => trainOn(context, given)),
    registerCommand(context, 'aiwb.evaluateRun', (given: unknown) => evaluateRun(context, given)),
    registerCommand(context, 'aiwb.afterTraining', (given: unknown) => showNextSteps(context, given)),
  ];
}

/** Starts a tuning job on the platform that the user chooses among those the workspace declares. */
async function trainOn(context: CommandContext, given: unknown): Promise<string | undefined> {
  const uri = await resolveFile(given, tuningFiles);
  if (uri === undefined) return undefined;
  const engine = context.engines.of(uri);
  const platform = await choosePlatform(engine, await sourceOf(uri));
  if (platform === undefined) return undefined;
  return await startRun(context, uri, vscode.l10n.t('Starting the training'), { platform });
}

async function choosePlatform(engine: Engine, source: RunSource): Promise<string | undefined> {
  const { own, base = '', platforms } = await engine.request('tuning/platforms', source);
  const offer = (platform: PlatformEntry): PlatformChoice => ({
    label: showOnOneLine(platform.name, 80),
    description: platform.name === own ? vscode.l10n.t('named by the job') : '',
    detail: describePlatform(platform),
    name: platform.name,
  });
  const unfit = platforms.filter(platform => platform.unfit !== undefined);
  const heading = vscode.l10n.t('Cannot Train {0}', showOnOneLine(base, 60));
  // Nothing that is listed can be disabled: who chooses one of these is told by the engine why it is refused, before anything is started.
  const choices: readonly PlatformChoice[] = [
    ...platforms.filter(platform => platform.unfit === undefined).map(offer),
    ...(unfit.length === 0 ? [] : [{ label: heading, kind: vscode.QuickPickItemKind.Separator }]),
    ...unfit.map(offer),
  ];
  const title = vscode.l10n.t('Train on Which Platform?');
  const placeHolder = vscode.l10n.t('Declared under "compute" in workbench.yaml');
  return (await vscode.window.showQuickPick(choices, { title, placeHolder, matchOnDetail: true }))?.name;
}

interface PlatformChoice extends vscode.QuickPickItem {
  /** Absent for headings. */
  readonly name?: string;
}

function describePlatform({ type, hardware, unfit }: PlatformEntry): string {
  const names: Record<PlatformEntry['type'], string> = {
    local: vscode.l10n.t('This machine'),
    openai: vscode.l10n.t('Service with the OpenAI API'),
    runpod: 'RunPod',
    denvr: 'Denvr',
    'azure-ml': 'Azure ML',
    ray: 'Ray',
  };
  return [names[type], hardware, unfit]
    .flatMap(fact => (fact === undefined ? [] : showOnOneLine(fact, 120)))
    .join(' · ');
}

/** Runs the benchmarks of a tuning run's aspects on base and tuned model, and opens a page for each. */
async function evaluateRun(context: CommandContext, given: unknown): Promise<readonly string[] | undefined> {
  const entry = await resolveTuningRun(context, given, vscode.l10n.t('Evaluate Which Tuning Run?'));
  if (entry === undefined) return undefined;
  const engine = engineOf(context, entry);
  const runId = entry.run.id;
  const plan = await engine.request('tuning/evaluation', { runId });
  const chosen = plan.benchmarks.length > 0 ? [] : await chooseBenchmarks(entry.folder, plan);
  if (chosen === undefined) return undefined;
  const starting = { location: vscode.ProgressLocation.Window, title: vscode.l10n.t('Starting the evaluation') };
  const { runs, notes } = await vscode.window.withProgress(starting, () =>
    engine.request('tuning/evaluate', {
      runId,
      origin: 'editor',
      ...(chosen.length === 0 ? {} : { benchmarks: [...chosen] }),
    }),
  );
  for (const run of runs) {
    context.book.note(engine.folder, run);
    context.pages.showRuns([run.id]);
  }
  if (notes.length > 0) void vscode.window.showInformationMessage(notes.join(' '));
  return runs.map(({ id }) => id);
}

/** The aspects name no benchmark: the user chooses among those of the folder. */
async function chooseBenchmarks(folder: string, plan: TuningEvaluation): Promise<readonly string[] | undefined> {
  const pattern = new vscode.RelativePattern(vscode.Uri.file(folder), benchmarkFiles.glob);
  const files = await vscode.workspace.findFiles(pattern, '**/node_modules/**', 1000);
  if (files.length === 0) throw new FailureError({ code: 'file-not-found', ...benchmarkFiles.missing() });
  const choices = files
    .map(file => ({ label: path.relative(folder, file.fsPath), file: file.fsPath }))
    .sort((a, b) => a.label.localeCompare(b.label));
  const chosen = await vscode.window.showQuickPick(choices, {
    title: vscode.l10n.t('Evaluate with Which Benchmarks?'),
    placeHolder: vscode.l10n.t('Asked: {0}. The aspects of the job name no benchmark.', plan.models.join(', ')),
    canPickMany: true,
  });
  return chosen === undefined || chosen.length === 0 ? undefined : chosen.map(({ file }) => file);
}

/** A tuning run: given by id or row, the one that a version of the Registry view came out of, else the user's choice. */
async function resolveTuningRun(context: CommandContext, given: unknown, title: string): Promise<RunEntry | undefined> {
  const [place] = placesOf(given);
  const runId = place === undefined ? given : await runOf(context, await context.registry.find(place));
  const filter = ({ run }: RunEntry): boolean => run.kind === 'tune' && !run.archived;
  const [entry] = await resolveRuns(context, [runId], { title, filter });
  return entry;
}

async function runOf(context: CommandContext, entry: VersionEntry): Promise<string> {
  const { runId } = entry.details.version.lineage;
  if (runId !== undefined && (await context.book.find(runId)) !== undefined) return runId;
  throw new FailureError({
    code: 'run-not-found',
    message: vscode.l10n.t('The run that {0} came out of is not in this workspace.', versionName(entry.details)),
    remedy: vscode.l10n.t('Run a benchmark that names the version.'),
  });
}

/** The one menu of what can be done with a tuned model, wherever it is opened from. */
async function showNextSteps(context: CommandContext, given: unknown): Promise<void> {
  const entry = await resolveTuningRun(context, given, vscode.l10n.t('Go On with Which Tuning Run?'));
  if (entry === undefined) return;
  const versions = await context.registry.localVersions();
  const version = versions.find(
    ({ folder, details }) => folder === entry.folder && details.version.lineage.runId === entry.run.id,
  );
  const choices = nextSteps(entry.run, version?.details).map(step => ({ ...wordsOf(step, version), step }));
  const title = vscode.l10n.t('What Next with {0}?', entry.run.name);
  const chosen = await vscode.window.showQuickPick(choices, { title });
  if (chosen === undefined) return;
  const place =
    version === undefined
      ? undefined
      : { folder: entry.folder, model: version.details.version.model, version: version.details.version.version };
  const { command, subject } = stepCommands[chosen.step];
  await vscode.commands.executeCommand(command, subject === 'run' ? entry.run.id : place);
}

const stepCommands: Record<NextStep, { readonly command: string; readonly subject: 'run' | 'version' }> = {
  evaluate: { command: 'aiwb.evaluateRun', subject: 'run' },
  resume: { command: 'aiwb.resumeRun', subject: 'run' },
  register: { command: 'aiwb.registerRun', subject: 'run' },
  compare: { command: 'aiwb.compareRuns', subject: 'run' },
  openVersion: { command: 'aiwb.openVersion', subject: 'version' },
  assess: { command: 'aiwb.assessVersion', subject: 'version' },
  baseline: { command: 'aiwb.lockBaseline', subject: 'version' },
};

function wordsOf(step: NextStep, version: VersionEntry | undefined): { label: string; detail: string } {
  const name = version === undefined ? '' : versionName(version.details);
  switch (step) {
    case 'evaluate':
      return {
        label: `$(beaker) ${vscode.l10n.t('Evaluate')}`,
        detail: vscode.l10n.t("Runs each aspect's benchmark on the base and the tuned model"),
      };
    case 'resume':
      return {
        label: `$(debug-continue) ${vscode.l10n.t('Resume')}`,
        detail: vscode.l10n.t('Goes on from the last saved state'),
      };
    case 'register':
      return {
        label: `$(package) ${vscode.l10n.t('Register…')}`,
        detail: vscode.l10n.t('Makes the best checkpoint a model version'),
      };
    case 'compare':
      return {
        label: `$(compare-changes) ${vscode.l10n.t('Compare with…')}`,
        detail: vscode.l10n.t('Sets other tuning runs beside this one'),
      };
    case 'openVersion':
      return {
        label: `$(package) ${vscode.l10n.t('Open {0}', name)}`,
        detail: vscode.l10n.t('The registered version'),
      };
    case 'assess':
      return {
        label: `$(checklist) ${vscode.l10n.t('Assess')}`,
        detail: vscode.l10n.t('Checks {0} against the policies', name),
      };
    case 'baseline':
      return {
        label: `$(lock) ${vscode.l10n.t('Lock as Baseline…')}`,
        detail: vscode.l10n.t('Seals {0}: it is never changed again', name),
      };
  }
}
