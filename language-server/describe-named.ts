import type { Dataset } from '../schemas/generated/files.ts';
import { findFramework, versionsOf } from '../engine/frameworks/frameworks.ts';
import { createPolicyFinder } from '../engine/policies/library.ts';
import type { ServerContext } from './context.ts';
import { describeMetric } from './describe.ts';
import { describeColumn, describeDataset } from './describe-dataset.ts';
import { describeModel, describeRegistered } from './describe-model.ts';
import {
  describeBenchmark,
  describeEntry,
  describeFramework,
  describeInherited,
  describePolicySource,
} from './describe-policy.ts';
import { describePromptFile, describeUsers } from './describe-prompt.ts';
import { describeFigure, type NamedPlace } from './describe-threshold.ts';
import { code } from './markdown.ts';
import { collectBenchmarks, collectInherited, versionMeant } from './policies.ts';
import { datasetOf, draftAt, isColumnPath, isModelPath, matchesPath, type Spot } from './tree.ts';

/** Help on what a value refers to and what is known of it, absent where it refers to nothing. */
export async function describeNamed(
  context: ServerContext,
  place: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { kind } = place.parsed;
  if ((place.spot.text ?? '') === '') return undefined;
  if (kind === 'policy') return describeInPolicy(context, place, signal);
  if (kind === 'workbench') return describeInWorkbench(context, place, signal);
  if (kind === 'bench' || kind === 'tune') return describeInJob(context, place, signal);
  const isMessages = place.spot.part === 'key' && matchesPath(place.spot.path, 'messages');
  return isMessages ? describeUsers(context, place.uri, signal) : undefined;
}

async function describeInJob(
  context: ServerContext,
  place: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { uri, parsed, spot } = place;
  const { kind, draft } = parsed;
  const { path, part, text = '' } = spot;
  const dataset = datasetOf(kind, path);
  if (dataset !== undefined) {
    const own = recordOf(draftAt(draft, dataset.at)) as Partial<Dataset>;
    return describeInDataset(context, uri, own, dataset.rest, spot, signal);
  }
  if (isMetricSpot(spot)) {
    const metric = describeMetric(text);
    const figure = await describeFigure(context, place, text, signal);
    return metric === undefined || figure === undefined ? metric : `${metric}\n\n${figure}`;
  }
  if (part === 'key') return undefined;
  if (isModelPath(kind, path) || isMeasuringModel(path)) return describeModel(context, uri, text, signal);
  if (kind === 'tune' && matchesPath(path, 'register.model'))
    return describeRegistered(context, uri, text, undefined, signal);
  return kind === 'bench' && matchesPath(path, 'prompts.*')
    ? describePromptFile(context, uri, text, signal)
    : undefined;
}

function recordOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

/** A metric with parameters is named by its key. */
function isMetricSpot({ path, part }: Spot): boolean {
  const rest = path[0] === 'evaluation' ? path.slice(1) : path;
  if (matchesPath(rest, 'metrics.*') || (part === 'key' && matchesPath(rest, 'metrics.*.*'))) return true;
  return part === 'value' && (matchesPath(path, 'gate.*.metric') || matchesPath(path, 'evaluation.select.metric'));
}

/** Judges, embedding models and classifiers that a metric asks. */
function isMeasuringModel(path: Spot['path']): boolean {
  return ['model', 'models.*', 'baseline'].some(name => matchesPath(path, `metrics.*.*.${name}`));
}

async function describeInDataset(
  context: ServerContext,
  uri: string,
  dataset: Partial<Dataset>,
  rest: Spot['path'],
  { part, text = '' }: Spot,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (part === 'key') return rest.length === 0 ? describeDataset(context, uri, dataset, signal) : undefined;
  if (matchesPath(rest, 'path')) return describeDataset(context, uri, dataset, signal);
  return isColumnPath(rest) ? describeColumn(context, uri, dataset, text, signal) : undefined;
}

/** Connections by their names, with what is known of them. */
async function describeInWorkbench(
  context: ServerContext,
  { uri, spot: { path, part, text = '' } }: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (part === 'key') return matchesPath(path, 'connections.*') ? describeModel(context, uri, text, signal) : undefined;
  return matchesPath(path, 'judge') ? describeModel(context, uri, text, signal) : undefined;
}

async function describeInPolicy(
  context: ServerContext,
  place: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { uri, spot } = place;
  const { path, part, text = '' } = spot;
  if (part === 'key') return undefined;
  if (matchesPath(path, 'frameworks.*.id') || matchesPath(path, 'controls.*.mappings.*.framework'))
    return versionsOf(text).length === 0 ? undefined : describeFramework(text);
  if (matchesPath(path, 'assess.model')) {
    const [model = '', version] = text.split('@');
    return describeRegistered(context, uri, model, version, signal);
  }
  if (matchesPath(path, 'controls.*.checks.*.metric')) return describeMetric(text);
  return (await describeFrameworkId(context, place, signal)) ?? (await describeShared(context, place, signal));
}

async function describeFrameworkId(
  { workspace }: ServerContext,
  { uri, parsed, spot: { path, text = '' } }: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (!matchesPath(path, 'controls.*.mappings.*.id')) return undefined;
  const id = draftAt(parsed.draft, [...path.slice(0, -1), 'framework']);
  const { frameworks } = await collectInherited(parsed.draft, await workspace.library(uri), signal);
  const version = typeof id === 'string' ? versionMeant(id, frameworks) : undefined;
  const framework = version === undefined ? undefined : findFramework(String(id), version);
  const entry = framework?.byId.get(text);
  if (framework !== undefined && entry !== undefined) return describeEntry(framework, entry);
  const retired = framework?.retired.get(text);
  return retired === undefined || framework === undefined
    ? undefined
    : `${code(text)} ${retired}: ${framework.title} ${framework.version} has it no more.`;
}

/** What other files of the workspace say of a name: policies, benchmarks, inherited controls and checks. */
async function describeShared(
  { workspace }: ServerContext,
  { uri, parsed, spot: { path, text = '' } }: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const library = await workspace.library(uri);
  if (library === undefined) return undefined;
  if (matchesPath(path, 'extends.*.id')) {
    const [policy] = await createPolicyFinder(library).find(text, signal);
    return policy && describePolicySource(policy);
  }
  if (matchesPath(path, 'controls.*.checks.*.benchmark')) {
    const found = (await collectBenchmarks(library, signal)).find(({ benchmark }) => benchmark.name === text);
    return found && describeBenchmark(found.benchmark, found.file);
  }
  const isControl = matchesPath(path, 'controls.*.id');
  if (!isControl && !matchesPath(path, 'controls.*.checks.*.id')) return undefined;
  const { controls } = await collectInherited(parsed.draft, library, signal);
  const stated = isControl ? controls.get(text) : [...controls.values()].find(({ checks }) => checks.has(text));
  return stated && describeInherited(stated);
}
