import bench from '../../schemas/files/bench.schema.json' with { type: 'json' };
import cell from '../../schemas/files/cell.schema.json' with { type: 'json' };
import comparison from '../../schemas/files/comparison.schema.json' with { type: 'json' };
import framework from '../../schemas/files/framework.schema.json' with { type: 'json' };
import policy from '../../schemas/files/policy.schema.json' with { type: 'json' };
import prompt from '../../schemas/files/prompt.schema.json' with { type: 'json' };
import trial from '../../schemas/files/trial.schema.json' with { type: 'json' };
import tune from '../../schemas/files/tune.schema.json' with { type: 'json' };
import workbench from '../../schemas/files/workbench.schema.json' with { type: 'json' };
import type { Form } from './cell-fields.ts';
import type { DocumentPath } from './diagnostic.ts';
import type { DocumentKind } from './kinds.ts';

/** The part of JSON Schema our files use, with every reference already replaced by what it refers to. */
export interface SchemaNode {
  readonly title?: string;
  readonly description?: string;
  readonly type?: 'object' | 'array' | 'string' | 'integer' | 'number' | 'boolean';
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minItems?: number;
  readonly maxProperties?: number;
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: boolean | SchemaNode;
  readonly items?: SchemaNode;
  readonly anyOf?: readonly SchemaNode[];
}

const sources: Readonly<Record<string, unknown>> = {
  'bench.schema.json': bench,
  'cell.schema.json': cell,
  'comparison.schema.json': comparison,
  'framework.schema.json': framework,
  'policy.schema.json': policy,
  'prompt.schema.json': prompt,
  'trial.schema.json': trial,
  'tune.schema.json': tune,
  'workbench.schema.json': workbench,
};
const resolved = new Map<string, SchemaNode>();

/** The whole schema of a kind of file; as cells have it, with their own fields first. */
export function rootSchema(kind: DocumentKind, form: Form = 'file'): SchemaNode {
  const name = `${kind} ${form}`;
  let schema = resolved.get(name);
  if (schema === undefined) {
    schema = form === 'cell' ? withCellFields(rootSchema(kind)) : readSchema(kind);
    resolved.set(name, schema);
  }
  return schema;
}

function readSchema(name: string): SchemaNode {
  const file = `${name}.schema.json`;
  return dereference(file, sources[file]) as SchemaNode;
}

function withCellFields(schema: SchemaNode): SchemaNode {
  return { ...schema, properties: { ...readSchema('cell').properties, ...schema.properties } };
}

/**
 * What the schema says of the value at `path`; absent where the schema knows no such field. With the file's content, a mapping
 * that says by a field which of several shapes it has is taken as that shape.
 */
export function schemaAt(
  kind: DocumentKind,
  path: DocumentPath,
  content?: unknown,
  form: Form = 'file',
): SchemaNode | undefined {
  let node: SchemaNode | undefined = rootSchema(kind, form);
  let value = content;
  for (const part of path) {
    if (node === undefined) return undefined;
    node = childSchema(narrowSchema(node, value), part);
    value = childValue(value, part);
  }
  return node && narrowSchema(node, value);
}

function childValue(value: unknown, part: string | number): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
  return (value as Record<string | number, unknown>)[part];
}

/** The field whose constant tells a schema's alternatives apart, with the alternative for each constant. */
export function tagOf(
  node: SchemaNode,
): { readonly field: string; readonly options: ReadonlyMap<unknown, SchemaNode> } | undefined {
  const [first, ...others] = node.anyOf ?? [];
  const field = Object.entries(first?.properties ?? {}).find(([, child]) => child.const !== undefined)?.[0];
  if (
    first === undefined ||
    field === undefined ||
    others.some(option => option.properties?.[field]?.const === undefined)
  )
    return undefined;
  return { field, options: new Map([first, ...others].map(option => [option.properties?.[field]?.const, option])) };
}

/** The one of several alternatives that a mapping says it is; the schema itself where it says none. */
export function narrowSchema(node: SchemaNode, value: unknown): SchemaNode {
  if (typeof value !== 'object' || value === null || node.anyOf === undefined) return node;
  const tag = tagOf(node);
  return tag?.options.get(childValue(value, tag.field)) ?? node;
}

/** The schema of one key's or item's value. */
export function childSchema(node: SchemaNode, part: string | number): SchemaNode | undefined {
  if (typeof part === 'number') {
    if (node.items !== undefined) return node.items;
  } else {
    if (node.properties !== undefined && Object.hasOwn(node.properties, part)) return node.properties[part];
    if (typeof node.additionalProperties === 'object') return node.additionalProperties;
  }
  return joinAlternatives((node.anyOf ?? []).flatMap(option => childSchema(option, part) ?? []));
}

/** What several alternatives say of one field: the first, with the constants of all. */
function joinAlternatives(found: readonly SchemaNode[]): SchemaNode | undefined {
  const [first] = found;
  if (first === undefined || found.length === 1 || found.some(node => node.const === undefined)) return first;
  const shared: Partial<Record<keyof SchemaNode, unknown>> = { ...first };
  delete shared.const;
  return {
    ...shared,
    enum: found.map(node => node.const),
    examples: found.flatMap(node => node.examples ?? []),
  } as SchemaNode;
}

/** Every field a mapping may have by name, in the schema's order. */
export function fieldsOf(node: SchemaNode): Readonly<Record<string, SchemaNode>> {
  const fields: Record<string, SchemaNode> = { ...node.properties };
  for (const option of node.anyOf ?? [])
    for (const name of Object.keys(fieldsOf(option))) fields[name] ??= childSchema(node, name) ?? {};
  return fields;
}

/** Fields a mapping must have, whichever of the alternatives it is. */
export function requiredOf(node: SchemaNode): readonly string[] {
  const [first, ...others] = node.anyOf ?? [];
  const shared = (first?.required ?? []).filter(name =>
    others.every(option => option.required?.includes(name) === true),
  );
  return [...(node.required ?? []), ...shared];
}

/** Every value the schema lists; empty where any value of the type will do. */
export function allowedValues(node: SchemaNode): readonly unknown[] {
  if (node.enum !== undefined) return node.enum;
  if (node.const !== undefined) return [node.const];
  if (node.type === 'boolean') return [true, false];
  return (node.anyOf ?? []).flatMap(option => allowedValues(option));
}

/** Whether a mapping is one of the shapes the schema accepts. */
export function acceptsMapping(node: SchemaNode): boolean {
  return node.type === 'object' || (node.anyOf ?? []).some(acceptsMapping);
}

/** Our schemas are not recursive, so replacing references ends. */
function dereference(file: string, node: unknown): unknown {
  if (Array.isArray(node)) return node.map(item => dereference(file, item));
  if (node === null || typeof node !== 'object') return node;
  const copy: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(node)) {
    if (key !== '$ref' && key !== 'definitions') copy[key] = dereference(file, value);
  }
  const reference = (node as { $ref?: unknown }).$ref;
  if (typeof reference !== 'string') return copy;
  const [otherFile, pointer = ''] = reference.split('#');
  const targetFile = otherFile === undefined || otherFile === '' ? file : otherFile;
  let target: unknown = sources[targetFile];
  for (const part of pointer.split('/').slice(1)) target = (target as Record<string, unknown>)[part];
  return { ...(dereference(targetFile, target) as object), ...copy };
}
