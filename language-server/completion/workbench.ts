import { CompletionItemKind } from 'vscode-languageserver';
import { childSchema, narrowSchema, schemaAt } from '../../engine/documents/schema.ts';
import { offerVersions } from './models.ts';
import type { Scene, ValueOffer } from './offers.ts';
import { offerElsewhere } from './registries.ts';
import { draftAt, matchesPath } from '../tree.ts';
import { mappingOf } from '../workspace.ts';

/** What providers' own documents call the variable of their key. */
const usualKeys: Readonly<Record<string, string>> = {
  openai: 'OPENAI_API_KEY',
  'azure-openai': 'AZURE_OPENAI_API_KEY',
  anthropic: 'ANTHROPIC_API_KEY',
  gemini: 'GEMINI_API_KEY',
};

/** Where servers listen when nobody says otherwise, and what they are, by provider. */
const usualAddresses: Readonly<Record<string, readonly (readonly [address: string, detail: string])[]>> = {
  openai: [
    ['http://localhost:8000/v1', 'vLLM on this machine'],
    ['http://localhost:1234/v1', 'LM Studio on this machine'],
    ['http://localhost:11434/v1', 'Ollama on this machine'],
    ['http://localhost:8080/v1', 'llama.cpp on this machine'],
    ['https://api.openai.com/v1', "the provider's own"],
  ],
  anthropic: [['https://api.anthropic.com', "the provider's own"]],
  gemini: [['https://generativelanguage.googleapis.com/v1beta', "the provider's own"]],
  ollama: [['http://localhost:11434', 'Ollama on this machine']],
  'llama-cpp': [['http://localhost:8080', 'llama.cpp on this machine']],
};

const mostNames = 50;

/** What a workbench file can name; absent where only the schema knows. */
export async function offerInWorkbench(scene: Scene, signal: AbortSignal): Promise<readonly ValueOffer[] | undefined> {
  const { path, siblings } = scene;
  if (matchesPath(path, 'connections.*.apiKey.env')) return offerVariables(scene);
  if (matchesPath(path, 'connections.*.apiKey.secret')) {
    const names = collectNames(scene, 'secret');
    return names.length === 0 ? undefined : names.map(value => seen(value));
  }
  if (matchesPath(path, 'connections.*.baseUrl')) return offerAddresses(siblings['provider']);
  if (matchesPath(path, 'connections.*.run')) return offerRuns(scene, signal);
  if (matchesPath(path, 'connections.*.model')) return offerModelNames(scene);
  if (matchesPath(path, 'connections.*.registered'))
    return [...(await offerVersions(scene, '', signal)), ...(await offerElsewhere(scene, '', signal))];
  return undefined;
}

/** Header names of other connections of the file. */
export function headerNames(scene: Scene): readonly ValueOffer[] {
  const names = connectionsOf(scene).flatMap(([, connection]) => Object.keys(mappingOf(connection['headers'])));
  return [...new Set([...names, 'X-Team'])].slice(0, mostNames).map(value => ({
    value,
    detail: names.includes(value) ? 'header seen in this file' : 'header, as an example',
    kind: CompletionItemKind.Field,
  }));
}

function connectionsOf({ parsed }: Scene): readonly (readonly [string, Readonly<Record<string, unknown>>])[] {
  return Object.entries(mappingOf(draftAt(parsed.draft, ['connections'])))
    .slice(0, 200)
    .map(([name, connection]) => [name, mappingOf(connection)]);
}

/** Variables that the file's connections name, the provider's usual one first; what the environment holds is never looked at. */
function offerVariables(scene: Scene): readonly ValueOffer[] {
  const provider = draftAt(scene.parsed.draft, [...scene.path.slice(0, 2), 'provider']);
  const usual = typeof provider === 'string' && Object.hasOwn(usualKeys, provider) ? usualKeys[provider] : undefined;
  const others = usual === undefined ? Object.values(usualKeys) : [];
  const names = [...(usual === undefined ? [] : [usual]), ...collectNames(scene, 'env'), ...others];
  return [...new Set(names)].map(value =>
    value === usual
      ? { value, detail: `usual for ${String(provider)}`, kind: CompletionItemKind.Variable }
      : seen(value, others.includes(value) ? 'usual name' : undefined),
  );
}

function seen(value: string, detail = 'named in this file'): ValueOffer {
  return { value, detail, kind: CompletionItemKind.Variable };
}

function collectNames(scene: Scene, field: 'env' | 'secret'): readonly string[] {
  const names = connectionsOf(scene).flatMap(([, connection]) => {
    const name = mappingOf(connection['apiKey'])[field];
    // Only what can be a name: a key that was pasted here by mistake is not repeated.
    return typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]{0,63}$/.test(name) ? [name] : [];
  });
  return [...new Set(names)].slice(0, mostNames);
}

function offerAddresses(provider: string | undefined): readonly ValueOffer[] | undefined {
  const lists = provider === undefined ? Object.values(usualAddresses) : [usualAddresses[provider] ?? []];
  const all = new Map(lists.flat());
  if (all.size === 0) return undefined;
  return [...all].map(([value, detail]) => ({ value, detail, kind: CompletionItemKind.Value }));
}

/** Models that other connections of the same provider name, and the schema's examples for it. */
function offerModelNames(scene: Scene): readonly ValueOffer[] {
  const { provider } = scene.siblings;
  const own = scene.path[1];
  const offers = new Map<string, string>();
  for (const [name, { provider: other, model }] of connectionsOf(scene)) {
    if (name === own || typeof model !== 'string' || (provider !== undefined && other !== provider)) continue;
    offers.set(model, `as ${name}`);
  }
  const connection = schemaAt('workbench', ['connections', 'any']);
  const examples = connection && childSchema(narrowSchema(connection, scene.siblings), 'model')?.examples;
  for (const example of examples ?? []) {
    if (typeof example === 'string' && !offers.has(example)) offers.set(example, 'example');
  }
  return [...offers].map(([value, detail]) => ({ value, detail, kind: CompletionItemKind.Value }));
}

/** Runs of the workspace's benchmarks, newest first. */
async function offerRuns(
  { context, workspace, uri }: Scene,
  signal: AbortSignal,
): Promise<readonly ValueOffer[] | undefined> {
  const benchmarks = (await (await workspace.library(uri))?.all('bench', signal)) ?? [];
  const names = new Set(benchmarks.flatMap(({ parsed }) => parsed.value?.name ?? []));
  const runs = [];
  for (const name of [...names].slice(0, mostNames)) {
    runs.push(...(await context.history.runsNamed(uri, name, signal)).slice(0, 5));
  }
  if (runs.length === 0) return undefined;
  return runs
    .sort((a, b) => b.createdAt - a.createdAt)
    .map(({ id, name }) => ({ value: id, detail: `run of ${name}`, kind: CompletionItemKind.Event }));
}
