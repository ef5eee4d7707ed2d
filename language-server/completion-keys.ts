import { InsertTextFormat, type CompletionItem } from 'vscode-languageserver';
import { CompletionItemKind } from 'vscode-languageserver';
import { acceptsMapping, allowedValues, fieldsOf, requiredOf, type SchemaNode } from '../engine/documents/schema.ts';
import type { Cursor, Place } from './cursor.ts';
import { describeSchema } from './markdown.ts';

/** Asks the client to offer values right after a field was chosen. */
const offerValues = { title: 'Offer values', command: 'editor.action.triggerSuggest' };

/** The fields a mapping may still get, those it must have first, each with the start of its value. */
export function completeKeys(schema: SchemaNode, place: Place, cursor: Cursor, snippets: boolean): CompletionItem[] {
  const fields = Object.entries(fieldsOf(schema));
  const required = requiredOf(schema);
  // A mapping that takes one field (a metric, a key's source) and has it takes no more.
  const { maxProperties = Infinity } = mappingSchema(schema);
  if (place.present.length >= maxProperties) return [];
  return fields
    .filter(([name]) => !place.present.includes(name))
    .map(([name, field], index) => {
      const isRequired = required.includes(name);
      const { text, isSnippet } =
        cursor.token.hasColon || cursor.token.quote !== undefined
          ? { text: name, isSnippet: false }
          : startOfField(name, field, cursor, snippets);
      return {
        label: name,
        kind: acceptsMapping(field) && field.type === 'object' ? CompletionItemKind.Module : CompletionItemKind.Field,
        detail: `${field.title ?? ''}${isRequired ? ' (required)' : ''}`,
        documentation: { kind: 'markdown' as const, value: describeSchema(field) },
        sortText: `${isRequired ? 0 : schema.anyOf === undefined || required.length > 0 ? 1 : 3}${String(index).padStart(3, '0')}`,
        filterText: name,
        insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
        insertText: text,
        ...(field.type !== 'object' && !cursor.token.hasColon && { command: offerValues }),
      };
    });
}

function mappingSchema(schema: SchemaNode): SchemaNode {
  return schema.anyOf?.find(option => option.type === 'object') ?? schema;
}

function startOfField(
  name: string,
  field: SchemaNode,
  cursor: Cursor,
  snippets: boolean,
): { text: string; isSnippet: boolean } {
  if (!snippets) return { text: `${name}: `, isSnippet: false };
  if (cursor.token.flow !== undefined) {
    if (field.type === 'object') return { text: `${name}: {$0}`, isSnippet: true };
    return { text: field.type === 'array' ? `${name}: [$0]` : `${name}: `, isSnippet: field.type === 'array' };
  }
  // The client repeats the line's own white space after a line break.
  const indent = ' '.repeat(Math.max(0, cursor.column - cursor.lineIndent) + 2);
  if (field.type === 'object') {
    const children = usualFields(field).filter(child => isPlain(field.properties?.[child]));
    if (children.length === 0) return { text: `${name}:\n${indent}$0`, isSnippet: true };
    const lines = children.map((child, index) => `${indent}${child}: $${index + 1}`);
    return { text: `${name}:\n${lines.join('\n')}`, isSnippet: true };
  }
  if (field.type === 'array') return { text: `${name}:\n${indent}- $0`, isSnippet: true };
  return { text: `${name}: `, isSnippet: false };
}

/** The fields a mapping must have, and what its first example shows besides. */
function usualFields({ required = [], examples = [] }: SchemaNode): readonly string[] {
  const [example] = examples;
  const shown = typeof example === 'object' && example !== null ? Object.keys(example) : [];
  return required.length === 0 ? [] : [...new Set([...required, ...shown])];
}

function isPlain(field: SchemaNode | undefined): boolean {
  if (field?.enum !== undefined || ['string', 'number', 'integer'].includes(field?.type ?? '')) return true;
  return field?.anyOf?.some(isPlain) === true;
}

/** The values a schema lists or shows as examples. */
export function schemaValues(schema: SchemaNode): readonly { readonly value: unknown; readonly detail: string }[] {
  const allowed = allowedValues(schema);
  const isDefault = (value: unknown): boolean => value === schema.default;
  if (allowed.length > 0) return allowed.map(value => ({ value, detail: isDefault(value) ? 'default' : '' }));
  const values = [...new Set([schema.default, ...(schema.examples ?? [])])].filter(
    value => value !== undefined && typeof value !== 'object',
  );
  return values.map(value => ({ value, detail: isDefault(value) ? 'default' : 'example' }));
}
