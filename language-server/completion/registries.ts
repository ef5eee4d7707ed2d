import { CompletionItemKind } from 'vscode-languageserver';
import type { VersionRow } from '../../schemas/generated/messages.ts';
import { formatReference } from '../../engine/base/registry-reference.ts';
import { describeElsewhere } from '../help/describe-registry.ts';
import { wordAgeOf } from '../memory/last-runs.ts';
import { readRegistry, registriesAround, registriesIn, wordVersion } from '../memory/registries.ts';
import type { Scene, ValueOffer } from './offers.ts';

/** Versions of one registry that are offered before a model is named. */
const mostVersions = 300;

/**
 * Models of other registries, as far as they were read: the registries first, and once one is written, its versions by alias and by name.
 * Nothing is asked of them.
 */
export async function offerElsewhere(
  scene: Scene,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const { workspace, uri, parsed, typed } = scene;
  const declared =
    parsed.kind === 'workbench' ? registriesIn(parsed.draft) : await registriesAround(workspace, uri, signal);
  const offers: ValueOffer[] = [];
  for (const { name } of declared) {
    const beginning = `${prefix}${name}/`;
    if (typed.replace(/^["']/, '').startsWith(beginning)) return offerVersionsOf(scene, name, prefix, signal);
    offers.push(await offerRegistry(scene, name, beginning, signal));
  }
  return offers;
}

async function offerRegistry(
  { context, uri }: Scene,
  name: string,
  value: string,
  signal: AbortSignal,
): Promise<ValueOffer> {
  const known = await readRegistry(context, uri, name, signal);
  const age = known === undefined ? 'never read' : `read ${wordAgeOf(known.readAt, context.ports.clock.now())}`;
  return { value, detail: `registry, ${age}`, kind: CompletionItemKind.Module, isBeginning: true };
}

async function offerVersionsOf(
  { context, uri, typed }: Scene,
  registry: string,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const known = await readRegistry(context, uri, registry, signal);
  if (known === undefined) return [];
  const model = typed
    .replace(/^["']/, '')
    .slice(prefix.length + registry.length + 1)
    .split('@');
  const versions =
    model.length > 1 ? await known.versions(model[0] ?? '') : await listAll(context, uri, registry, signal);
  return versions
    .filter(({ state }) => state === 'LIVE')
    .flatMap(version => offersOf(version, registry, prefix, context, uri));
}

async function listAll(
  { history }: Scene['context'],
  uri: string,
  registry: string,
  signal: AbortSignal,
): Promise<readonly VersionRow[]> {
  const question = `versions of ${registry}`;
  const query = { registry, limit: mostVersions };
  return (await history.catalogue(uri, question, catalogue => catalogue.pageVersions(query), signal))?.versions ?? [];
}

function offersOf(
  row: VersionRow,
  registry: string,
  prefix: string,
  context: Scene['context'],
  uri: string,
): readonly ValueOffer[] {
  const { model, version, aliases } = row;
  return [...aliases, version].map(name => ({
    value: `${prefix}${formatReference({ registry, model, version: name })}`,
    detail: `${name === version ? '' : `version ${version}, `}${wordVersion(row, 2)}`,
    describe: () => describeElsewhere(context, uri, { registry, model, version: name }, new AbortController().signal),
    kind: CompletionItemKind.Reference,
  }));
}
