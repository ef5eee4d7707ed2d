import { isPromptKind } from '../../engine/documents/kinds.ts';
import { createFrameworkLibrary, readFrameworks } from '../../engine/frameworks/library.ts';
import { createPolicyFinder } from '../../engine/policies/library.ts';
import type { ServerContext } from '../context.ts';
import { describeMetric } from './describe.ts';
import { describeColumn, describeDataset } from './describe-dataset.ts';
import { describeModel, describeReference } from './describe-model.ts';
import {
  describeBenchmark,
  describeEntry,
  describeFramework,
  describeInherited,
  describeOwn,
  describePolicySource,
} from './describe-policy.ts';
import { describePromptFile, describeUsers } from './describe-prompt.ts';
import { describeFigure, figureIdOf, type NamedPlace } from './describe-threshold.ts';
import { describeRegistry } from './describe-registry.ts';
import { describeResult, describeUsed } from './describe-result.ts';
import { code } from '../markdown.ts';
import { fileSorts } from '../names/file-sorts.ts';
import { rowAt, type Row } from '../names/table.ts';
import { collectBenchmarks, collectInherited, ownControls, versionMeant } from '../policies.ts';
import { datasetOf, draftAt, matchesPath } from '../tree.ts';
import { isCell } from '../uris.ts';
import { mappingOf } from '../workspace.ts';

/** Help on what a key or value refers to and what is known of it, absent where it refers to nothing. */
export async function describeNamed(
  context: ServerContext,
  place: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { uri, parsed, spot } = place;
  if ((spot.text ?? '') === '') return undefined;
  const row = rowAt(parsed.kind, spot.path, spot.part);
  if (row !== undefined) return describeThing(context, place, row, signal);
  if (spot.part === 'value') return undefined;
  if (isPromptKind(parsed.kind) && matchesPath(spot.path, 'messages')) return describeUsers(context, uri, signal);
  return datasetOf(parsed.kind, spot.path)?.rest.length === 0
    ? describeDataset(context, uri, mappingOf(draftAt(parsed.draft, spot.path)), signal)
    : undefined;
}

async function describeThing(
  context: ServerContext,
  place: NamedPlace,
  row: Row,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { uri, parsed, spot } = place;
  const { path, text = '' } = spot;
  switch (row.names) {
    case 'column': {
      const dataset = mappingOf(draftAt(parsed.draft, row.datasetAt?.(path) ?? []));
      return describeColumn(context, uri, dataset, text, signal);
    }
    case 'file':
      return describeFile(context, place, row, signal);
    case 'metric':
      return describeMeasured(context, place, row, signal);
    case 'connection':
    case 'model': {
      const result = isCell(uri) ? /^checkpoint:([^@]+)/.exec(text)?.[1] : undefined;
      const own = result === undefined ? undefined : describeResult(context, uri, result);
      return own ?? describeModel(context, uri, text, signal);
    }
    case 'result':
      return isCell(uri) && row.role === 'reference' ? describeResult(context, uri, text) : undefined;
    case 'registered-model':
      return describeReference(context, uri, text, signal);
    case 'registry':
      return describeRegistry(context, uri, text, signal);
    case 'framework':
      return describeFrameworkNamed(context, uri, text, signal);
    case 'framework-id':
      return describeFrameworkId(context, place, signal);
    default:
      return describeShared(context, place, row, signal);
  }
}

function describeFile(
  context: ServerContext,
  { uri, parsed, spot: { path, text = '' } }: NamedPlace,
  { sort }: Row,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (sort === fileSorts.used)
    return isCell(uri) ? describeUsed(context, uri, parsed, signal) : Promise.resolve(undefined);
  if (sort === fileSorts.prompt) return describePromptFile(context, uri, text, signal);
  return sort === fileSorts.dataset
    ? describeDataset(context, uri, mappingOf(draftAt(parsed.draft, path.slice(0, -1))), signal)
    : Promise.resolve(undefined);
}

/** A metric, and what the last run measured by it. */
async function describeMeasured(
  context: ServerContext,
  place: NamedPlace,
  { role }: Row,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { path, text = '' } = place.spot;
  const metric = describeMetric(text);
  if (metric === undefined) return undefined;
  // What computes a metric may give it another name.
  const id = role === 'declaration' ? figureIdOf(draftAt(place.parsed.draft, path.slice(0, 2))) : undefined;
  const figure = await describeFigure(context, place, id ?? text, signal);
  return figure === undefined ? metric : `${metric}\n\n${figure}`;
}

async function describeFrameworkNamed(
  { workspace }: ServerContext,
  uri: string,
  id: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const library = await workspace.library(uri);
  const known = library === undefined ? createFrameworkLibrary() : await readFrameworks(library, signal);
  return describeFramework(id, known);
}

async function describeFrameworkId(
  { workspace }: ServerContext,
  { uri, parsed, spot: { path, text = '' } }: NamedPlace,
  signal: AbortSignal,
): Promise<string | undefined> {
  const id = draftAt(parsed.draft, [...path.slice(0, -1), 'framework']);
  const inherited = await collectInherited(parsed.draft, await workspace.library(uri), signal);
  const version = typeof id === 'string' ? versionMeant(id, inherited) : undefined;
  const framework = version === undefined ? undefined : inherited.known.find(String(id), version);
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
  { uri, parsed, spot: { text = '' } }: NamedPlace,
  { names, role }: Row,
  signal: AbortSignal,
): Promise<string | undefined> {
  const library = await workspace.library(uri);
  if (library === undefined) return undefined;
  if (names === 'policy' && role === 'reference') {
    const [policy] = await createPolicyFinder(library).find(text, signal);
    return policy && describePolicySource(policy);
  }
  if (names === 'benchmark' && role === 'reference') {
    const found = (await collectBenchmarks(library, signal)).find(({ benchmark }) => benchmark.name === text);
    return found && describeBenchmark(found.benchmark, found.file);
  }
  if (names !== 'control' && names !== 'check') return undefined;
  const { controls } = await collectInherited(parsed.draft, library, signal);
  const stated =
    names === 'control' ? controls.get(text) : [...controls.values()].find(({ checks }) => checks.has(text));
  if (stated !== undefined || role !== 'reference') return stated && describeInherited(stated);
  const own = ownControls(parsed.draft).find(({ id, checks }) => id === text || checks.includes(text));
  return own && describeOwn(own);
}
