import type { Artifact } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { omit } from '../../base/omit.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import { keys } from '../keys.ts';
import { RestError } from '../rest/client.ts';
import { inParallel } from '../rest/stretches.ts';
import type { KubeflowApi } from './api.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { fromArtifact } from './artifacts.ts';
import type { Merger } from './merge.ts';
import { decodeProperties, encodeProperties, longestKey } from './properties.ts';
import { createOnce } from './repeat.ts';
import { idOf, nameOf, propertiesIn, readText, type Resource } from './wire.ts';

/** A version that was evaluated: its id in the registry, and its model's name. */
export interface Evaluated {
  readonly id: string;
  readonly model: string;
}

/** What teams measured on their own data, as runs of an experiment beside the version that was measured. */
export interface Evaluations {
  /**
   * Writes the evaluations among the artifacts that a version is given, with what is known of their runs already: one ExperimentRun
   * each, found again by its external id, FINISHED when all of it is there.
   */
  write(version: Evaluated, added: readonly Artifact[], signal: AbortSignal): Promise<void>;
  /** Results in finished runs of a version that do not stand with it: what others measured, and what is still to be added. */
  read(versionId: string, there: Promise<readonly Artifact[]>, signal: AbortSignal): Promise<readonly Artifact[]>;
}

/** Property of an ExperimentRun: the id of the version that was measured. */
const ofVersion = 'aiw.model_version_id';
/** Another: how many figures it was made with. */
const figureCount = 'aiw.figures';
/** What the server itself notes on what belongs to a run. */
const serverNotes = ['experiment_id', 'experiment_run_id', 'experimentId', 'experimentRunId'];
/** Questions under way at once. */
const width = 4;

export interface EvaluationPorts {
  readonly api: KubeflowApi;
  readonly merger: Merger;
  readonly artifacts: ArtifactStore;
  readonly clock: Clock;
  readonly digest: Digest;
}

export function createEvaluations({ api, merger, artifacts, clock, digest }: EvaluationPorts): Evaluations {
  /** Each model has an experiment of its own. Absent where the server knows no experiments. */
  async function ensureExperiment(model: string, signal: AbortSignal): Promise<Resource | undefined> {
    const whole = `aiw/${model}`;
    const name = whole.length < longestKey ? whole : `${whole.slice(0, 200)}-${digest.sha256(model).slice(0, 16)}`;
    const find = () => api.findByName('/experiment', name, {}, signal);
    try {
      const known = await find();
      if (known !== undefined) return known;
    } catch (error) {
      if (knowsNone(error)) return undefined;
      throw error;
    }
    const body = {
      ...{ name, externalId: `aiw:experiment:${digest.sha256(model)}`, state: 'LIVE' },
      description: `Evaluations of the model ${model.slice(0, 200)} on teams' own data.`,
      customProperties: encodeProperties({ 'aiw.model': model }),
    };
    const made = await createOnce({ find, create: () => api.create('/experiments', body, signal) }, clock, signal);
    if (made !== undefined) return made.resource;
    throw inTheWay(`an experiment "${name}"`);
  }

  async function ensureRun(
    version: Evaluated,
    runId: string,
    results: readonly Artifact[],
    experiment: Resource,
    signal: AbortSignal,
  ): Promise<Resource> {
    const externalId = `aiw:run:${version.id}:${digest.sha256(runId)}`;
    const find = () => api.findByExternalId('/experiment_run', externalId, signal);
    const known = await find();
    if (known !== undefined) return known;
    const useCase = results.flatMap(one => (one.artifactType === 'metric' ? (one.useCase ?? []) : []))[0];
    const name = `${version.id} ${runId}`;
    const body = {
      name: name.length <= 200 ? name : `${name.slice(0, 180)}-${digest.sha256(name).slice(0, 16)}`,
      ...{ experimentId: idOf(experiment), externalId, state: 'LIVE', status: 'RUNNING' },
      startTimeSinceEpoch: String(Math.min(...timesOf(results))),
      customProperties: encodeProperties({
        [keys.runId]: runId,
        [keys.scope]: 'custom',
        ...(useCase === undefined ? {} : { [keys.useCase]: useCase }),
        'aiw.model': version.model,
        [ofVersion]: version.id,
        [figureCount]: timesOf(results).length,
      }),
    };
    const made = await createOnce({ find, create: () => api.create('/experiment_runs', body, signal) }, clock, signal);
    if (made !== undefined) return made.resource;
    throw inTheWay(`a run "${name}"`);
  }

  async function writeRun(
    version: Evaluated,
    runId: string,
    results: readonly Artifact[],
    experiment: Resource,
    signal: AbortSignal,
  ): Promise<void> {
    const run = await ensureRun(version, runId, results, experiment, signal);
    const path = `/experiment_runs/${encodeURIComponent(idOf(run))}`;
    await artifacts.addTo(`${path}/artifacts`, { id: idOf(run), model: version.model }, results.map(withoutId), signal);
    if (readText(run, 'status') === 'FINISHED') return;
    const start = Number(readText(run, 'startTimeSinceEpoch') ?? 0);
    const end = String(Math.max(start, ...timesOf(results)));
    const fields = { status: 'FINISHED', endTimeSinceEpoch: end };
    await merger.change(path, `the run "${nameOf(run)}"`, { fields }, signal);
  }

  return {
    async write(version, added, signal) {
      const runs = new Set(added.flatMap(one => (isCustom(one) ? [one.runId] : [])));
      if (runs.size === 0) return;
      // What cannot be kept is refused before anything is written.
      for (const one of added) fromArtifact(one, one.name);
      const experiment = await ensureExperiment(version.model, signal);
      if (experiment === undefined) return;
      // Settings, rows and raw results were added before the figures.
      const known = await artifacts.list(version.id, signal);
      const all = new Map([...known, ...added].map(one => [`${one.artifactType} ${one.name}`, one]));
      for (const runId of runs) {
        signal.throwIfAborted();
        const results = [...all.values()].filter(one => runOf(one) === runId && one.artifactType !== 'model-artifact');
        await writeRun(version, runId, results, experiment, signal);
      }
    },
    async read(versionId, listing, signal) {
      if (!/^\d+$/.test(versionId)) return [];
      const [runs, there] = await Promise.all([findRuns(versionId, signal), listing]);
      const open = runs.filter(run => !standsWith(run, there));
      const listed = await inParallel(open, width, async run => {
        const { [keys.runId]: told, [keys.useCase]: useCase } = decodeProperties(propertiesIn(run));
        const runId = typeof told === 'string' && told !== '' ? told : `run-${idOf(run)}`;
        const path = `/experiment_runs/${encodeURIComponent(idOf(run))}/artifacts`;
        const found = await artifacts.listAt(path, signal);
        return found.map(one => ofRun(one, runId, typeof useCase === 'string' ? useCase : undefined));
      });
      const known = new Set(there.map(one => `${one.artifactType} ${one.name}`));
      return listed.flat().filter(one => {
        const key = `${one.artifactType} ${one.name}`;
        return !known.has(key) && known.add(key);
      });
    },
  };

  /** Those that are finished: of others nobody knows whether all of it is there. */
  async function findRuns(versionId: string, signal: AbortSignal): Promise<readonly Resource[]> {
    const filterQuery = `status = 'FINISHED' AND \`${ofVersion}\` = '${versionId}'`;
    try {
      return await api.all('/experiment_runs', { filterQuery }, signal);
    } catch (error) {
      // Who may read models may not be allowed to see experiments.
      if (knowsNone(error) || (error instanceof RestError && error.status === 403)) return [];
      throw error;
    }
  }
}

function isCustom(one: Artifact): one is Extract<Artifact, { artifactType: 'metric' }> {
  return one.artifactType === 'metric' && one.scope === 'custom' && one.runId !== '';
}

function runOf(one: Artifact): string | undefined {
  return 'runId' in one ? one.runId : undefined;
}

function timesOf(results: readonly Artifact[]): number[] {
  return results.flatMap(one => (one.artifactType === 'metric' ? [Math.max(0, Math.round(one.timestamp))] : []));
}

/** Whether all figures of a run of ours are there. */
function standsWith(run: Resource, there: readonly Artifact[]): boolean {
  const { [figureCount]: count, [keys.runId]: runId } = decodeProperties(propertiesIn(run));
  if (typeof count !== 'number') return false;
  return there.filter(one => one.artifactType === 'metric' && one.runId === runId).length >= count;
}

/** Ids are those of the version's own ones. */
function withoutId(artifact: Artifact): Artifact {
  return omit(artifact, 'id') as Artifact;
}

/** A result of a run, also where whoever wrote it did not say of which. */
function ofRun(artifact: Artifact, runId: string, useCase: string | undefined): Artifact {
  const properties = omit(artifact.customProperties ?? {}, ...serverNotes);
  const plain = {
    ...omit(artifact, 'customProperties'),
    ...(Object.keys(properties).length === 0 ? {} : { customProperties: properties }),
  } as Artifact;
  const isNamed = runOf(artifact) !== undefined && runOf(artifact) !== '';
  if (isNamed || artifact.artifactType === 'model-artifact') return plain;
  const use = artifact.artifactType === 'metric' && useCase !== undefined ? { useCase } : {};
  return { ...plain, ...use, name: `${runId}/${artifact.name}`, runId } as Artifact;
}

/** Whether the server is one of those that came before experiments: what it answers then is no resource. */
function knowsNone(error: unknown): boolean {
  return error instanceof WorkbenchError && error.code === 'registry-malformed';
}

function inTheWay(what: string): WorkbenchError {
  return new WorkbenchError('registry-conflict', `The registry has ${what} already, made of something else.`, {
    remedy: 'Rename it there, and publish again.',
  });
}
