import type { AspectName, TuningEvaluation } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { aspectsOf } from '../diagnostics/tune-checks.ts';
import { parseDocument } from '../documents/parse.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { RunRecord, Store } from '../ports/store.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { parseTrainedName } from '../registry/trained-name.ts';
import { loadWorkspace, type Workspace } from '../workspace/workspace.ts';
import { findJobResult } from './job-result.ts';
import { aspectWords } from './rows.ts';
import type { Tuned } from './tuned-name.ts';

/** What an evaluation is planned with. */
export interface EvaluationPorts {
  readonly files: Files;
  readonly clock: Clock;
}

/**
 * What *Evaluate* asks: the base and the best checkpoint of a tuning run, or the version of it that was named, with the benchmarks that its aspects name. Reads files and asks
 * nobody. Throws `run-not-found`, `usage` for a run of another kind and `checkpoint-missing` where nothing was trained yet.
 */
export async function planEvaluation(
  { runId, model }: Tuned,
  store: Store,
  { files, clock }: EvaluationPorts,
  signal: AbortSignal,
): Promise<TuningEvaluation> {
  const record = await store.getRun(runId);
  const { summary, spec } = record;
  const now = clock.now();
  if (summary.kind !== 'tune') throw notTuning(summary.id);
  const candidate = model ?? (await candidateOf(record, store, now, signal));
  const workspace = await loadWorkspace(files, spec.folder, signal);
  const base = await baseOf(spec, workspace, store, now, signal);
  const { benchmarks, notes } = await benchmarksOf(spec, files, signal);
  return {
    runId: summary.id,
    models: [...(base.name === undefined ? [] : [base.name]), candidate],
    benchmarks,
    notes: [...(base.note === undefined ? [] : [base.note]), ...notes],
  };
}

/** The registered version where there is one, for others can ask for it too; else the run's best checkpoint. */
async function candidateOf(
  { summary, tuning }: RunRecord,
  store: Store,
  now: number,
  signal: AbortSignal,
): Promise<string> {
  const registered = tuning?.registered;
  if (registered !== undefined) return `registry:${registered.model}@${registered.version}`;
  const { checkpoints } = await store.readTraining(summary.id);
  if (checkpoints.some(({ best }) => best)) return checkpointName(summary.name, summary.id, store, now, signal);
  throw new WorkbenchError('checkpoint-missing', `Run ${summary.id} has kept no checkpoint to evaluate.`, {
    remedy: summary.resumable === true ? `Go on with it: \`aiwb tune --resume ${summary.id}\`.` : 'Run the job again.',
  });
}

/** By the job's name as long as that means this run, for people read it; else by the run's id. */
async function checkpointName(
  job: string,
  runId: string,
  store: Store,
  now: number,
  signal: AbortSignal,
): Promise<string> {
  const { run } = await findJobResult({ name: job }, store, now, signal);
  return `checkpoint:${run?.id === runId ? job : runId}`;
}

interface BaseName {
  /** What a benchmark calls the base; absent where it can ask nothing of it. */
  readonly name?: string;
  readonly note?: string;
}

/** The base as a benchmark can ask it: what it stood for when the run was created, not what it stands for now. */
async function baseOf(
  spec: RunSpec,
  workspace: Workspace,
  store: Store,
  now: number,
  signal: AbortSignal,
): Promise<BaseName> {
  const base = parseDocument('tune', spec.text).value?.base ?? '';
  if (base === 'embedded:linear') {
    return { note: 'The base embedded:linear had learnt nothing and has no answers: only the tuned model is asked.' };
  }
  const known = spec.trained !== undefined && Object.hasOwn(spec.trained, base) ? spec.trained[base] : undefined;
  const named = parseTrainedName(base);
  if (named?.kind === 'checkpoint') {
    if (known?.runId === undefined || known.epoch === undefined) return { name: base };
    return { name: `${await checkpointName(named.job, known.runId, store, now, signal)}@${String(known.epoch)}` };
  }
  if (base.startsWith('registry:')) {
    if (known?.model === undefined || known.version === undefined) return { name: base };
    const registry = known.registry === undefined ? '' : `${known.registry}/`;
    return { name: `registry:${registry}${known.model}@${known.version}` };
  }
  return servedBase(base, workspace);
}

/** Of a hub's, folder's or service's model: the connection that says it serves it. */
function servedBase(base: string, { config }: Workspace): BaseName {
  const named = base.slice(base.indexOf(':') + 1);
  const id = base.startsWith('hub:') ? named.replace(/@.*$/, '') : named;
  const serving = Object.entries(config.connections ?? {}).find(
    ([, connection]) => 'model' in connection && connection.model === id,
  );
  if (serving !== undefined) return { name: serving[0] };
  return {
    note: `No connection in workbench.yaml serves ${base}: only the tuned model is asked. A connection with \`model: ${id}\` would be asked beside it.`,
  };
}

/** The benchmarks of the aspects, each file once; what is not there is told. */
async function benchmarksOf(
  spec: RunSpec,
  files: Files,
  signal: AbortSignal,
): Promise<Pick<TuningEvaluation, 'benchmarks' | 'notes'>> {
  const job = parseDocument('tune', spec.text).value;
  const found = new Map<string, AspectName[]>();
  const notes: string[] = [];
  for (const [name, { benchmark }] of job === undefined ? [] : aspectsOf(job)) {
    if (benchmark === undefined) continue;
    const path = files.resolve(files.parent(spec.path), benchmark);
    if (await isThere(path, files, signal)) found.set(path, [...(found.get(path) ?? []), name]);
    else notes.push(`The benchmark of ${aspectWords(name)}, ${benchmark}, is not there.`);
  }
  return { benchmarks: [...found].map(([path, aspects]) => ({ path, aspects })), notes };
}

async function isThere(path: string, files: Files, signal: AbortSignal): Promise<boolean> {
  try {
    await files.readText(path, signal);
    return true;
  } catch (error) {
    signal.throwIfAborted();
    if (toWorkbenchError(error).code === 'file-not-found') return false;
    throw error;
  }
}

function notTuning(id: string): WorkbenchError {
  return new WorkbenchError('usage', `Run ${id} is no tuning run.`, {
    remedy: 'Name a tuning run; `aiwb runs list` shows them.',
  });
}
