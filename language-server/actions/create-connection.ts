import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import { schemaAt } from '../../engine/documents/schema.ts';
import { differenceOf } from '../../engine/edits/change.ts';
import { writeFlow } from '../../engine/edits/write-value.ts';
import { addConnections } from '../../engine/workspace/add-connections.ts';
import { workbenchFileNames } from '../../engine/workspace/find.ts';
import { draftAt } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import { readCurrent, resolveInside } from './files.ts';
import { keyVariableOf } from './fix-values.ts';
import { actionKinds, type Edits, type FixMaker, type Scene } from './offer.ts';
import { exampleOf } from './placeholders.ts';
import { pathOf, spanOf } from './spots.ts';

const connectionName = /^[A-Za-z][A-Za-z0-9_-]{0,63}$/;

/** Providers a connection is first written for, with what the schema wants of them. */
const providers = ['openai', 'anthropic', 'ollama'] as const;
const providerTitles: Readonly<Record<(typeof providers)[number], string>> = {
  openai: 'OpenAI or compatible',
  anthropic: 'Anthropic',
  ollama: 'Ollama',
};

/** Declares the connection in workbench.yaml, which is made where there is none. */
export const createConnection: FixMaker = async (finding, scene) => {
  const names = undeclaredNames(scene, pathOf(finding, scene), textAt(finding, scene));
  const known = Object.keys(await scene.server.workspace.connections(scene.uri, new AbortController().signal));
  const name = names.find(candidate => connectionName.test(candidate) && !known.includes(candidate));
  if (name === undefined) return [];
  const path = await scene.server.workspace.findWorkbench(scene.uri);
  if (path === undefined && !scene.server.client.fileOperations) return [];
  return chooseProviders(name).map(provider => ({
    title: `Create connection \`${name}\` in workbench.yaml (${providerTitles[provider]})`,
    kind: actionKinds.fix,
    edits: signal => writeConnection(scene, path, name, provider, signal),
  }));
};

/** A name may say whose model it is. */
function chooseProviders(name: string): readonly (typeof providers)[number][] {
  if (/claude|anthropic/i.test(name)) return ['anthropic'];
  if (/ollama|llama/i.test(name)) return ['ollama', 'openai'];
  return /gpt|openai/i.test(name) ? ['openai'] : providers;
}

function textAt(finding: Parameters<FixMaker>[0], scene: Scene): string {
  const { start, end } = spanOf(finding, scene);
  return scene.parsed.text.slice(start, end).replace(/^["']|["']$/g, '');
}

/** The name that is underlined; else those of the judges below, which a metric's finding is about. */
function undeclaredNames({ parsed }: Scene, path: DocumentPath, written: string): readonly string[] {
  const value = draftAt(parsed.draft, path);
  if (typeof value === 'string' && path.at(-1) !== 'judge') return [value];
  const { model, models } = mappingOf(value);
  const listed = [model, ...(Array.isArray(models) ? (models as unknown[]) : [])];
  return [...listed.filter(name => typeof name === 'string'), written];
}

async function writeConnection(
  scene: Scene,
  path: string | undefined,
  name: string,
  provider: string,
  signal: AbortSignal,
): Promise<Edits | undefined> {
  const addition = `${name}: ${writeFlow(skeletonOf(provider))}\n`;
  if (path === undefined) return makeWorkbench(scene, addition);
  const text = await readCurrent(scene, path, signal);
  if (text === undefined) return undefined;
  const { after } = addConnections(text, [addition], path);
  return { other: { path, text, changes: [differenceOf(text, after)] } };
}

/** In the folder that is open, which is the workspace's. */
async function makeWorkbench(scene: Scene, addition: string): Promise<Edits | undefined> {
  const { workspace, ports } = scene.server;
  const root = await workspace.rootOf(scene.uri);
  const folder = workspace.folderOf(scene.uri);
  if (root === undefined || folder === undefined) return undefined;
  const relative = ports.files.relative(folder, ports.files.resolve(root, workbenchFileNames[0] ?? 'workbench.yaml'));
  const path = await resolveInside(scene, relative);
  return path === undefined ? undefined : { files: [{ path, text: `connections:\n  ${addition}` }] };
}

/** What a provider's connection needs, with its key by an environment variable. */
function skeletonOf(provider: string): Readonly<Record<string, unknown>> {
  const shape = schemaAt('workbench', ['connections', 'new'], { connections: { new: { provider } } });
  const needed = (shape?.required ?? []).filter(field => field !== 'provider');
  const fields = Object.fromEntries(needed.map(field => [field, exampleOf(shape?.properties?.[field])]));
  const hasKey = provider !== 'ollama' && shape?.properties?.['apiKey'] !== undefined;
  return { provider, ...fields, ...(hasKey ? { apiKey: { env: keyVariableOf(provider) } } : {}) };
}
