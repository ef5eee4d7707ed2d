import { CompletionItemKind } from 'vscode-languageserver';
import { slicesOf } from '../../engine/datasets/perturb/names.ts';
import { figuresOf } from '../../engine/diagnostics/figure-checks.ts';
import { listCardPlaces } from '../../engine/governance/checks/card-text.ts';
import type { FrameworkLibrary } from '../../engine/frameworks/library.ts';
import { createPolicyFinder } from '../../engine/policies/library.ts';
import { offerVersions } from './models.ts';
import { offerMetrics, type Scene, type ValueOffer } from './offers.ts';
import { describeBenchmark, describeEntry, describeFramework, describeInherited } from '../help/describe-policy.ts';
import type { Row } from '../names/table.ts';
import { collectBenchmarks, collectInherited, ownControls, versionMeant } from '../policies.ts';
import { matchesPath } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** What a policy can name; absent where nothing is known. */
export async function offerNamedInPolicy(
  scene: Scene,
  { names, role }: Row,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  switch (names) {
    case 'policy':
      return role === 'reference' ? offerPolicies(scene, signal) : undefined;
    case 'framework': {
      const { frameworks, known } = await inheritedOf(scene, signal);
      if (role === 'declaration') return offerFrameworks([...new Set(known.list().map(({ id }) => id))], known);
      return frameworks.size === 0 ? undefined : offerFrameworks([...frameworks.keys()], known);
    }
    case 'framework-id':
      return offerEntries(scene, scene.siblings['framework'], signal);
    case 'control':
      return role === 'reference' ? offerTested(scene, 'controls', signal) : offerControls(scene, signal);
    case 'check':
      return role === 'reference' ? offerTested(scene, 'checks', signal) : offerCheckIds(scene, signal);
    case 'benchmark':
      return offerBenchmarks(scene, signal);
    case 'metric':
    case 'slice':
      return offerOfBenchmark(scene, names, signal);
    case 'registered-model':
      return offerRegistered(scene, signal);
    default:
      return undefined;
  }
}

/** What a policy says beside names; absent where only the schema knows. */
export async function offerInPolicy(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { path, siblings } = scene;
  if (matchesPath(path, 'extends.*.version')) return offerRanges(scene, siblings['id'], signal);
  if (matchesPath(path, 'frameworks.*.version')) {
    const { id } = siblings;
    const versions = id === undefined ? [] : (await inheritedOf(scene, signal)).known.versionsOf(id);
    return versions.length === 0
      ? undefined
      : versions.map(value => ({ value, detail: 'version', kind: CompletionItemKind.Value }));
  }
  if (matchesPath(path, 'controls.*.checks.*.path')) return offerCardPlaces(scene, signal);
  return path.includes('appliesTo') ? offerInCondition(scene, signal) : undefined;
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

function offerFrameworks(ids: readonly string[], known: FrameworkLibrary): readonly ValueOffer[] {
  return ids.map(value => ({
    value,
    detail: known.list().find(({ id }) => id === value)?.title ?? 'framework',
    describe: () => describeFramework(value, known),
    kind: CompletionItemKind.Module,
  }));
}

async function offerEntries(
  scene: Scene,
  id: string | undefined,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  if (id === undefined) return undefined;
  const inherited = await inheritedOf(scene, signal);
  const version = versionMeant(id, inherited);
  const framework = version === undefined ? undefined : inherited.known.find(id, version);
  return framework?.entries.map(entry => ({
    value: entry.id,
    detail: entry.name,
    describe: () => describeEntry(framework, entry),
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
    describe: () => describeInherited(stated),
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

/** What a policy's tests can name as a mapping's keys. */
export async function offerKeysInPolicy(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const { path } = scene;
  if (matchesPath(path, 'tests.*.expect.controls')) return offerTested(scene, 'controls', signal);
  if (matchesPath(path, 'tests.*.expect.checks')) return offerTested(scene, 'checks', signal);
  if (matchesPath(path, 'tests.*.model.metrics')) return (await offerBenchmarks(scene, signal)) ?? [];
  return [];
}

/** Every control or check that a test can name: the policy's own and those it inherits. */
async function offerTested(
  scene: Scene,
  what: 'controls' | 'checks',
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const { controls } = await inheritedOf(scene, signal);
  const inherited = [...controls.values()].map(({ control, checks }) => ({
    id: control.id,
    title: control.title,
    checks: [...checks.keys()],
  }));
  const found = new Map<string, string>();
  for (const { id, title, checks } of [...inherited, ...ownControls(scene.parsed.draft)])
    for (const name of what === 'controls' ? [id] : checks) found.set(name, title ?? found.get(name) ?? id);
  return [...found].map(([value, detail]) => ({ value, detail, kind: CompletionItemKind.Reference }));
}

async function offerBenchmarks(
  { workspace, uri }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const all = await collectBenchmarks(await workspace.library(uri), signal);
  if (all.length === 0) return undefined;
  return all.map(({ benchmark, file }) => ({
    value: benchmark.name,
    detail: file,
    describe: () => describeBenchmark(benchmark, file),
    kind: CompletionItemKind.Reference,
  }));
}

/** Figures or slices of the benchmark that is named beside them. */
async function offerOfBenchmark(
  { workspace, uri, siblings }: Scene,
  names: 'metric' | 'slice',
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const all = await collectBenchmarks(await workspace.library(uri), signal);
  const named = all.flatMap(({ benchmark }) => (benchmark.name === siblings['benchmark'] ? [benchmark] : []));
  if (named.length === 0) return undefined;
  if (names === 'metric') return offerMetrics([...new Set(named.flatMap(figuresOf))]);
  const slices = [...new Set(named.flatMap(slicesOf))];
  return slices.map(value => ({ value, detail: 'slice', kind: CompletionItemKind.Field }));
}

/** Versions of the registry, and models that tuning jobs of the workspace register, under the alias they give them. */
async function offerRegistered(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { workspace, uri } = scene;
  const jobs = (await (await workspace.library(uri))?.all('tune', signal)) ?? [];
  const names = new Map(
    jobs.flatMap(({ file, parsed }) => {
      const { model, alias = 'candidate' } = parsed.value?.register ?? {};
      return model === undefined ? [] : [[`${model}@${alias}`, file] as const];
    }),
  );
  const versions = await offerVersions(scene, '', signal);
  const planned = [...names]
    .filter(([value]) => !versions.some(version => version.value === value))
    .map(([value, file]) => ({ value, detail: `registered by ${file}`, kind: CompletionItemKind.Reference }));
  return versions.length + planned.length === 0 ? undefined : [...versions, ...planned];
}

/** A fact, and the values that tuning jobs of the workspace give it. */
async function offerInCondition(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const field = scene.path.at(-1);
  if (field === 'field') return offerFacts(scene, signal);
  const fact = scene.siblings['field'];
  if (field !== 'equals' || fact === undefined) return undefined;
  const jobs = (await (await scene.workspace.library(scene.uri))?.all('tune', signal)) ?? [];
  const values = jobs.flatMap(({ parsed }) => {
    const value = mappingOf(parsed.value?.register?.properties)[fact.replace(/^model\./, '')];
    return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [value] : [];
  });
  if (values.length === 0) return undefined;
  return [...new Set(values)].map(value => ({
    value: String(value),
    detail: 'value given when registered',
    kind: CompletionItemKind.Value,
    isBare: typeof value !== 'string',
  }));
}

/** Model cards that are looked into. */
const mostCards = 20;
const mostCardBytes = 256 * 1024;

/** What the model cards say that tuning jobs of the workspace name. */
async function offerCardPlaces(
  { context, workspace, uri }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const { files } = context.ports;
  const jobs = (await (await workspace.library(uri))?.all('tune', signal)) ?? [];
  const cards = new Map(
    jobs.flatMap(({ path, parsed }) => {
      const { card } = parsed.value?.register ?? {};
      return card === undefined ? [] : [[files.resolve(files.parent(path), card), card] as const];
    }),
  );
  const places = new Map<string, string>();
  for (const [path, card] of [...cards].slice(0, mostCards)) {
    const text = await files.readText(path, signal, mostCardBytes).catch(() => '');
    signal.throwIfAborted();
    for (const place of listCardPlaces(text)) places.set(place, card);
  }
  if (places.size === 0) return undefined;
  return [...places].map(([value, card]) => ({
    value,
    detail: value.startsWith('#') ? `section of ${card}` : `front matter of ${card}`,
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
