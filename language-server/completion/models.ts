import { CompletionItemKind } from 'vscode-languageserver';
import type { RegisteredModel } from '../../schemas/generated/messages.ts';
import { embeddedModelNames } from '../../engine/documents/formats.ts';
import { describeConnection } from '../help/describe.ts';
import { code, plain } from '../markdown.ts';
import { offerCheckpoints, offerEmbedded, type Scene, type ValueOffer } from './offers.ts';
import { offerElsewhere } from './registries.ts';
import { offerResults } from './results.ts';
import { mappingOf } from '../workspace.ts';

/** Versions of one registered model that are offered, newest first. */
const mostVersions = 10;
const mostModels = 50;

/** Everything a benchmark can ask. */
export async function offerModels(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[]> {
  const { workspace, uri } = scene;
  // The embedded models read no prompt.
  const embedded = scene.parsed.kind === 'trial' ? [] : embeddedModelNames;
  return [
    ...(await offerConnections(scene, signal)),
    ...embedded.map(offerEmbedded),
    ...offerResults(scene, ({ kind }) => kind === 'tune', 'checkpoint:'),
    ...(await offerCheckpoints(workspace, uri, undefined, signal)),
    ...(await offerVersions(scene, 'registry:', signal)),
    ...(await offerElsewhere(scene, 'registry:', signal)),
  ];
}

/** The connections of workbench.yaml: of the file itself while it is that one. */
export async function offerConnections(
  { workspace, uri, parsed }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const connections =
    parsed.kind === 'workbench'
      ? mappingOf(mappingOf(parsed.draft)['connections'])
      : await workspace.connections(uri, signal);
  return Object.entries(connections).map(([value, connection]) => ({
    value,
    detail: 'connection',
    describe: () => describeConnection(value, mappingOf(connection)),
    kind: CompletionItemKind.Interface,
  }));
}

/** Versions of the local registry, by alias and by number. */
export async function offerVersions(
  { context, uri }: Scene,
  prefix: string,
  signal: AbortSignal,
): Promise<readonly ValueOffer[]> {
  const offers: ValueOffer[] = [];
  const models = (await context.history.models(uri, signal)).filter(({ state }) => state === 'LIVE');
  for (const model of models.slice(0, mostModels)) {
    const versions = await context.history.versions(uri, model.name, signal);
    const aliases = Object.entries(model.aliases).map(([alias, version]) => [alias, `version ${version}`] as const);
    const numbers = versions
      .filter(({ state }) => state === 'LIVE')
      .slice(0, mostVersions)
      .map(({ version, status }) => [version, status] as const);
    for (const [name, detail] of [...aliases, ...numbers]) {
      offers.push({
        value: `${prefix}${model.name}@${name}`,
        detail: `registered, ${detail}`,
        describe: () => describeRegistered(model),
        kind: CompletionItemKind.Reference,
      });
    }
  }
  return offers;
}

function describeRegistered(model: RegisteredModel): string {
  const aliases = Object.entries(model.aliases).map(
    ([alias, version]) => `${code(alias)} is version ${plain(version)}`,
  );
  const facts = [
    `${model.versions} ${model.versions === 1 ? 'version' : 'versions'}`,
    ...aliases,
    ...(model.license === undefined ? [] : [`Licence: ${plain(model.license)}`]),
  ];
  const description = model.description === undefined ? '' : `\n\n${plain(model.description)}`;
  return `**${plain(model.name)}** (registered model)${description}\n\n${facts.join('  \n')}`;
}

/** Names by which prompts know the workspace's models: provider and model. */
export async function offerPromptModels(
  { workspace, uri }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const names = new Map<string, string>();
  for (const [name, connection] of Object.entries(await workspace.connections(uri, signal))) {
    const { provider, model } = mappingOf(connection);
    if (typeof provider === 'string' && typeof model === 'string') names.set(`${provider}/${model}`, name);
  }
  if (names.size === 0) return undefined;
  return [...names].map(([value, name]) => ({ value, detail: `as ${name}`, kind: CompletionItemKind.Interface }));
}
