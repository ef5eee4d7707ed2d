import { allowedValues, requiredOf, tagOf, type SchemaNode } from '../../engine/documents/schema.ts';
import { fields, flow, items, stop, type Sketch } from './sketch.ts';
import { formatFlow } from '../markdown.ts';

/** Deeper than our schemas require anything. */
const deepest = 6;
/** Longer lists of values are chosen from the list of offers, not from inside a snippet. */
const mostChoices = 12;

/** The value of a field as far as the schema demands it: what it must have is there to be filled in, in brackets where only one field fits. */
export function sketchValue(schema: SchemaNode, depth = 0): Sketch {
  if (isList(schema)) return items(schema.items === undefined ? stop() : sketchValue(schema.items, depth + 1));
  if (!isMapping(schema)) return sketchScalar(schema);
  const shape = mappingShape(schema);
  const children = depth > deepest ? [] : usualFields(shape);
  const sketch = fields(Object.fromEntries(children.map(([name, child]) => [name, sketchValue(child, depth + 1)])));
  return takesOneField(shape) ? flow(sketch) : sketch;
}

/** The options of a metric or a perturbation: those it needs and those its example shows, on one line. */
export function sketchOptions(schema: SchemaNode): Sketch {
  const shape = mappingShape(schema);
  const shown = exampleFields(shape).flatMap(name => withSchema(shape, name));
  const all = new Map([...requiredFields(shape), ...shown]);
  return flow(fields(Object.fromEntries([...all].map(([name, child]) => [name, sketchValue(child, 1)]))));
}

/** What an item of a list must have, for a mapping whose fields are written below its dash. */
export function requiredFields(schema: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const names = requiredOf(schema);
  return [...new Set([...names, ...firstForm(schema)])].flatMap(name => withSchema(schema, name));
}

/** Where one of several groups of fields will do, the first of them. */
function firstForm({ type, anyOf = [] }: SchemaNode): readonly string[] {
  const isChoiceOfFields = type === 'object' && anyOf.every(option => option.properties === undefined);
  return isChoiceOfFields ? (anyOf[0]?.required ?? []) : [];
}

function sketchScalar(schema: SchemaNode): Sketch {
  const allowed = allowedValues(schema);
  if (allowed.length === 0 || allowed.length > mostChoices) return stop();
  const first = schema.default ?? allowed[0];
  return stop(formatFlow(first), ...allowed.map(formatFlow));
}

export function takesOneField(schema: SchemaNode): boolean {
  return mappingShape(schema).maxProperties === 1;
}

/** What a new mapping usually starts with: what it must have with what its example shows beside, else what the example shows. */
export function startingFields(schema: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const shape = mappingShape(schema);
  const usual = usualFields(shape);
  return usual.length > 0 ? usual : exampleFields(shape).flatMap(name => withSchema(shape, name));
}

/** The fields a mapping must have, and what its first example shows besides. */
function usualFields(shape: SchemaNode): readonly (readonly [string, SchemaNode])[] {
  const required = requiredFields(shape);
  if (required.length === 0 && !takesOneField(shape)) return [];
  const shown = exampleFields(shape)
    .flatMap(name => withSchema(shape, name))
    .filter(([, child]) => isPlain(child));
  const order = Object.keys(shape.properties ?? {});
  return [...new Map([...required, ...shown])].sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function exampleFields({ examples = [] }: SchemaNode): readonly string[] {
  const [example] = examples;
  return typeof example === 'object' && example !== null && !Array.isArray(example) ? Object.keys(example) : [];
}

function withSchema(schema: SchemaNode, name: string): readonly (readonly [string, SchemaNode])[] {
  const tag = tagOf(schema);
  const own = schema.properties?.[name] ?? (tag?.field === name ? joined(tag.options, name) : undefined);
  const found = own ?? schema.anyOf?.find(option => option.properties?.[name] !== undefined)?.properties?.[name];
  return found === undefined ? [] : [[name, found]];
}

/** The field that tells alternatives apart, with all of its values. */
function joined(options: ReadonlyMap<unknown, SchemaNode>, name: string): SchemaNode | undefined {
  const [first] = options.values();
  const field = first?.properties?.[name];
  return field === undefined ? undefined : { title: field.title ?? name, enum: [...options.keys()] };
}

/** Whether a value is a mapping, or the one shape among others that is. */
export function isMapping(schema: SchemaNode): boolean {
  return schema.type === 'object' || (schema.anyOf?.length !== undefined && schema.anyOf.every(isMapping));
}

function isList(schema: SchemaNode): boolean {
  return schema.type === 'array';
}

export function mappingShape(schema: SchemaNode): SchemaNode {
  if (schema.anyOf === undefined || tagOf(schema) !== undefined) return schema;
  return schema.anyOf.find(option => option.type === 'object') ?? schema;
}

function isPlain(field: SchemaNode): boolean {
  if (field.enum !== undefined || ['string', 'number', 'integer'].includes(field.type ?? '')) return true;
  return field.anyOf?.some(isPlain) === true;
}
