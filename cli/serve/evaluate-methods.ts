import { resolve } from 'node:path';
import type {
  EvaluatedTuning,
  EvaluateTuning,
  PlatformList,
  RunSource,
  RunReference,
  RunSummary,
  TuningEvaluation,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { RunSpec } from '../../engine/ports/run-spec.ts';
import { foreseeSpec, specifyRun } from '../../engine/runs/start.ts';
import { platformsFor } from '../../engine/tuning/list-platforms.ts';
import { planEvaluation } from '../../engine/tuning/evaluate.ts';
import { readSource } from './cell-source.ts';
import { startPlanned } from './run-methods.ts';
import type { Session } from './session.ts';

export function foreseeEvaluation(
  { runId }: RunReference,
  { store, host }: Session,
  signal: AbortSignal,
): Promise<TuningEvaluation> {
  return planEvaluation({ runId }, store, host, signal);
}

/** Starts the benchmarks one after the other, each in a process of its own. */
export async function startEvaluation(
  { runId, origin, benchmarks }: EvaluateTuning,
  session: Session,
  signal: AbortSignal,
): Promise<EvaluatedTuning> {
  const plan = await planEvaluation({ runId }, session.store, session.host, signal);
  const paths = benchmarks ?? plan.benchmarks.map(({ path }) => path);
  if (paths.length === 0) {
    throw new WorkbenchError('usage', 'No aspect of this tuning job names a benchmark.', {
      remedy: 'Choose one, or name it in the job: `benchmark: my.bench.yaml` under the aspect.',
    });
  }
  const { files, identities } = session.host;
  const runs: RunSummary[] = [];
  for (const path of paths) {
    const request = { path, kind: 'benchmark' as const, folder: session.folder, origin, askModels: plan.models };
    runs.push(await startPlanned(await specifyRun(request, files, identities, signal), session, signal));
  }
  return { runs, notes: plan.notes };
}

/** The platforms of the workspace, which of them the job names, and which cannot train its base. Asks no registry. */
export async function listPlatforms(given: RunSource, session: Session, signal: AbortSignal): Promise<PlatformList> {
  const source = await readSource(given, session, signal);
  const text = source.text ?? (await session.host.files.readText(source.path, signal));
  const { folder, store } = session;
  const path = resolve(folder, source.path);
  const job: RunSpec = { kind: 'tune', text, path, file: path, name: '', folder, origin: 'editor' };
  const { trained } = await foreseeSpec(job, store, await session.createPorts(signal), signal);
  return platformsFor(text, await session.readWorkspace(signal), trained);
}
