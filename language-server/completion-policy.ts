import { CompletionItemKind } from 'vscode-languageserver';
import { slicesOf } from '../engine/datasets/perturb/names.ts';
import { figuresOf } from '../engine/documents/figure-checks.ts';
import { findFramework, listFrameworks, versionsOf } from '../engine/frameworks/frameworks.ts';
import { createPolicyFinder } from '../engine/policies/library.ts';
import { offerMetrics, type Scene, type ValueOffer } from './offers.ts';
import { describeBenchmark, describeEntry, describeFramework, describeInherited } from './describe-policy.ts';
import { collectBenchmarks, collectInherited, versionMeant } from './policies.ts';
import { matchesPath } from './tree.ts';
import { mappingOf } from './workspace.ts';

/** What a policy can name; absent where only the schema knows. */
export async function offerInPolicy(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { path, siblings } = scene;
  if (matchesPath(path, 'extends.*.id')) return offerPolicies(scene, signal);
  if (matchesPath(path, 'extends.*.version')) return offerRanges(scene, siblings['id'], signal);
  if (matchesPath(path, 'frameworks.*.id')) return offerFrameworks([...new Set(listFrameworks().map(({ id }) => id))]);
  if (matchesPath(path, 'frameworks.*.version')) {
    const versions = siblings['id'] === undefined ? [] : versionsOf(siblings['id']);
    return versions.length === 0
      ? undefined
      : versions.map(value => ({ value, detail: 'version', kind: CompletionItemKind.Value }));
  }
  if (matchesPath(path, 'controls.*.mappings.*.framework')) {
    const { frameworks } = await inheritedOf(scene, signal);
    return frameworks.size === 0 ? undefined : offerFrameworks([...frameworks.keys()]);
  }
  if (matchesPath(path, 'controls.*.mappings.*.id')) return offerEntries(scene, siblings['framework'], signal);
  if (matchesPath(path, 'controls.*.id')) return offerControls(scene, signal);
  if (matchesPath(path, 'controls.*.checks.*.id')) return offerCheckIds(scene, signal);
  if (path[0] === 'controls' && path[2] === 'checks' && path.length === 5) return offerInCheck(scene, signal);
  if (matchesPath(path, 'assess.model')) return offerRegistered(scene, signal);
  if (path.at(-1) === 'field' && path.includes('appliesTo')) return offerFacts(scene, signal);
  return undefined;
}

async function inheritedOf({ workspace, uri, parsed }: Scene, signal: AbortSignal) {
  return collectInherited(parsed.draft, await workspace.library(uri), signal);
}

async function offerPolicies({ workspace, uri, parsed }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const library = await workspace.library(uri);
  const own = mappingOf(parsed.draft)['id'];
  const listed = library === undefined ? [] : await createPolicyFinder(library).list(signal);
  return listed
    .filter(({ id }) => id !== own)
    .map(({ id, version, file }) => ({
      value: id,
      detail: version === undefined ? file : `${version}, ${file}`,
      kind: CompletionItemKind.Module,
    }));
}

async function offerRanges(
  { workspace, uri }: Scene,
  id: string | undefined,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const library = await workspace.library(uri);
  const listed = library === undefined ? [] : await createPolicyFinder(library).list(signal);
  const version = listed.find(listing => listing.id === id)?.version;
  if (version === undefined) return undefined;
  return [
    { value: `^${version}`, detail: 'until the next major version', kind: CompletionItemKind.Value },
    { value: version, detail: 'exactly this version', kind: CompletionItemKind.Value },
  ];
}

function offerFrameworks(ids: readonly string[]): readonly ValueOffer[] {
  return ids.map(value => ({
    value,
    detail: listFrameworks().find(({ id }) => id === value)?.title ?? 'framework',
    documentation: describeFramework(value),
    kind: CompletionItemKind.Module,
  }));
}

async function offerEntries(
  scene: Scene,
  id: string | undefined,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  if (id === undefined) return undefined;
  const version = versionMeant(id, (await inheritedOf(scene, signal)).frameworks);
  const framework = version === undefined ? undefined : findFramework(id, version);
  return framework?.entries.map(entry => ({
    value: entry.id,
    detail: entry.name,
    documentation: describeEntry(framework, entry),
    kind: CompletionItemKind.Constant,
    filter: `${entry.id} ${entry.name}`,
  }));
}

/** Inherited controls, to make them stricter; a new one has a name of its own. */
async function offerControls(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { controls } = await inheritedOf(scene, signal);
  if (controls.size === 0) return undefined;
  return [...controls].map(([value, stated]) => ({
    value,
    detail: stated.control.title,
    documentation: describeInherited(stated),
    kind: CompletionItemKind.Reference,
  }));
}

async function offerCheckIds(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { controls } = await inheritedOf(scene, signal);
  const offers = [...controls.values()].flatMap(({ control, checks }) =>
    [...checks.keys()].map(value => ({ value, detail: control.title, kind: CompletionItemKind.Reference })),
  );
  return offers.length === 0 ? undefined : offers;
}

async function offerInCheck(
  { workspace, uri, path, siblings }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const field = path.at(-1);
  if (field !== 'benchmark' && field !== 'metric' && field !== 'slice') return undefined;
  const all = await collectBenchmarks(await workspace.library(uri), signal);
  if (field === 'benchmark') {
    return all.length === 0
      ? undefined
      : all.map(({ benchmark, file }) => ({
          value: benchmark.name,
          detail: file,
          documentation: describeBenchmark(benchmark, file),
          kind: CompletionItemKind.Reference,
        }));
  }
  const named = all.flatMap(({ benchmark }) => (benchmark.name === siblings['benchmark'] ? [benchmark] : []));
  if (named.length === 0) return undefined;
  if (field === 'metric') return offerMetrics([...new Set(named.flatMap(figuresOf))]);
  const slices = [...new Set(named.flatMap(slicesOf))];
  return slices.map(value => ({ value, detail: 'slice', kind: CompletionItemKind.Field }));
}

/** Models that tuning jobs of the workspace register, under the alias they give them. */
async function offerRegistered(
  { workspace, uri }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const jobs = (await (await workspace.library(uri))?.all('tune', signal)) ?? [];
  const names = new Map(
    jobs.flatMap(({ file, parsed }) => {
      const { model, alias = 'candidate' } = parsed.value?.register ?? {};
      return model === undefined ? [] : [[`${model}@${alias}`, file] as const];
    }),
  );
  if (names.size === 0) return undefined;
  return [...names].map(([value, file]) => ({
    value,
    detail: `registered by ${file}`,
    kind: CompletionItemKind.Reference,
  }));
}

/** Facts every version has, and the properties that tuning jobs of the workspace register. */
async function offerFacts({ workspace, uri }: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const jobs = (await (await workspace.library(uri))?.all('tune', signal)) ?? [];
  const given = jobs.flatMap(({ parsed }) => Object.keys(parsed.value?.register?.properties ?? {}));
  return [...new Set(['name', 'license', 'provider', ...given])].map(name => ({
    value: `model.${name}`,
    detail: given.includes(name) ? 'property given when registered' : 'fact of every version',
    kind: CompletionItemKind.Field,
  }));
}
