import type {
  AssessmentRecord,
  DatasetArtifact,
  LineageGraph,
  MetricArtifact,
  ModelVersion,
} from '../../schemas/generated/messages.ts';
import { validateAssessmentRecord } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';
import { describeDate } from '../base/dates.ts';
import { keys } from '../registry/keys.ts';
import { createLineageDraft, type LineageDraft } from './lineage-draft.ts';
import { readVersion } from './read-version.ts';
import { addDataset, addElsewhere, addPrompt, addRun, addVersion, findRun, idOf } from './lineage-nodes.ts';
import type { RegistryReference } from '../base/registry-reference.ts';
import type { Registries } from '../registry/registries.ts';
import { formatEpoch } from '../reports/format.ts';

/** Versions before this one that are followed. */
const mostAncestors = 8;
const mostRuns = 20;
const mostAssessments = 5;
const mostChildren = 20;

interface Reading {
  readonly draft: LineageDraft;
  readonly registries: Registries;
  readonly store: Store;
  readonly signal: AbortSignal;
  readonly registry: string | undefined;
}

/**
 * What led to a version and what came of it: datasets, prompts, bases, jobs and runs, the versions before and after it, the benchmarks
 * that measured it, and the policies that it was assessed by. Of versions of other registries as much as their properties and artifacts
 * tell. Throws what `readVersion` throws.
 */
export async function lineageGraph(
  reference: RegistryReference,
  registries: Registries,
  store: Store,
  signal: AbortSignal,
): Promise<LineageGraph> {
  const draft = createLineageDraft();
  const reading: Reading = { draft, registries, store, signal, registry: reference.registry };
  const { details } = await readVersion(reference, registries, store, signal);
  const { version, artifacts } = details;
  const id = addVersion(version, reading);
  await addOrigin(version, id, datasetsOf(artifacts), reading, mostAncestors);
  await addChildren(version, id, reading);
  await addBenchmarks(version, id, artifacts.filter(isFigure), datasetsOf(artifacts), reading);
  if (reference.registry === undefined) {
    await addAssessments(version, id, reading);
    for (const published of await store.publications.ofVersion(version.model, version.version)) {
      if (published.kind !== 'version' || published.state !== 'done') continue;
      const { registry, model, version: name } = published;
      draft.connect(id, addElsewhere({ registry, model, version: name }, reading), 'published as');
    }
  }
  return draft.finish({ model: version.model, version: version.version });
}

function isFigure(artifact: { readonly artifactType: string }): artifact is MetricArtifact {
  return artifact.artifactType === 'metric';
}

function datasetsOf(artifacts: readonly { readonly artifactType: string }[]): readonly DatasetArtifact[] {
  return artifacts.filter((artifact): artifact is DatasetArtifact => artifact.artifactType === 'dataset-artifact');
}

/** Everything that led to a version, and to those it came from. */
async function addOrigin(
  version: ModelVersion,
  id: string,
  datasets: readonly DatasetArtifact[],
  reading: Reading,
  left: number,
): Promise<void> {
  const { draft } = reading;
  if (version.origin !== undefined) draft.connect(addElsewhere(version.origin, reading), id, 'pulled from');
  const from = originOf(version);
  // Where no run is recorded, what it would have read leads to the version itself.
  const maker = await addTraining(version, id, from, reading);
  const known = version.lineage.datasets.filter(({ role }) => role !== 'benchmark');
  for (const { path, digest, rows, role } of known)
    draft.connect(addDataset({ path, digest, rows }, draft), maker, role === 'train' ? 'trained on' : `${role} rows`);
  if (known.length === 0)
    for (const { uri, name, digest, rows, role } of datasets) {
      if (role === undefined || role === 'benchmark') continue;
      const dataset = {
        path: uri ?? name,
        ...(digest === undefined ? {} : { digest }),
        ...(rows === undefined ? {} : { rows }),
      };
      draft.connect(addDataset(dataset, draft), maker, role === 'train' ? 'trained on' : `${role} rows`);
    }
  for (const { path, digest } of version.lineage.prompts)
    draft.connect(addPrompt(path, digest, draft), maker, 'prompt');
  if (await addParent(version, from, maker, reading, left)) return;
  if (from.base === undefined) return;
  const base = `base:${from.base}@${from.baseDigest ?? ''}`;
  const digest = from.baseDigest === undefined ? {} : { digest: from.baseDigest };
  draft.add({ id: base, kind: 'base-model', label: from.base, ...digest });
  draft.connect(base, maker, 'tuned from');
}

/** What lineage says, or in registries elsewhere the properties of the hand-off. */
function originOf({ lineage, customProperties }: ModelVersion) {
  const property = (key: string): string | undefined => {
    const value = Object.hasOwn(customProperties, key) ? customProperties[key] : undefined;
    return value === undefined || value === '' ? undefined : String(value);
  };
  return {
    runId: lineage.runId ?? property(keys.trainRun),
    job: lineage.job ?? property(keys.tuningJob),
    base: lineage.base?.name ?? property(keys.baseName),
    baseDigest: lineage.base?.digest ?? property(keys.baseDigest),
    parent: lineage.parentVersion ?? property(keys.parentVersion),
  };
}

type Origin = ReturnType<typeof originOf>;

/** Id of what the data went into: the tuning run, else its job, else the version. */
async function addTraining(version: ModelVersion, id: string, origin: Origin, reading: Reading): Promise<string> {
  const { draft, store } = reading;
  const { file, fileDigest, epoch } = version.lineage;
  let maker = id;
  if (origin.runId !== undefined) {
    const run = await findRun(origin.runId, store);
    const runNode = addRun(origin.runId, run?.summary.name ?? origin.job ?? 'tuning run', 'tuning run', run, draft);
    draft.connect(runNode, id, epoch === undefined ? 'made by' : `made by, epoch ${formatEpoch(epoch)}`);
    maker = runNode;
  }
  if (origin.job === undefined) return maker;
  const job = `job:${file ?? origin.job}@${fileDigest ?? ''}`;
  draft.add({
    id: job,
    kind: 'tuning-job',
    label: origin.job,
    ...(file === undefined ? {} : { detail: file, open: { kind: 'file', id: file } }),
    ...(fileDigest === undefined ? {} : { digest: fileDigest }),
  });
  draft.connect(job, maker, 'defined by');
  return maker === id ? job : maker;
}

/** The version before: of the same model, or of whichever model its base is a version of. False where there is none. */
async function addParent(
  version: ModelVersion,
  { parent, base }: Origin,
  maker: string,
  reading: Reading,
  left: number,
): Promise<boolean> {
  const { draft, registries, registry, signal } = reading;
  const [, model, name] = /^registry:([^/@]+)@(.+)$/.exec(base ?? '') ?? [];
  const wanted = parent === undefined ? { model, name } : { model: version.model, name: parent };
  if (wanted.model === undefined || wanted.name === undefined) return false;
  const home = registries.open(registry);
  let found: ModelVersion;
  try {
    found = await home.getVersion(wanted.model, wanted.name, signal);
  } catch (error) {
    if (!(error instanceof WorkbenchError) || error.code !== 'registry-not-found') throw error;
    const id = idOf(registry, wanted.model, wanted.name);
    draft.add({ id, kind: 'version', label: `${wanted.model}@${wanted.name}`, detail: 'not in the registry' });
    draft.connect(id, maker, 'tuned from');
    return true;
  }
  const id = idOf(registry, found.model, found.version);
  const isKnown = draft.has(id);
  addVersion(found, reading);
  // Before what led to it: where records go in a circle, what is nearest stays.
  draft.connect(id, maker, 'tuned from');
  if (isKnown || left <= 1) return true;
  await addOrigin(
    found,
    id,
    datasetsOf(await home.listArtifacts(found.model, found.version, signal)),
    reading,
    left - 1,
  );
  return true;
}

async function addChildren(version: ModelVersion, id: string, reading: Reading): Promise<void> {
  const { registries, registry, signal, draft } = reading;
  const { items } = await registries.open(registry).pageVersions({ model: version.model, limit: 100 }, signal);
  const children = items.filter(each => each.version !== version.version && originOf(each).parent === version.version);
  for (const child of children.slice(0, mostChildren)) draft.connect(id, addVersion(child, reading), 'tuned into');
}

/** Benchmark runs that asked it: those in the store, and those whose figures alone are with the version. */
async function addBenchmarks(
  version: ModelVersion,
  id: string,
  figures: readonly MetricArtifact[],
  datasets: readonly DatasetArtifact[],
  { draft, store, signal }: Reading,
): Promise<void> {
  const asking = version.modelDigest === undefined ? [] : await store.listRunsAsking(version.modelDigest);
  const stored = asking.filter(({ kind, state }) => kind === 'benchmark' && state === 'succeeded');
  for (const { id: runId } of stored.slice(0, mostRuns)) {
    signal.throwIfAborted();
    const record = await store.getRun(runId);
    const node = addRun(runId, record.summary.name, 'benchmark run', record, draft);
    draft.connect(id, node, 'asked by');
    if (record.dataset !== undefined) {
      const { path, digest, rows } = record.dataset;
      draft.connect(addDataset({ path, digest, rows }, draft), node, 'measured on');
    }
    for (const { prompt, promptDigest, modelDigest } of record.variants)
      if (prompt !== undefined && modelDigest === version.modelDigest)
        draft.connect(addPrompt(prompt, promptDigest, draft), node, 'asked with');
  }
  const others = new Map(figures.filter(({ scope }) => scope !== 'tuning').map(figure => [figure.runId, figure]));
  for (const [runId, figure] of [...others].slice(0, mostRuns)) {
    if (draft.has(`run:${runId}`)) continue;
    const record = await findRun(runId, store);
    const node = addRun(runId, figure.task, figure.tool ?? 'benchmark run', record, draft);
    draft.connect(id, node, 'asked by');
    const dataset = datasets.find(each => each.name.startsWith(`${runId}/`) || each.runId === runId);
    const { datasetDigest = dataset?.digest } = figure;
    if (dataset === undefined && datasetDigest === undefined) continue;
    const rows = dataset?.rows === undefined ? {} : { rows: dataset.rows };
    const digest = datasetDigest === undefined ? {} : { digest: datasetDigest };
    const path = dataset?.uri ?? dataset?.name ?? 'dataset';
    draft.connect(addDataset({ path, ...digest, ...rows }, draft), node, 'measured on');
  }
}

async function addAssessments(version: ModelVersion, id: string, { draft, store }: Reading): Promise<void> {
  const { model, version: name } = version;
  const records = await store.ledger.list({ kind: 'assessment', model, version: name, limit: mostAssessments });
  for (const { payload } of records) {
    // One that was changed or erased counts for nothing; `aiwb audit verify` names it.
    if (!validateAssessmentRecord(payload)) continue;
    const node = `assessment:${payload.id}`;
    draft.add({
      id: node,
      kind: 'assessment',
      label: `Assessment of ${describeDate(payload.assessedAt)}`,
      detail: `gate ${payload.gate.outcome}`,
      open: { kind: 'assessment', id: payload.id },
    });
    draft.connect(id, node, 'assessed in');
    addPolicies(payload, node, draft);
    for (const runId of evidenceRuns(payload)) draft.connect(`run:${runId}`, node, 'evidence for');
  }
}

function addPolicies({ policies }: AssessmentRecord, assessment: string, draft: LineageDraft): void {
  for (const { id, version, title, digest, path } of policies) {
    const node = `policy:${id}@${version}:${digest}`;
    draft.add({
      id: node,
      kind: 'policy',
      label: `${id} ${version}`,
      detail: title,
      digest,
      ...(path === undefined ? {} : { open: { kind: 'file', id: path } }),
    });
    draft.connect(node, assessment, 'judged by');
  }
}

function evidenceRuns({ controls }: AssessmentRecord): readonly string[] {
  const evidence = controls.flatMap(({ checks }) => checks.flatMap(check => check.evidence));
  return [...new Set(evidence.flatMap(({ kind, runId }) => (kind === 'run' && runId !== undefined ? [runId] : [])))];
}
