import { CompletionItemKind } from 'vscode-languageserver';
import {
  acceptsMapping,
  allowedValues,
  fieldsOf,
  requiredOf,
  tagOf,
  type SchemaNode,
} from '../../engine/documents/schema.ts';
import type { Describe, Offer } from './list.ts';
import {
  isMapping,
  mappingShape,
  requiredFields,
  sketchOptions,
  sketchValue,
  startingFields,
  takesOneField,
} from './required.ts';
import {
  fields,
  hasStops,
  named,
  writeFields,
  writeItem,
  writeValueOf,
  type Fields,
  type Sketch,
  type Snippet,
  type SketchForm,
} from './sketch.ts';
import { snippetsAt } from './snippets.ts';
import type { Cursor, Place } from './cursor.ts';
import type { DocumentKind } from '../../engine/documents/kinds.ts';
import { describeSchema, formatFlow, formatText } from '../markdown.ts';

/** The fields a mapping may still get, those it must have first, each with the start of its value. */
export function completeKeys(schema: SchemaNode, place: Place, cursor: Cursor, snippets: boolean): readonly Offer[] {
  if (isFull(schema, place)) return [];
  const required = requiredOf(schema);
  const isOption = takesOneField(schema);
  return Object.entries(fieldsOf(schema))
    .filter(([name]) => !place.present.includes(name))
    .map(([name, field], index) => {
      const isRequired = required.includes(name);
      return {
        label: name,
        kind: acceptsMapping(field) && field.type === 'object' ? CompletionItemKind.Module : CompletionItemKind.Field,
        detail: `${field.title ?? ''}${isRequired ? ' (required)' : ''}`,
        describe: () => describeSchema(field, { isTitled: false }),
        sort: `${isRequired ? 0 : schema.anyOf === undefined || required.length > 0 ? 1 : 3}${pad(index)}`,
        filter: name,
        ...startOfField(name, field, isOption, place, cursor, snippets),
      };
    });
}

/** Names that are not the schema's, such as of columns and headers. */
export function completeNames(
  names: readonly { readonly value: string; readonly detail: string }[],
  place: Place,
  cursor: Cursor,
): readonly Offer[] {
  const isWhole = cursor.token.hasColon || cursor.token.quote !== undefined;
  return names
    .filter(({ value }) => !place.present.includes(value))
    .map(({ value, detail }, index) => ({
      label: value,
      kind: CompletionItemKind.Field,
      detail,
      sort: `2${pad(index)}`,
      filter: value,
      text: isWhole ? value : `${formatText(value)}: `,
      isSnippet: false,
      again: !isWhole,
    }));
}

/** A mapping that takes one field (a metric, a key's source) and has it takes no more. */
function isFull(schema: SchemaNode, place: Place): boolean {
  return takesOneField(schema) && place.present.length > 0;
}

function startOfField(
  name: string,
  field: SchemaNode,
  isOption: boolean,
  place: Place,
  cursor: Cursor,
  snippets: boolean,
): Pick<Offer, 'text' | 'isSnippet' | 'again'> {
  if (cursor.token.hasColon || cursor.token.quote !== undefined) return { text: name, isSnippet: false, again: false };
  const value = isOption && isMapping(field) ? sketchOptions(field) : sketchValue(field);
  const dash = place.dash === true ? '- ' : '';
  if (typeof value !== 'string' && value.kind === 'stop') {
    // A text that may also be a number or a mapping is offered with its values once it is begun.
    return { text: `${dash}${name}: `, isSnippet: false, again: true };
  }
  const written = writeAt(fields({ [name]: value }), place, cursor, snippets);
  return { text: written, isSnippet: snippets, again: countStops(value) === 1 };
}

function countStops(sketch: Sketch): number {
  if (typeof sketch === 'string') return 0;
  if (sketch.kind === 'stop') return 1;
  if (sketch.kind === 'lines') return sketch.lines.filter(hasStops).length;
  const inner = sketch.kind === 'fields' ? sketch.fields.map(([, value]) => value) : sketch.items;
  return inner.length === 0 ? 1 : inner.reduce((sum: number, one) => sum + countStops(one), 0);
}

/** The sketch of a mapping's fields as it is written at a key's place. */
function writeAt(sketch: Fields, place: Place, cursor: Cursor, snippets: boolean): string {
  const form = formAt(cursor, snippets);
  return place.dash === true ? writeItem(sketch, form) : writeFields(sketch, form);
}

function formAt({ token, column, lineIndent }: Cursor, snippets: boolean): SketchForm {
  return { snippets, flow: token.flow !== undefined, indent: Math.max(0, column - lineIndent) };
}

/** Fields that are usually written together, into the mapping at a key's place. */
export function completeSnippets(
  kind: DocumentKind,
  schema: SchemaNode,
  place: Place,
  cursor: Cursor,
  snippets: boolean,
): readonly Offer[] {
  if (cursor.token.hasColon || cursor.token.quote !== undefined || isFull(schema, place)) return [];
  return sketchesAt(kind, schema, place, true).map((snippet, index) =>
    toOffer(snippet, index, writeAt(snippet.sketch, place, cursor, snippets), snippets),
  );
}

/** The same where the mapping itself is still to be written: behind a colon, or as an item in brackets. */
export function completeMappings(
  kind: DocumentKind,
  schema: SchemaNode,
  place: Place,
  cursor: Cursor,
  snippets: boolean,
): readonly Offer[] {
  const { token } = cursor;
  if (token.quote !== undefined || token.hasColon) return [];
  const form: SketchForm = {
    snippets,
    flow: token.flow !== undefined,
    indent: Math.max(0, cursor.keyColumn - cursor.lineIndent) + 2,
  };
  if (token.flow === '[') {
    return sketchesAt(kind, schema, place, false).map((snippet, index) =>
      toOffer(snippet, index, writeItem(snippet.sketch, form), snippets),
    );
  }
  if (token.after !== 'colon') return [];
  const { items } = schema;
  const inner = items === undefined ? place : { ...place, path: [...place.path, 0] };
  return sketchesAt(kind, items ?? schema, inner, false).map((snippet, index) => {
    const value: Sketch =
      items === undefined ? snippet.sketch : { kind: 'items', items: [snippet.sketch], flow: false };
    const text = writeValueOf(value, form);
    return toOffer(snippet, index, cursor.needsSpace ? text : text.replace(/^ /, ''), snippets);
  });
}

type Sketched = Pick<Snippet, 'label' | 'detail' | 'whole'> & { readonly sketch: Fields };

function sketchesAt(kind: DocumentKind, schema: SchemaNode, place: Place, inMapping: boolean): readonly Sketched[] {
  const present = inMapping ? place.present : [];
  const known = snippetsAt(kind, place.path, present).map(snippet => ({
    ...snippet,
    sketch: nameEntry(snippet, present),
  }));
  const isOwn = known.some(({ named: name, whole }) => name === undefined && whole !== true);
  // A metric is chosen among all of them; a file is made of more than its required fields.
  if (takesOneField(schema) && !inMapping) return [...known, ...sketchSchema(schema, inMapping)];
  if (isOwn || present.length > 0 || place.path.length === 0) return known;
  return [...known, ...sketchSchema(schema, inMapping)];
}

function nameEntry({ named: name, sketch }: Snippet, present: readonly string[]): Fields {
  if (name === undefined) return sketch;
  let free = name;
  for (let number = 2; present.includes(free); number += 1) free = `${name}${number}`;
  return named(free, sketch);
}

/** What a new mapping usually starts with, by the schema: of each shape it may have, or with each one of its options. */
function sketchSchema(schema: SchemaNode, inMapping: boolean): readonly Sketched[] {
  const shape = mappingShape(schema);
  if (takesOneField(schema)) return inMapping ? [] : sketchEachOption(shape);
  const tag = tagOf(schema);
  if (tag !== undefined) return [...tag.options.values()].map(option => sketchShape(option, tag.field));
  const starting = isMapping(shape) ? startingFields(shape) : [];
  if (starting.length < (inMapping ? 2 : 1)) return [];
  const sketch = fields(Object.fromEntries(starting.map(([name, field]) => [name, sketchValue(field)])));
  const names = starting.map(([name]) => name);
  const label = names.length === 1 ? `${names.join('')}: …` : names.join(', ');
  return [{ label, detail: shape.title ?? '', sketch }];
}

function sketchEachOption(shape: SchemaNode): readonly Sketched[] {
  return Object.entries(fieldsOf(shape)).flatMap(([name, field]): Sketched[] => {
    const value = isMapping(field) ? sketchOptions(field) : sketchValue(field);
    return [{ label: `${name}: …`, detail: field.title ?? '', sketch: fields({ [name]: value }) }];
  });
}

/** One of several shapes, with the constant that tells it. */
function sketchShape(shape: SchemaNode, tag: string): Sketched {
  const pairs = requiredFields(shape).map(([name, field]): readonly [string, Sketch] => {
    const [only, ...others] = allowedValues(field);
    return [name, only !== undefined && others.length === 0 ? formatFlow(only) : sketchValue(field)];
  });
  const constant = formatFlow(shape.properties?.[tag]?.const);
  return { label: `${tag}: ${constant}`, detail: shape.title ?? '', sketch: fields(Object.fromEntries(pairs)) };
}

function toOffer({ label, detail, whole, sketch }: Sketched, index: number, text: string, snippets: boolean): Offer {
  return {
    label,
    kind: CompletionItemKind.Snippet,
    detail,
    describe: previewOf(sketch),
    sort: `${whole === true ? '00' : '4'}${pad(index)}`,
    filter: label,
    text,
    isSnippet: snippets && hasStops(sketch),
    again: false,
  };
}

/** What it writes, as it will stand there. */
function previewOf(sketch: Fields): Describe {
  return () => `\`\`\`yaml\n${writeFields(sketch, { snippets: false, flow: false, indent: 0 })}\n\`\`\``;
}

function pad(index: number): string {
  return String(index).padStart(4, '0');
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
