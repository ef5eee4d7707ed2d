import type { Dataset } from '../schemas/generated/files.ts';
import { findFramework, versionsOf } from '../engine/frameworks/frameworks.ts';
import { createPolicyFinder } from '../engine/policies/library.ts';
import type { ParsedDocument } from '../engine/documents/parse.ts';
import {
  columnsOf,
  describeCheckpoint,
  describeConnection,
  describeDataset,
  describeEmbedded,
  describeMetric,
} from './describe.ts';
import {
  describeBenchmark,
  describeEntry,
  describeFramework,
  describeInherited,
  describePolicySource,
} from './describe-policy.ts';
import { code } from './markdown.ts';
import { collectBenchmarks, collectInherited, versionMeant } from './policies.ts';
import { datasetOf, draftAt, isColumnPath, isModelPath, matchesPath, type Spot } from './tree.ts';
import { mappingOf, type Workspace } from './workspace.ts';

/** Help on what a value refers to, absent where it refers to nothing. */
export async function describeNamed(
  workspace: Workspace,
  uri: string,
  parsed: ParsedDocument,
  spot: Spot,
  signal: AbortSignal,
): Promise<string | undefined> {
  const text = spot.text ?? '';
  if (text === '') return undefined;
  const { kind } = parsed;
  if (kind === 'policy')
    return spot.part === 'key' ? undefined : describeInPolicy(workspace, uri, parsed, spot, signal);
  if (kind !== 'bench' && kind !== 'tune') return undefined;
  const dataset = datasetOf(kind, spot.path);
  if (dataset !== undefined) {
    const draft = mappingOf(draftAt(parsed.draft, dataset.at)) as Partial<Dataset>;
    return describeInDataset(workspace, uri, draft, dataset.rest, spot, signal);
  }
  if (isMetricSpot(spot)) return describeMetric(text);
  if (spot.part === 'key') return undefined;
  if (isModelPath(kind, spot.path)) return describeModel(workspace, uri, text, signal);
  if (matchesPath(spot.path, 'prompts.*')) {
    const variables = await (await workspace.view(uri))?.promptVariables(text, signal);
    return variables === undefined
      ? undefined
      : `Prompt file ${code(text)}, reads ${variables.length === 0 ? 'no column' : variables.map(code).join(', ')}`;
  }
  return undefined;
}

/** A metric with parameters is named by its key. */
function isMetricSpot({ path, part }: Spot): boolean {
  const rest = path[0] === 'evaluation' ? path.slice(1) : path;
  if (matchesPath(rest, 'metrics.*') || (part === 'key' && matchesPath(rest, 'metrics.*.*'))) return true;
  return part === 'value' && (matchesPath(path, 'gate.*.metric') || matchesPath(path, 'evaluation.select.metric'));
}

async function describeInDataset(
  workspace: Workspace,
  uri: string,
  dataset: Partial<Dataset>,
  rest: Spot['path'],
  { part, text = '' }: Spot,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (part === 'key') return rest.length === 0 ? describeDataset(workspace, uri, dataset, signal) : undefined;
  if (matchesPath(rest, 'path')) return describeDataset(workspace, uri, dataset, signal);
  if (!isColumnPath(rest)) return undefined;
  const columns = await columnsOf(workspace, uri, dataset, signal);
  if (!columns.includes(text)) return undefined;
  const values = await workspace.columnValues(uri, dataset, text, signal);
  const shown = values.filter(value => value.length <= 40).slice(0, 8);
  return `Column ${code(text)} of ${code(dataset.path)}${shown.length === 0 ? '' : `, with values such as ${shown.map(code).join(', ')}`}`;
}

async function describeModel(
  workspace: Workspace,
  uri: string,
  name: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const known = describeEmbedded(name) ?? (await describeCheckpoint(workspace, uri, name, signal));
  if (known !== undefined) return known;
  const connections = await workspace.connections(uri, signal);
  return Object.hasOwn(connections, name) ? describeConnection(name, mappingOf(connections[name])) : undefined;
}

async function describeInPolicy(
  workspace: Workspace,
  uri: string,
  parsed: ParsedDocument,
  { path, text = '' }: Spot,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (matchesPath(path, 'frameworks.*.id') || matchesPath(path, 'controls.*.mappings.*.framework'))
    return versionsOf(text).length === 0 ? undefined : describeFramework(text);
  const library = await workspace.library(uri);
  if (matchesPath(path, 'controls.*.mappings.*.id')) {
    const id = draftAt(parsed.draft, [...path.slice(0, -1), 'framework']);
    const { frameworks } = await collectInherited(parsed.draft, library, signal);
    const version = typeof id === 'string' ? versionMeant(id, frameworks) : undefined;
    const framework = version === undefined ? undefined : findFramework(String(id), version);
    const entry = framework?.byId.get(text);
    return framework === undefined || entry === undefined ? undefined : describeEntry(framework, entry);
  }
  if (library === undefined) return undefined;
  if (matchesPath(path, 'extends.*.id')) {
    const [policy] = await createPolicyFinder(library).find(text, signal);
    return policy && describePolicySource(policy);
  }
  if (matchesPath(path, 'controls.*.checks.*.metric')) return describeMetric(text);
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
