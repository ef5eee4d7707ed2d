import { orUndefined, type MlflowApi, type Reply } from './api.ts';
import { tagEquals } from './filters.ts';
import { tagNames, type Tag } from './tags.ts';
import { fieldsOf, listOf, needText, readRun, textOf, type WireRun, type WireVersion } from './wire.ts';

/** Tags by which our runs in an experiment are told apart. */
export const runTags = {
  /** `version`: keeps the files of one version. `results`: shows what one run measured of one version. */
  kind: 'aiw.kind',
  model: 'aiw.model',
  version: 'aiw.version',
  /** The workbench's own run. */
  run: 'aiw.run_id',
} as const;

/** Each registered model has an experiment of its own, made with its first version. */
export function experimentOf(model: string): string {
  return `aiw/${model}`;
}

export async function findExperiment(api: MlflowApi, model: string, signal: AbortSignal): Promise<string | undefined> {
  const query = { experiment_name: experimentOf(model) };
  const reply = await orUndefined(api.get('/experiments/get-by-name', query, signal));
  return reply === undefined ? undefined : needText(fieldsOf(reply['experiment'], 'experiment'), 'experiment_id');
}

export async function ensureExperiment(api: MlflowApi, model: string, signal: AbortSignal): Promise<string> {
  const known = await findExperiment(api, model, signal);
  if (known !== undefined) return known;
  const made = {
    read: (reply: Reply) => needText(reply, 'experiment_id'),
    find: () => findExperiment(api, model, signal),
  };
  try {
    return await api.create('/experiments/create', { name: experimentOf(model) }, made, signal);
  } catch (error) {
    // Somebody else made it in between.
    const other = await findExperiment(api, model, signal);
    if (other === undefined) throw error;
    return other;
  }
}

/** Runs of an experiment that carry all these tags, the oldest first. */
export async function findRuns(
  api: MlflowApi,
  experiment: string,
  tags: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<WireRun[]> {
  const conditions = Object.entries(tags).map(([tag, value]) => tagEquals(tag, value));
  const found: WireRun[] = [];
  let token: string | undefined;
  do {
    const body = {
      experiment_ids: [experiment],
      filter: conditions.join(' AND '),
      max_results: 1000,
      order_by: ['attributes.start_time ASC'],
      ...(token === undefined ? {} : { page_token: token }),
    };
    const reply = await api.search('/runs/search', body, signal);
    found.push(...listOf(reply, 'runs').map(readRun));
    token = textOf(reply, 'next_page_token');
  } while (token !== undefined);
  return found
    .filter(run => Object.entries(tags).every(([tag, value]) => run.tags.get(tag) === value))
    .sort((a, b) => a.startedAt - b.startedAt || (a.id < b.id ? -1 : 1));
}

/** The run with these tags, made where there is none. */
export async function ensureRun(
  api: MlflowApi,
  experiment: string,
  wanted: { readonly name: string; readonly note: string; readonly tags: Readonly<Record<string, string>> },
  signal: AbortSignal,
): Promise<WireRun> {
  const find = async () => (await findRuns(api, experiment, wanted.tags, signal))[0];
  return (await find()) ?? makeRun(api, experiment, wanted, find, signal);
}

/** Makes a run. `find` tells the one that an answer which never came was about. */
export async function makeRun(
  api: MlflowApi,
  experiment: string,
  {
    name,
    note,
    tags,
  }: { readonly name: string; readonly note: string; readonly tags: Readonly<Record<string, string>> },
  find: () => Promise<WireRun | undefined>,
  signal: AbortSignal,
): Promise<WireRun> {
  const body = {
    experiment_id: experiment,
    run_name: name,
    start_time: Math.round(api.clock.now()),
    tags: toTags({ 'mlflow.note.content': note, ...tags }),
  };
  return api.create('/runs/create', body, { read: reply => readRun(reply['run']), find }, signal);
}

export async function getRun(api: MlflowApi, id: string, signal: AbortSignal): Promise<WireRun> {
  return readRun((await api.get('/runs/get', { run_id: id }, signal))['run']);
}

export async function finishRun(api: MlflowApi, id: string, signal: AbortSignal): Promise<void> {
  const body = { run_id: id, status: 'FINISHED', end_time: Math.round(api.clock.now()) };
  await api.set('POST', '/runs/update', body, signal);
}

function toTags(tags: Readonly<Record<string, string>>): Tag[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/**
 * Runs that keep a version's files and records: its own, or, where others registered it, those made when something was added. A version
 * that MLflow copied to another model still names the run of the first: that one is read and never written.
 */
export async function homesOf(api: MlflowApi, version: WireVersion, signal: AbortSignal): Promise<WireRun[]> {
  const named = version.tags.get(tagNames.homeRun);
  const own = named === undefined ? undefined : await orUndefined(getRun(api, named, signal));
  if (own !== undefined && isHomeOf(own, version)) return [own];
  const experiment = await findExperiment(api, version.name, signal);
  const found = experiment === undefined ? [] : await findRuns(api, experiment, homeTags(version), signal);
  return own === undefined ? found : [...found, own];
}

/** The run that keeps what is added to a version. Two made at once are both read, so that nothing is lost. */
export async function ensureHome(api: MlflowApi, version: WireVersion, signal: AbortSignal): Promise<WireRun> {
  const home = (await homesOf(api, version, signal)).find(run => isHomeOf(run, version));
  if (home !== undefined) return home;
  const experiment = await ensureExperiment(api, version.name, signal);
  const wanted = { name: `${version.name} ${version.version}`, note: homeNote, tags: homeTags(version) };
  const made = await ensureRun(api, experiment, wanted, signal);
  await finishRun(api, made.id, signal);
  return made;
}

/** The run of a version that is being made does not know its number yet. */
function isHomeOf({ tags }: WireRun, { name, version }: WireVersion): boolean {
  return (
    tags.get(runTags.kind) === 'version' &&
    tags.get(runTags.model) === name &&
    (tags.get(runTags.version) ?? version) === version
  );
}

export const homeNote = 'Keeps the files and records of a registered model version for AI Workbench.';

function homeTags({ name, version }: WireVersion): Record<string, string> {
  return { [runTags.kind]: 'version', [runTags.model]: name, [runTags.version]: version };
}
