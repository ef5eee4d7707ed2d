import path from 'node:path';
import type {
  PlainText,
  DryRunEstimate,
  Exported,
  ExportRuns,
  LentUse,
  PreflightReport,
  Report,
  RunReference,
  RunSummary,
  SearchReport,
  StartRun,
  TuningComparison,
} from '../../schemas/generated/messages.ts';
import { compareRuns } from '../../engine/reports/compare-runs.ts';
import { exportRuns } from '../../engine/run-exports/export.ts';
import type { RunRecord } from '../../engine/ports/store.ts';
import { estimateRun } from '../../engine/runs/estimate.ts';
import { neededPrograms } from '../../engine/runs/needed-programs.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import type { RunPorts } from '../../engine/runs/ports.ts';
import { planRun } from '../../engine/runs/plan-run.ts';
import { foreseeSpec, resolveSpec, specifyRun } from '../../engine/runs/start.ts';
import { compareTuning } from '../../engine/tuning/compare.ts';
import { foresee } from '../../engine/tuning/estimate.ts';
import { planTuning } from '../../engine/tuning/plan.ts';
import { cancelRun } from '../../engine/tuning/search/cancel.ts';
import { createTuningRun } from '../../engine/tuning/search/create.ts';
import { estimateSearch } from '../../engine/tuning/search/estimate.ts';
import { reportSearch } from '../../engine/tuning/search/report.ts';
import { resumeFrom } from '../../engine/tuning/search/resume.ts';
import { foreseeTrial } from '../../engine/tuning/search/trials.ts';
import { readLog } from '../../platform/processes/log.ts';
import { readPageAssets } from '../composition.ts';
import { collectSecrets, startDetached, type RunHandover } from '../detached.ts';
import { readSource } from './cell-source.ts';
import { listLentUses } from './lent-consent.ts';
import { version } from '../version.ts';
import type { Session } from './session.ts';
import { agreeOnTraining } from './training-consent.ts';

export async function specify(request: StartRun, session: Session, signal: AbortSignal): Promise<RunSpec> {
  const { origin, models, limit, trial } = request;
  const source = await readSource(request.source, session, signal);
  return specifyRun(
    {
      path: path.resolve(session.folder, source.path),
      folder: session.folder,
      origin,
      ...(source.kind === undefined ? {} : { kind: source.kind }),
      ...(source.text === undefined ? {} : { text: source.text }),
      ...(source.cell === undefined ? {} : { cell: source.cell }),
      ...(models === undefined ? {} : { models }),
      ...(limit === undefined ? {} : { limit }),
      ...(trial === undefined ? {} : { trial }),
      ...(request.extends === undefined ? {} : { extends: request.extends }),
      ...(request.cache === undefined ? {} : { cache: request.cache }),
      ...(request.budget === undefined ? {} : { budget: request.budget }),
      ...(request.platform === undefined ? {} : { platform: request.platform }),
    },
    session.host.files,
    session.host.identities,
    signal,
  );
}

/** Checks the benchmark or tuning job whole before anything is recorded, then starts it in a process of its own. */
export async function startRun(request: StartRun, session: Session, signal: AbortSignal): Promise<RunSummary> {
  return startPlanned(await specify(request, session, signal), session, signal);
}

/** The same for a run that is specified already. */
export async function startPlanned(specified: RunSpec, session: Session, signal: AbortSignal): Promise<RunSummary> {
  const { store } = session;
  const ports = await session.createPorts(signal);
  const spec = await resolveSpec(specified, store, ports, signal);
  const lent = await check(spec, ports, session, signal);
  await session.access.lend(spec.name, lent, signal);
  const handover = await collectHandover(spec, session, signal);
  const record = await createTuningRun(spec, store, ports, signal);
  if (lent.length > 0) session.access.lendTo(record.summary.id);
  return detach(record, handover, session);
}

/** Plans the run, asks what it may install, and tells what it wants of the models that VS Code lends. */
async function check(spec: RunSpec, ports: RunPorts, session: Session, signal: AbortSignal): Promise<LentUse[]> {
  if (spec.kind !== 'tune') return listLentUses(await planRun(spec, ports, signal));
  const plan = await planTuning(foreseeTrial(spec), ports, session.store.blobs, signal);
  await agreeOnTraining(plan, spec, session, signal);
  return [];
}

/** Goes on with a run; of one whose search stopped between two trials, with the next, which is answered. */
export async function resumeRun(runId: string, session: Session, signal: AbortSignal): Promise<RunSummary> {
  const record = await session.store.getRun(runId);
  const handover = await collectHandover(record.spec, session, signal);
  const next = await resumeFrom(record, session.store, await session.createPorts(signal), signal);
  return detach(next, handover, session);
}

/** Asks the person for everything the run needs of them. */
async function collectHandover(spec: RunSpec, session: Session, signal: AbortSignal): Promise<RunHandover> {
  const programs = neededPrograms(spec, await session.readWorkspace(signal));
  await session.access.allowPrograms(programs, signal);
  const collected = await collectSecrets(spec, await session.createPorts(signal), signal);
  return { ...collected, programs, network: session.options.network };
}

async function detach(record: RunRecord, handover: RunHandover, session: Session): Promise<RunSummary> {
  const { nodePath } = session.options;
  const options = nodePath === undefined ? {} : { nodePath };
  await startDetached(record, session.storeFolder, session.store, handover, options);
  return (await session.store.getRun(record.summary.id)).summary;
}

export async function dryRun(request: StartRun, session: Session, signal: AbortSignal): Promise<DryRunEstimate> {
  const spec = await specify(request, session, signal);
  const ports = await session.createPorts(signal);
  const { store } = session;
  if (spec.kind !== 'tune') return estimateRun(await foreseeSpec(spec, store, ports, signal), ports, signal);
  return estimateSearch(await resolveSpec(spec, store, ports, signal), ports, store, signal);
}

/** What stands in the way of a tuning job, or is worth a look. Starts nothing. */
export async function preflightTuning(
  request: StartRun,
  session: Session,
  signal: AbortSignal,
): Promise<PreflightReport> {
  const { store } = session;
  const ports = await session.createPorts(signal);
  const spec = await resolveSpec(await specify(request, session, signal), store, ports, signal);
  const plan = await planTuning(foreseeTrial(spec), ports, store.blobs, signal);
  const { preflight } = await foresee(plan, ports, store, signal);
  return { findings: [...preflight] };
}

export function reportRuns(runIds: readonly string[], session: Session, signal: AbortSignal): Promise<Report> {
  return compareRuns(runIds, session.store, session.host.clock, signal);
}

export function reportTunings(runIds: readonly string[], { store }: Session): Promise<TuningComparison> {
  return compareTuning(runIds, store);
}

export function reportTuningSearch(
  { runId }: RunReference,
  { store, host }: Session,
  signal: AbortSignal,
): Promise<SearchReport> {
  return reportSearch(runId, store, { now: host.clock.now() }, signal);
}

export function stopRun({ runId }: RunReference, { store }: Session): Promise<RunSummary> {
  return cancelRun(runId, store);
}

export async function exportToFile(
  { runIds, format, path: target, samples }: ExportRuns,
  session: Session,
  signal: AbortSignal,
): Promise<Exported> {
  const { files, clock, digest } = session.host;
  const dependencies = {
    ...{ store: session.store, files, clock, digest, pageAssets: readPageAssets, workbench: version, samples },
  };
  await exportRuns(runIds, format, target, dependencies, signal);
  return { path: target };
}

/** The end of a long log says why it ended. */
const shownLogBytes = 200_000;

export async function readRunLog(runId: string, session: Session): Promise<PlainText> {
  const { logPath } = await session.store.getRun(runId);
  if (logPath === undefined) return { text: 'This run has no log: it ran in a terminal.' };
  const text = await readLog(logPath, shownLogBytes).catch(
    (error: unknown) => `The log cannot be read: ${String(error)}`,
  );
  return { text };
}
