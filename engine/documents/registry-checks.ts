import type { Benchmark, Policy, TuningJob } from '../../schemas/generated/files.ts';
import { parseTrainedName } from '../runs/trained.ts';
import type { DocumentPath, ReportFinding } from './diagnostic.ts';
import type { Remembered, RememberedModel } from './remembered.ts';
import { askDidYouMean, listWords, suggestWord } from './suggest.ts';

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
    const { model, version } = trained;
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
