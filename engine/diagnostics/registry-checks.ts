import type { Benchmark, Policy, TuningJob, Workbench } from '../../schemas/generated/files.ts';
import { formatReference, parseReference, type RegistryReference } from '../base/registry-reference.ts';
import { parseTrainedName } from '../registry/trained-name.ts';
import type { DocumentPath, ReportFinding } from '../documents/diagnostic.ts';
import type { Remembered, RememberedModel } from './remembered.ts';
import { askDidYouMean, listWords, suggestWord } from '../documents/suggest.ts';

/** A tuning job among the workspace's files. */
export interface KnownJob {
  readonly name: string;
  /** The registered model that its best checkpoint becomes a version of. */
  readonly registers?: string;
}

/** Whether the registered versions and checkpoints that a benchmark asks are there. `jobs` are the tuning jobs of the workspace's files. */
export async function checkTrainedModels(
  { models }: Pick<Benchmark, 'models'>,
  jobs: (signal: AbortSignal) => Promise<readonly KnownJob[]>,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  for (const [index, name] of models.entries())
    await checkTrained(name, ['models', index], jobs, remembered, report, signal);
}

/** The same for what a tuning job starts from. */
export async function checkBase(
  { base }: Pick<TuningJob, 'base'>,
  jobs: (signal: AbortSignal) => Promise<readonly KnownJob[]>,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  await checkTrained(base, ['base'], jobs, remembered, report, signal);
}

/** The same for the version that a policy assesses. It may be registered later: until then the policy is as good as it was. */
export async function checkAssessed(
  { assess }: Policy,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (assess === undefined) return;
  const at = assess.model.lastIndexOf('@');
  if (at <= 0) return;
  const [model, version] = [assess.model.slice(0, at), assess.model.slice(at + 1)];
  await checkVersion({ model, version, prefix: '' }, ['assess', 'model'], remembered, toldMildly(report), signal);
}

function toldMildly(report: ReportFinding): ReportFinding {
  return (code, _, path, message, extra) => {
    report(code, 'information', path, message, extra);
  };
}

async function checkTrained(
  name: string,
  at: DocumentPath,
  jobs: (signal: AbortSignal) => Promise<readonly KnownJob[]>,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const trained = parseTrainedName(name);
  if (trained === undefined) return;
  if (trained.kind === 'registry') {
    const { registry, model, version } = trained;
    if (registry !== undefined) {
      const rename = (to: RegistryReference): string => `registry:${formatReference(to)}`;
      await checkElsewhere({ registry, model, version, rename }, at, remembered, report, signal);
      return;
    }
    const isMade = (await jobs(signal)).some(({ registers }) => registers === model);
    // What a job here will register is not there before the job has run.
    const told = isMade ? toldMildly(report) : report;
    await checkVersion({ model, version, prefix: 'registry:' }, at, remembered, told, signal);
    return;
  }
  const known = (await jobs(signal)).map(({ name: job }) => job);
  if (known.includes(trained.job) || (await remembered.models(signal)) === undefined) return;
  if (await remembered.hasTrained(trained.job, signal)) return;
  signal.throwIfAborted();
  const suggestion = suggestWord(trained.job, known);
  const list = known.length === 0 ? 'There is none here.' : `Here are ${listWords(known)}.`;
  const message = `No tuning job is called \`${trained.job}\`, and no run of that name or id has succeeded.${askDidYouMean(suggestion)} ${list}`;
  const replacement = suggestion === undefined ? undefined : name.replace(trained.job, () => suggestion);
  report('unknown-checkpoint', 'warning', at, message, { replacement });
}

/** The versions that connections say they serve. They may be registered later: a connection does no harm until then. */
export async function checkServedVersions(
  { connections = {} }: Pick<Workbench, 'connections'>,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  for (const [name, connection] of Object.entries(connections)) {
    const text = 'registered' in connection ? connection.registered : undefined;
    const { registry, model, version } = (text === undefined ? undefined : parseReference(text)) ?? {};
    if (model === undefined || version === undefined) continue;
    const at = ['connections', name, 'registered'];
    const told: ReportFinding = (code, _, path, message, extra) => {
      report(code, 'warning', path, message, extra);
    };
    if (registry === undefined) await checkVersion({ model, version, prefix: '' }, at, remembered, told, signal);
    else await checkElsewhere({ registry, model, version, rename: formatReference }, at, remembered, told, signal);
  }
}

interface VersionElsewhere {
  readonly registry: string;
  readonly model: string;
  readonly version: string;
  readonly rename: (to: RegistryReference) => string;
}

/** Nothing is said of a registry that was never read; of one that was, how long ago that is. */
async function checkElsewhere(
  { registry, model, version, rename }: VersionElsewhere,
  at: DocumentPath,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const known = await remembered.elsewhere(registry, signal);
  if (known === undefined || version === 'latest') return;
  if ((await known.find(model, version)) !== undefined) return;
  const versions = await known.versions(model);
  signal.throwIfAborted();
  const age = wordAge(remembered.now() - known.readAt);
  const later = `That is how it was read ${age}: it may be newer by now (\`aiwb registry sync ${registry}\`).`;
  if (versions.length === 0) {
    const names = (await known.models()).map(({ name }) => name);
    signal.throwIfAborted();
    if (names.includes(model)) return;
    const suggestion = suggestWord(model, names);
    const message = `\`${registry}\` has no model \`${model}\`.${askDidYouMean(suggestion)} ${later}`;
    const replacement = suggestion === undefined ? undefined : rename({ registry, model: suggestion, version });
    report('unknown-registered-model', 'warning', at, message, { replacement });
    return;
  }
  const names = versions.map(each => each.version);
  const aliases = [...new Set(versions.flatMap(each => each.aliases))];
  const suggestion = suggestWord(version, [...names, ...aliases]) ?? (/^\d+$/.test(version) ? names[0] : undefined);
  const named = aliases.length === 0 ? '' : ` and the aliases ${listWords(aliases, 8)}`;
  const message = `\`${model}\` has no version or alias \`${version}\` in \`${registry}\`. It has the versions ${listWords(names, 8)}${named}. ${later}`;
  const replacement = suggestion === undefined ? undefined : rename({ registry, model, version: suggestion });
  report('unknown-registered-model', 'warning', at, message, { replacement });
}

/** `3 hours ago`. */
function wordAge(milliseconds: number): string {
  const minutes = Math.max(0, Math.floor(milliseconds / 60_000));
  if (minutes < 1) return 'just now';
  const [count, unit] =
    minutes < 60
      ? [minutes, 'minute']
      : minutes < 48 * 60
        ? [Math.floor(minutes / 60), 'hour']
        : [Math.floor(minutes / (24 * 60)), 'day'];
  return `${String(count)} ${unit}${count === 1 ? '' : 's'} ago`;
}

interface WrittenVersion {
  readonly model: string;
  /** A version or an alias. */
  readonly version: string;
  /** What stands before the model's name. */
  readonly prefix: string;
}

async function checkVersion(
  { model, version, prefix }: WrittenVersion,
  at: DocumentPath,
  remembered: Remembered,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  const models = await remembered.models(signal);
  signal.throwIfAborted();
  if (models === undefined) return;
  const known = models.find(({ name }) => name === model);
  const versions = await remembered.versions(model, signal);
  signal.throwIfAborted();
  if (known === undefined && versions.length === 0) {
    reportModel(model, version, prefix, models, at, report);
    return;
  }
  if (version === 'latest' || versions.includes(version.replace(/^v(?=\d)/i, ''))) return;
  // The aliases of an archived model may not be known.
  if (known === undefined ? !/^\d+$/.test(version) : Object.hasOwn(known.aliases, version)) return;
  const aliases = Object.keys(known?.aliases ?? {});
  const suggestion = /^\d+$/.test(version) ? versions[0] : suggestWord(version, aliases);
  const has = versions.length === 0 ? 'no version' : `the versions ${listWords(versions, 8)}`;
  const named = aliases.length === 0 ? '' : ` and the aliases ${listWords(aliases, 8)}`;
  const message = `\`${model}\` has no version or alias \`${version}\`. It has ${has}${named}.`;
  const replacement = suggestion === undefined ? undefined : `${prefix}${model}@${suggestion}`;
  report('unknown-registered-model', 'error', at, message, { replacement });
}

function reportModel(
  model: string,
  version: string,
  prefix: string,
  models: readonly RememberedModel[],
  at: DocumentPath,
  report: ReportFinding,
): void {
  const names = models.map(({ name }) => name);
  const suggestion = suggestWord(model, names);
  const list = names.length === 0 ? 'It has none.' : `It has ${listWords(names)}.`;
  const message = `The registry has no model \`${model}\`.${askDidYouMean(suggestion)} ${list}`;
  const replacement = suggestion === undefined ? undefined : `${prefix}${suggestion}@${version}`;
  report('unknown-registered-model', 'error', at, message, { replacement });
}
