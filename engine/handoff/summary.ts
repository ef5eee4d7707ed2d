import type { Artifact, DatasetArtifact, MetricArtifact, ModelVersion } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import { contextKey, figureKey, keyPart, keyPrefix, keys, type FigureContext } from '../registry/keys.ts';
import { summaryName } from './figure-names.ts';

type Properties = Record<string, string | number | boolean | undefined>;
type Scope = 'baseline' | 'custom';

/** The figures of one task of one run. */
interface TaskFigures {
  readonly scope: Scope;
  readonly useCase: string | undefined;
  readonly task: string;
  readonly run: string;
  readonly at: number;
  readonly figures: MetricArtifact[];
  readonly dataset: DatasetArtifact | undefined;
}

/** How far in the future a run may lie before its clock is not believed, milliseconds. */
const clockTolerance = 86_400_000;

export interface SummaryPorts {
  readonly now: number;
  readonly digest: Pick<Digest, 'sha256'>;
}

/**
 * What has to change among a version's properties so that they sum up these artifacts: a number for each figure, to filter by, and
 * for each task what its figures may be compared by. Figures of a newer run take the place of an older one's of the same task; names
 * no longer used are `undefined`. Empty where nothing changes.
 */
export function summarise(
  artifacts: readonly Artifact[],
  properties: ModelVersion['customProperties'],
  { now, digest }: SummaryPorts,
): Properties {
  const merged: Properties = { ...properties };
  for (const task of groupFigures(artifacts)) addTask(task, merged, now);
  if (artifacts.some(artifact => artifact.artifactType === 'metric' && artifact.scope === 'baseline'))
    addAverage(merged, digest);
  return Object.fromEntries(
    Object.entries(merged).filter(([name, value]) => value !== (properties as Properties)[name]),
  );
}

/** Oldest first, so that the newest is what stays. */
function groupFigures(artifacts: readonly Artifact[]): TaskFigures[] {
  const groups = new Map<string, TaskFigures>();
  for (const artifact of artifacts) {
    if (artifact.artifactType !== 'metric' || artifact.scope === 'tuning') continue;
    const { scope, task, runId: run, timestamp: at } = artifact;
    const useCase = scope === 'custom' ? (artifact.useCase ?? task) : undefined;
    const key = JSON.stringify([scope, useCase, task, run]);
    let group = groups.get(key);
    if (group === undefined) {
      const dataset = datasetOf(artifact, artifacts);
      groups.set(key, (group = { scope, useCase, task, run, at, dataset, figures: [] }));
    }
    group.figures.push(artifact);
  }
  return [...groups.values()].sort((a, b) => a.at - b.at);
}

function datasetOf({ runId, datasetDigest }: MetricArtifact, artifacts: readonly Artifact[]) {
  return artifacts.find(
    (one): one is DatasetArtifact =>
      one.artifactType === 'dataset-artifact' &&
      (one.runId === runId || one.name.startsWith(`${runId}/`)) &&
      one.digest === datasetDigest,
  );
}

function addTask(group: TaskFigures, merged: Properties, now: number): void {
  const { scope, useCase, task, run, at } = group;
  const key = contextKey(scope, task, useCase);
  const known = readContext(merged[key]);
  if (known !== undefined && known.run !== run && isNewer(known.at, at, now)) return;
  for (const name of Object.keys(known?.figures ?? {})) merged[figureKey(scope, name, useCase)] = undefined;
  const taken = namesOfOthers(merged, scope, useCase, key);
  const figures: Record<string, FigureContext['figures'][string]> = {};
  for (const { metric, label, unit, direction, n, value } of group.figures) {
    const name = summaryName(scope, task, metric, taken);
    merged[figureKey(scope, name, useCase)] = value;
    figures[name] = { label, unit, direction, ...(n === undefined ? {} : { n }) };
  }
  merged[key] = JSON.stringify(contextOf(group, figures, leadingOf(group, taken)));
}

/** Whether what is there was measured later; a time that lies in the future is a wrong clock's and counts for nothing. */
function isNewer(known: number | undefined, at: number, now: number): boolean {
  return known !== undefined && known > at && known <= now + clockTolerance;
}

function contextOf(
  { task, run, at, dataset, figures: [first] }: TaskFigures,
  figures: FigureContext['figures'],
  leading: string | undefined,
): FigureContext {
  const hardware = first === undefined ? undefined : describeHardware(first);
  const digest = first?.datasetDigest;
  return {
    task,
    run,
    ...(dataset?.uri === undefined || dataset.private === true ? {} : { dataset: dataset.uri }),
    ...(digest === undefined ? {} : { digest }),
    ...(dataset?.rows === undefined ? {} : { rows: dataset.rows }),
    ...(hardware === undefined ? {} : { hardware }),
    at,
    ...(first?.customProperties?.[keys.identity] === 'unverified' ? { identity: 'unverified' } : {}),
    ...(leading === undefined ? {} : { leading }),
    figures,
  };
}

/** `8 × NVIDIA H100` */
export function describeHardware({
  hardwareType,
  hardwareCount,
}: Pick<MetricArtifact, 'hardwareType' | 'hardwareCount'>): string | undefined {
  if (hardwareType === undefined) return undefined;
  return hardwareCount === undefined ? hardwareType : `${hardwareCount} × ${hardwareType}`;
}

/** The first share that is better when higher. */
function leadingOf({ scope, task, figures }: TaskFigures, taken: ReadonlySet<string>): string | undefined {
  const found = figures.find(({ unit, direction }) => unit === 'ratio' && direction === 'higher');
  return found === undefined ? undefined : summaryName(scope, task, found.metric, taken);
}

function namesOfOthers(
  merged: Properties,
  scope: Scope,
  useCase: string | undefined,
  own: string,
): ReadonlySet<string> {
  return new Set(
    contextsOf(merged, scope, useCase).flatMap(([key, { figures }]) => (key === own ? [] : Object.keys(figures))),
  );
}

function contextsOf(
  merged: Properties,
  scope: Scope,
  useCase: string | undefined,
): (readonly [key: string, context: FigureContext])[] {
  const prefix = `${keyPrefix}context.${scope}.${useCase === undefined ? '' : `${keyPart(useCase)}.`}`;
  return Object.entries(merged).flatMap(([key, value]) => {
    const context = key.startsWith(prefix) ? readContext(value) : undefined;
    return context === undefined ? [] : [[key, context] as const];
  });
}

const averageTask = 'overall';
/** The Kubeflow model catalog's name of it. */
const averageName = 'overall_average';

/**
 * The mean of what the baseline's tasks are judged by. Its digest covers the tasks and their datasets: averages over other tasks or
 * rows are not compared with it.
 */
function addAverage(merged: Properties, digest: SummaryPorts['digest']): void {
  const key = contextKey('baseline', averageTask);
  const parts = contextsOf(merged, 'baseline', undefined).flatMap(([own, context]) => {
    const { leading, task } = context;
    if (own === key || leading === undefined || context.identity !== undefined) return [];
    const value = merged[figureKey('baseline', leading)];
    return typeof value === 'number' ? [{ task, leading, value, context }] : [];
  });
  const [first] = parts;
  if (first === undefined) return;
  parts.sort((a, b) => (a.task < b.task ? -1 : 1));
  const covered = parts.map(({ task, leading, context }) => [task, leading, context.digest ?? context.run]);
  const rows = parts.reduce((sum, { context }) => sum + (context.rows ?? 0), 0);
  merged[figureKey('baseline', averageName)] = parts.reduce((sum, { value }) => sum + value, 0) / parts.length;
  const context: FigureContext = {
    task: averageTask,
    run: first.context.run,
    digest: digest.sha256(JSON.stringify(covered)),
    ...(rows === 0 ? {} : { rows }),
    figures: { [averageName]: { label: `Mean of ${parts.length} tasks`, unit: 'ratio', direction: 'higher' } },
  };
  merged[key] = JSON.stringify(context);
}

/** A context among a version's properties; absent for what is none. Registries are edited by others: nothing is taken on trust. */
export function readContext(value: unknown): FigureContext | undefined {
  if (typeof value !== 'string' || !value.startsWith('{')) return undefined;
  try {
    const context = JSON.parse(value) as Partial<FigureContext>;
    const { task, run, figures, at } = context;
    if (typeof task !== 'string' || typeof run !== 'string') return undefined;
    if (typeof figures !== 'object' || (figures as unknown) === null) return undefined;
    if (at !== undefined && typeof at !== 'number') return undefined;
    return context as FigureContext;
  } catch {
    return undefined;
  }
}
