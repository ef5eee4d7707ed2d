import { fieldsOf, type SchemaNode } from './schema.ts';
import { listWords } from './suggest.ts';

/** What the schema's types are called when talking to people. */
export const typeWords: Readonly<Record<string, string>> = {
  object: 'a mapping (`field: value`)',
  array: 'a list (`[a, b]`, or lines that start with `- `)',
  string: 'text',
  integer: 'a whole number',
  number: 'a number',
  boolean: '`true` or `false`',
};

export function typeOf(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  if (typeof value === 'string') return 'text';
  if (typeof value === 'number') return Number.isInteger(value) ? 'a number' : 'a fraction';
  return `\`${JSON.stringify(value)}\``;
}

export function quoted(value: unknown): string {
  if (typeof value === 'object' && value !== null) return typeOf(value);
  const text = textOf(value);
  return `\`${text.length > 60 ? `${text.slice(0, 60)}…` : text}\``;
}

export function exampleOf(schema: SchemaNode | undefined): string {
  const example = schema?.examples?.[0];
  if (example === undefined) return '';
  return `, such as \`${typeof example === 'string' ? example : JSON.stringify(example)}\``;
}

export function fieldList(schema: SchemaNode | undefined): string {
  const fields = schema === undefined ? [] : Object.keys(fieldsOf(schema));
  return fields.length === 0 ? '' : ` Expected one of ${listWords(fields)}.`;
}

export function countOf(limit: unknown, noun: string): string {
  return limit === 1 ? `one ${noun}` : `${String(limit)} ${noun}s`;
}

/** A scalar as text, a list or mapping by its type. */
export function textOf(value: unknown): string {
  return typeof value === 'object' && value !== null ? typeOf(value) : String(value);
}
