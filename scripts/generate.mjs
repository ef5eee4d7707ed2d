// Writes schemas/generated/: TypeScript types and standalone validators for every user file and every message.
// The schemas are the source; nothing under generated/ is ever edited or committed.
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import Ajv from 'ajv';
import standaloneCode from 'ajv/dist/standalone/index.js';
import { build } from 'esbuild';
import { compile } from 'json-schema-to-typescript';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const schemas = path.join(root, 'schemas');
const out = path.join(schemas, 'generated');

const files = await readSchemas('files');
const messages = await readSchemas('messages');
await mkdir(out, { recursive: true });
await writeTypes('files', files, titleOf);
await writeTypes('messages', messages);
await writeValidators();

async function readSchemas(folder) {
  const names = (await readdir(path.join(schemas, folder))).filter(name => name.endsWith('.schema.json')).sort();
  return Promise.all(names.map(async name => JSON.parse(await readFile(path.join(schemas, folder, name), 'utf8'))));
}

function titleOf(schema) {
  return schema.title;
}

/** All definitions of a folder become one module, so that a type shared by two schemas exists once. */
async function writeTypes(name, list, rootName) {
  const definitions = {};
  for (const schema of list) {
    for (const [key, value] of Object.entries(schema.definitions ?? {})) define(key, value);
    if (rootName) define(rootName(schema), withoutDefinitions(schema));
  }
  function define(key, value) {
    if (key in definitions) throw new Error(`schemas/${name}: two definitions are called ${key}`);
    definitions[key] = value;
  }
  const merged = rewrite({ title: 'Everything', type: 'object', additionalProperties: false, definitions });
  const text = await compile(merged, 'Everything', {
    bannerComment: '/* Generated from schemas/ by scripts/generate.mjs. */',
    unreachableDefinitions: true,
    format: false,
    ignoreMinAndMaxItems: true,
  });
  const kept = text
    .replace(/export interface Everything \{\s*\}\n/, '')
    .replace(
      /\/\*\*\s*\* This interface was referenced by `Everything`'s JSON-Schema\s*\* via the `definition` "\w+"\.\s*\*\/\n/g,
      '',
    )
    .replace(
      /\s*\* This interface was referenced by `Everything`'s JSON-Schema\s*\* via the `definition` "\w+"\./g,
      '',
    );
  await writeChanged(path.join(out, `${name}.ts`), kept);
}

function withoutDefinitions({ definitions: _definitions, $id: _id, $schema: _schema, ...rest }) {
  return rest;
}

/** References across files point into the merged module. Titles would rename the types, so only definition keys name them. */
function rewrite(node, key) {
  if (Array.isArray(node)) return node.map(item => rewrite(item));
  if (node === null || typeof node !== 'object') return node;
  const copy = {};
  for (const [name, value] of Object.entries(node)) {
    if (name === '$ref') copy[name] = value.replace(/^[\w.]*#/, '#');
    else if (name === 'title' && typeof value === 'string' && key !== 'properties') continue;
    else if (name === 'examples' && key !== 'properties') continue;
    else if (name === 'anyOf' && value.every(option => Object.keys(option).join() === 'required')) continue;
    else copy[name] = rewrite(value, name);
  }
  if (Object.keys(copy).includes('$ref')) return { $ref: copy.$ref };
  return copy;
}

/** The same schema without what only people read, so that it does not travel inside the validators. */
function withoutProse(node, key) {
  if (Array.isArray(node)) return node.map(item => withoutProse(item));
  if (node === null || typeof node !== 'object') return node;
  const prose = key === 'properties' || key === 'definitions' ? [] : ['title', 'description', 'examples', 'default'];
  return Object.fromEntries(
    Object.entries(node)
      .filter(([name]) => !prose.includes(name))
      .map(([name, value]) => [name, withoutProse(value, name)]),
  );
}

/** Self-contained validators: no eval at run time, no ajv in any bundle. */
async function writeValidators() {
  const ajv = new Ajv.default({
    allErrors: true,
    strict: true,
    strictRequired: false,
    strictTypes: false,
    verbose: false,
    code: { source: true, esm: true },
  });
  const exported = {};
  for (const schema of [...files, ...messages]) ajv.addSchema(withoutProse(schema));
  for (const schema of files) exported[`validate${schema.title}`] = schema.$id;
  for (const schema of messages) {
    for (const key of Object.keys(schema.definitions)) exported[`validate${key}`] = `${schema.$id}#/definitions/${key}`;
  }
  const source = standaloneCode.default(ajv, exported);
  const bundled = await build({
    stdin: { contents: source, resolveDir: root, loader: 'js' },
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    target: 'es2024',
  });
  await writeChanged(
    path.join(out, 'validators.js'),
    `/* Generated from schemas/ by scripts/generate.mjs. */\n${bundled.outputFiles[0].text}`,
  );
  const declarations = [
    '/* Generated from schemas/ by scripts/generate.mjs. */',
    `import type * as files from './files.ts';`,
    `import type * as messages from './messages.ts';`,
    'export interface SchemaFault { instancePath: string; schemaPath: string; keyword: string; params: Record<string, unknown>; message?: string }',
    'export interface Validator<T> { (data: unknown): data is T; errors?: SchemaFault[] | null }',
  ];
  for (const schema of files)
    declarations.push(`export declare const validate${schema.title}: Validator<files.${schema.title}>;`);
  for (const schema of messages) {
    for (const key of Object.keys(schema.definitions))
      declarations.push(`export declare const validate${key}: Validator<messages.${key}>;`);
  }
  await writeChanged(path.join(out, 'validators.d.ts'), declarations.join('\n') + '\n');
}

/** What stays as it is is not touched: others may be reading it, and compilers go by its age. */
async function writeChanged(file, text) {
  const known = await readFile(file, 'utf8').catch(() => undefined);
  if (known !== text) await writeFile(file, text);
}
