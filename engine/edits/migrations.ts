import { isMap, isScalar, isSeq, type Node } from 'yaml';
import type { DocumentPath } from '../documents/diagnostic.ts';
import type { DocumentKind } from '../documents/kinds.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import type { TextChange } from './change.ts';
import { removeField, replaceField } from './fields.ts';
import { endOfNode, nodeAt, nextLine, pairAt } from './places.ts';

/** An older or another tool's notation in a document, and how the same is written now. */
export interface Migration {
  /** The field that is written in another way. */
  readonly at: DocumentPath;
  /** The field it becomes. */
  readonly to: DocumentPath;
  readonly title: string;
  readonly changes: readonly TextChange[];
}

type Migrate = (parsed: ParsedDocument) => readonly Migration[];

/** Everything in a document that is certain to have been meant as something the schema has. */
export function findMigrations(parsed: ParsedDocument): readonly Migration[] {
  if (parsed.contents === undefined) return [];
  return migrations.filter(({ kinds }) => kinds.includes(parsed.kind)).flatMap(({ find }) => find(parsed));
}

const everyKind: readonly DocumentKind[] = ['bench', 'tune', 'policy', 'framework', 'workbench', 'prompt'];

/** One entry a notation; each finds it wherever it stands. */
const migrations: readonly {
  readonly from: string;
  readonly kinds: readonly DocumentKind[];
  readonly find: Migrate;
}[] = [
  { from: 'schemaVersion of drafts, or in quotes', kinds: everyKind, find: findVersion },
  { from: 'version in place of schemaVersion', kinds: ['bench', 'tune', 'workbench', 'prompt'], find: findOldVersion },
  { from: 'one text in place of a list (promptfoo, GitHub Models)', kinds: ['bench'], find: findSingles },
  { from: 'one gate in place of a list', kinds: ['bench'], find: findSingleGate },
  { from: 'bounds of gates by other names', kinds: ['bench'], find: findBounds },
  {
    from: 'baseModel',
    kinds: ['tune'],
    find: parsed => renameAll(parsed, [], { baseModel: 'base', base_model: 'base' }),
  },
  { from: 'roles of OpenAI, Gemini and LangChain', kinds: ['prompt', 'trial'], find: findRoles },
  { from: 'response formats of GitHub Models', kinds: ['prompt', 'trial'], find: findResponseFormat },
  { from: 'token limits of OpenAI', kinds: ['prompt', 'trial'], find: findTokenLimits },
  { from: 'connections of other tools', kinds: ['workbench'], find: findConnections },
];

function findVersion(parsed: ParsedDocument): readonly Migration[] {
  const at = ['schemaVersion'];
  const value = scalarAt(parsed, at);
  const isOld = value === 0 || (typeof value === 'string' && /^v?[01](\.0)*$/i.test(value.trim()));
  return isOld ? write(parsed, at, 'schemaVersion', 1, 'Write `schemaVersion: 1`') : [];
}

function findOldVersion(parsed: ParsedDocument): readonly Migration[] {
  const value = scalarAt(parsed, ['version']);
  const isVersion =
    (value === 1 || value === 0 || value === '1' || value === '1.0') && isAbsent(parsed, ['schemaVersion']);
  return isVersion ? write(parsed, ['version'], 'schemaVersion', 1, 'Write `schemaVersion: 1`') : [];
}

const lists: Readonly<Record<string, string>> = {
  prompt: 'prompts',
  promptFile: 'prompts',
  promptFiles: 'prompts',
  model: 'models',
  metric: 'metrics',
};

function findSingles(parsed: ParsedDocument): readonly Migration[] {
  return Object.entries(lists).flatMap(([name, plural]) => {
    if (!isAbsent(parsed, [plural])) return [];
    const node = nodeAt(parsed, [name]);
    if (isSeq(node)) return rename(parsed, [name], plural);
    const value = scalarAt(parsed, [name]);
    const isWhole = typeof value === 'string' && !value.includes('\n');
    return isWhole ? write(parsed, [name], plural, [value], `Write \`${plural}: [${value.slice(0, 40)}]\``) : [];
  });
}

/** A mapping where a list of mappings is wanted becomes its only item. */
function findSingleGate(parsed: ParsedDocument): readonly Migration[] {
  const node = nodeAt(parsed, ['gate']);
  const owner = pairAt(parsed, ['gate']);
  if (!isMap(node) || node.items.length === 0 || owner?.pair.value !== node || !node.range) return [];
  const [start] = node.range;
  const changes: TextChange[] =
    node.flow === true
      ? [
          { start, end: start, text: '[' },
          { start: node.range[1], end: node.range[1], text: ']' },
        ]
      : [{ start, end: start, text: '- ' }, ...indentLines(parsed.text, nextLine(parsed.text, start), endOfNode(node))];
  return [{ at: ['gate'], to: ['gate', 0], title: 'Make a list of the one condition', changes }];
}

function indentLines(text: string, from: number, to: number): readonly TextChange[] {
  const changes: TextChange[] = [];
  for (let at = from; at < to; at = nextLine(text, at)) {
    if (text[at] !== '\n' && text[at] !== '\r') changes.push({ start: at, end: at, text: '  ' });
  }
  return changes;
}

function findBounds(parsed: ParsedDocument): readonly Migration[] {
  const gate = nodeAt(parsed, ['gate']);
  if (!isSeq(gate)) return [];
  const names = { min: 'atLeast', minimum: 'atLeast', max: 'atMost', maximum: 'atMost' };
  return gate.items.flatMap((_item, index) => renameAll(parsed, ['gate', index], names));
}

const roles: Readonly<Record<string, string>> = {
  developer: 'system',
  human: 'user',
  ai: 'assistant',
  bot: 'assistant',
  model: 'assistant',
};

function findRoles(parsed: ParsedDocument): readonly Migration[] {
  const messages = nodeAt(parsed, ['messages']);
  if (!isSeq(messages)) return [];
  return messages.items.flatMap((_item, index) => {
    const at = ['messages', index, 'role'];
    const role = scalarAt(parsed, at);
    const meant =
      typeof role === 'string' && Object.hasOwn(roles, role.toLowerCase()) ? roles[role.toLowerCase()] : undefined;
    return meant === undefined ? [] : write(parsed, at, 'role', meant, `Change to '${meant}'`);
  });
}

/** `responseFormat: json_schema` with the schema as text beside it, as GitHub Models writes both. */
function findResponseFormat(parsed: ParsedDocument): readonly Migration[] {
  const at = ['responseFormat'];
  const format = scalarAt(parsed, at);
  if (format === 'json_object') return write(parsed, at, 'responseFormat', 'json', "Change to 'json'");
  if (format !== 'json_schema') return [];
  const stated = readSchema(scalarAt(parsed, ['jsonSchema']));
  const owner = pairAt(parsed, ['jsonSchema']);
  if (stated === undefined || owner === undefined) return [];
  const title = 'Write the schema into `responseFormat`';
  const removed = removeField(parsed, owner) ?? [];
  return write(parsed, at, 'responseFormat', { type: 'json_schema', ...stated }, title).flatMap(migration => {
    const changes = [...migration.changes, ...removed];
    return [
      { ...migration, changes },
      { ...migration, at: ['jsonSchema'], changes },
    ];
  });
}

function readSchema(text: unknown): { readonly name?: string; readonly schema: object } | undefined {
  if (typeof text !== 'string') return undefined;
  try {
    const value = JSON.parse(text) as { readonly name?: unknown; readonly schema?: unknown } | null;
    if (typeof value !== 'object' || value === null) return undefined;
    if (typeof value.schema !== 'object' || value.schema === null) return { schema: value };
    const isName = typeof value.name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(value.name);
    return { ...(isName ? { name: value.name } : {}), schema: value.schema };
  } catch {
    return undefined;
  }
}

function findTokenLimits(parsed: ParsedDocument): readonly Migration[] {
  const names = { maxCompletionTokens: 'maxTokens', max_completion_tokens: 'maxTokens', maxOutputTokens: 'maxTokens' };
  return renameAll(parsed, ['modelParameters'], names);
}

function findConnections(parsed: ParsedDocument): readonly Migration[] {
  const connections = nodeAt(parsed, ['connections']);
  if (!isMap(connections)) return [];
  return connections.items.flatMap(({ key }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const at = ['connections', name];
    const provider = scalarAt(parsed, [...at, 'provider']);
    const takesBaseUrl =
      provider === 'openai' || provider === 'anthropic' || provider === 'ollama' || provider === 'llama-cpp';
    return [
      ...(isAbsent(parsed, [...at, 'provider']) ? renameAll(parsed, at, { type: 'provider' }) : []),
      ...(takesBaseUrl ? renameAll(parsed, at, { url: 'baseUrl', apiBase: 'baseUrl', api_base: 'baseUrl' }) : []),
      ...(provider === 'azure-openai' ? renameAll(parsed, at, { deployment: 'model' }) : []),
      ...findKeys(parsed, at),
    ];
  });
}

/** Keys by the name of their variable, or by a shell's notation for it. */
function findKeys(parsed: ParsedDocument, connection: DocumentPath): readonly Migration[] {
  return ['apiKey', 'apiKeyEnv', 'apiKeyEnvar', 'api_key_env'].flatMap(name => {
    const at = [...connection, name];
    if (name !== 'apiKey' && !isAbsent(parsed, [...connection, 'apiKey'])) return [];
    const written = scalarAt(parsed, at);
    const form = name === 'apiKey' ? /^\$\{?(?:env:)?([A-Za-z_]\w*)\}?$/ : /^([A-Za-z_]\w*)$/;
    const variable = typeof written === 'string' ? form.exec(written)?.[1] : undefined;
    return variable === undefined
      ? []
      : write(parsed, at, 'apiKey', { env: variable }, `Read the key from ${variable}`);
  });
}

function renameAll(
  parsed: ParsedDocument,
  mapping: DocumentPath,
  names: Readonly<Record<string, string>>,
): readonly Migration[] {
  return Object.entries(names).flatMap(([name, meant]) =>
    isAbsent(parsed, [...mapping, meant]) ? rename(parsed, [...mapping, name], meant) : [],
  );
}

function rename(parsed: ParsedDocument, at: DocumentPath, meant: string): readonly Migration[] {
  const key = pairAt(parsed, at)?.pair.key as Node | undefined;
  if (!key?.range) return [];
  const changes = [{ start: key.range[0], end: key.range[1], text: meant }];
  return [{ at, to: [...at.slice(0, -1), meant], title: `Rename to \`${meant}\``, changes }];
}

function write(
  parsed: ParsedDocument,
  at: DocumentPath,
  name: string,
  value: unknown,
  title: string,
): readonly Migration[] {
  const changes = replaceField(parsed, at, { name, value });
  return changes === undefined ? [] : [{ at, to: [...at.slice(0, -1), name], title, changes }];
}

function scalarAt(parsed: ParsedDocument, path: DocumentPath): unknown {
  const node = nodeAt(parsed, path);
  return isScalar(node) ? node.value : undefined;
}

function isAbsent(parsed: ParsedDocument, path: DocumentPath): boolean {
  return pairAt(parsed, path) === undefined;
}
