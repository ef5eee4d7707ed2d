import type { Identity, ModelVersion } from '../../../schemas/generated/messages.ts';
import type { NewModelVersion, NewRegisteredModel } from '../../ports/registry.ts';
import { hasCode, type MlflowApi, type Reply } from './api.ts';
import { filesFolder } from './content.ts';
import { equals, tagEquals } from './filters.ts';
import { isPrompt, tagsOfModel } from './models.ts';
import { ensureExperiment, findRuns, finishRun, homeNote, makeRun, runTags } from './runs.ts';
import { archived, duplicateOf, requireFits, tagNames } from './tags.ts';
import { externalIdOfVersion, isWhole, statusOf, tagsOfVersion } from './versions.ts';
import { readModel, readVersion, type WireModel, type WireRun, type WireVersion } from './wire.ts';
import { searchVersions } from './search.ts';

/** The parts of a registry that making a version uses. */
export interface CreateSteps {
  addArtifacts: (version: WireVersion, artifacts: NewModelVersion['artifacts'], signal: AbortSignal) => Promise<void>;
  setAlias: (model: string, alias: string, version: string, actor: Identity, signal: AbortSignal) => Promise<unknown>;
  setStatus: (
    model: string,
    version: string,
    status: NonNullable<ModelVersion['status']>,
    actor: Identity,
    signal: AbortSignal,
  ) => Promise<unknown>;
}

/** Throws `registry-exists`. */
export async function createModel(api: MlflowApi, model: NewRegisteredModel, signal: AbortSignal): Promise<WireModel> {
  const tags = tagsOfModel(model);
  requireFits(tags, 'modelTag', model.description);
  const { name, description } = model;
  let unanswered = 0;
  const made = {
    read: (reply: Reply) => readModel(reply['registered_model']),
    find: () => {
      unanswered += 1;
      return Promise.resolve(undefined);
    },
  };
  try {
    const body = { name, tags, ...(description === undefined ? {} : { description }) };
    return await api.create('/registered-models/create', body, made, signal);
  } catch (error) {
    if (unanswered === 0 || !hasCode(error, 'registry-exists')) throw error;
    // The first answer never came: what is there now is ours if it says just what we said.
    const there = await readThere(api, name, signal);
    const isSame =
      tags.every(({ key, value }) => there.tags.get(key) === value) &&
      (there.description ?? '') === (description ?? '');
    if (!isSame || there.newest.length > 0) throw error;
    return there;
  }
}

async function readThere(api: MlflowApi, name: string, signal: AbortSignal): Promise<WireModel> {
  return readModel((await api.get('/registered-models/get', { name }, signal))['registered_model']);
}

/**
 * Makes a version whole, or finishes one that was left half made. MLflow makes another one at every call, so it is looked for before and
 * after, by an id made of its weights and run; of two made at once the lower number stays, and the other says so and is archived. Until
 * all is there it carries a mark and is not listed. Its status comes last. Returns its number.
 */
export async function createVersion(
  api: MlflowApi,
  version: NewModelVersion,
  model: NewRegisteredModel,
  actor: Identity,
  steps: CreateSteps,
  signal: AbortSignal,
): Promise<string> {
  const named = { ...model, name: version.model };
  // Before anything is written, so that what cannot be held leaves nothing behind.
  requireFits(tagsOfModel(named), 'modelTag', model.description);
  requireFits(tagsOfVersion(version), 'versionTag', version.description);
  const externalId = externalIdOfVersion(version);
  try {
    await createModel(api, named, signal);
  } catch (error) {
    // Prompts share the names of models.
    if (!hasCode(error, 'registry-exists') || isPrompt(await readThere(api, version.model, signal))) throw error;
  }
  let made = await findOne(api, version.model, externalId, signal);
  if (made === undefined) {
    const home = await makeHome(api, version, externalId, signal);
    const mine = await make(api, version, home, signal);
    made = (await findOne(api, version.model, externalId, signal)) ?? mine;
  }
  await steps.addArtifacts(made, version.artifacts, signal);
  await complete(api, made, signal);
  if (version.alias !== undefined) await steps.setAlias(version.model, version.alias, made.version, actor, signal);
  const status = statusOf(version);
  if (status !== undefined) await steps.setStatus(version.model, made.version, status, actor, signal);
  return made.version;
}

/** The version with this id. Others with the same one, which somebody made at the same time, are marked. */
async function findOne(
  api: MlflowApi,
  model: string,
  externalId: string | undefined,
  signal: AbortSignal,
): Promise<WireVersion | undefined> {
  if (externalId === undefined) return undefined;
  const conditions = [equals('name', model), tagEquals(tagNames.externalId, externalId)];
  const found: WireVersion[] = [];
  for await (const one of searchVersions(api, conditions, 'version_number ASC', signal)) {
    if (one.name === model && one.tags.get(tagNames.externalId) === externalId && !one.tags.has(duplicateOf)) {
      found.push(one);
    }
  }
  const [first, ...others] = found;
  for (const other of first === undefined ? [] : others) {
    // One that was whole when the other came to be is in use: it stays what it is.
    if (isWhole(other)) continue;
    await setVersionTag(api, other, duplicateOf, first?.version ?? '', signal);
    await setVersionTag(api, other, tagNames.state, archived, signal);
  }
  return first;
}

async function makeHome(
  api: MlflowApi,
  version: NewModelVersion,
  externalId: string | undefined,
  signal: AbortSignal,
): Promise<WireRun> {
  const experiment = await ensureExperiment(api, version.model, signal);
  const started = Math.round(api.clock.now());
  const id = externalId ?? `${version.model} ${started}`;
  const tags = { [runTags.kind]: 'version', [runTags.model]: version.model, [tagNames.externalId]: id };
  // Not one that another publisher makes now: two versions never share a run.
  const known = new Set((await findRuns(api, experiment, tags, signal)).map(run => run.id));
  const find = async () => (await findRuns(api, experiment, tags, signal)).find(run => !known.has(run.id));
  return makeRun(
    api,
    experiment,
    { name: `${version.model} ${version.name ?? ''}`.trim(), note: homeNote, tags },
    find,
    signal,
  );
}

async function make(
  api: MlflowApi,
  version: NewModelVersion,
  home: WireRun,
  signal: AbortSignal,
): Promise<WireVersion> {
  const tags = [
    ...tagsOfVersion(version),
    { key: tagNames.homeRun, value: home.id },
    { key: tagNames.creating, value: 'true' },
  ];
  const body = {
    name: version.model,
    source: sourceOf(version, home),
    run_id: home.id,
    tags,
    ...(version.description === undefined ? {} : { description: version.description }),
  };
  const made = {
    read: (reply: Reply) => readVersion(reply['model_version']),
    find: async () => {
      for await (const one of searchVersions(api, [equals('run_id', home.id)], 'version_number ASC', signal)) {
        if (one.name === version.model && one.runId === home.id) return one;
      }
      return undefined;
    },
  };
  return api.create('/model-versions/create', body, made, signal);
}

/**
 * Where MLflow says the version lies. It takes object stores, and refuses web addresses and what only our store knows: those lie where
 * uploads of the version go.
 */
function sourceOf({ artifacts }: NewModelVersion, home: WireRun): string {
  const uris = artifacts.flatMap(one => (one.artifactType === 'model-artifact' ? [one.uri] : []));
  const store = uris.find(
    uri => /^(s3|gs|abfss?|wasbs?|hdfs):\/\/[\w./@=-]{1,480}$/.test(uri) && !/\/\.{1,2}(\/|$)/.test(uri),
  );
  return store ?? `runs:/${home.id}/${filesFolder}`;
}

/** Takes the mark away, and lets the run that keeps its files tell which version they are of. */
async function complete(api: MlflowApi, version: WireVersion, signal: AbortSignal): Promise<void> {
  if (!version.tags.has(tagNames.creating)) return;
  const home = version.tags.get(tagNames.homeRun);
  if (home !== undefined) {
    await api.set('POST', '/runs/set-tag', { run_id: home, key: runTags.version, value: version.version }, signal);
    await finishRun(api, home, signal);
  }
  const body = { name: version.name, version: version.version, key: tagNames.creating };
  await api.set('DELETE', '/model-versions/delete-tag', body, signal);
}

export async function setVersionTag(
  api: MlflowApi,
  { name, version }: WireVersion,
  key: string,
  value: string,
  signal: AbortSignal,
): Promise<void> {
  await api.set('POST', '/model-versions/set-tag', { name, version, key, value }, signal);
}
