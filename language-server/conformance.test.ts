import assert from 'node:assert/strict';
import type { CompletionItem, Hover, MarkupContent } from 'vscode-languageserver';
import { allowedValues, fieldsOf, rootSchema, type SchemaNode } from '../engine/documents/schema.ts';
import { documentKinds, languageIds, type DocumentKind } from '../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

interface Field {
  readonly kind: DocumentKind;
  readonly path: readonly (string | number)[];
  readonly schema: SchemaNode;
}

/** Every field of a schema, with a path that leads to it; maps with free names get the name `any`. */
function collectFields(kind: DocumentKind, node: SchemaNode = rootSchema(kind), path: Field['path'] = []): Field[] {
  const fields: Field[] = [];
  for (const [name, schema] of Object.entries(fieldsOf(node))) {
    fields.push({ kind, path: [...path, name], schema }, ...collectFields(kind, schema, [...path, name]));
  }
  if (typeof node.additionalProperties === 'object')
    fields.push(...collectFields(kind, node.additionalProperties, [...path, 'any']));
  if (node.items !== undefined) fields.push(...collectFields(kind, node.items, [...path, 0]));
  return fields;
}

/** A file with nothing but the way to one field, as a block; the last line is the field's own. */
function writeWayTo(path: Field['path'], value: string): string {
  let text = '';
  let indent = 0;
  let isItem = false;
  path.forEach((part, index) => {
    if (typeof part === 'number') {
      text += `${' '.repeat(indent)}- `;
      indent += 2;
      isItem = true;
      return;
    }
    const isLast = index === path.length - 1;
    text += `${isItem ? '' : ' '.repeat(indent)}${part}:${isLast ? ` ${value}` : ''}\n`;
    isItem = false;
    if (!isLast) indent += 2;
  });
  return text.trimEnd() + (value === '' ? ' ' : '');
}

const fields = documentKinds.flatMap(kind => collectFields(kind));

describe('every field of every schema', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient();
  });
  after(() => client.stop());

  async function ask<T>(method: string, kind: DocumentKind, text: string, line: number, character: number): Promise<T> {
    const uri = client.open('f.yaml', languageIds[kind], text);
    try {
      return await client.request<T>(method, { textDocument: { uri }, position: { line, character } });
    } finally {
      client.close(uri);
    }
  }

  it('has a title, a description and an example', () => {
    assert.ok(fields.length > 250);
    for (const { kind, path, schema } of fields) {
      assert.ok(schema.title && schema.description, `${kind} ${path.join('.')}`);
    }
  });

  it('has hover text', async () => {
    for (const { kind, path, schema } of fields) {
      const text = writeWayTo(path, 'x');
      const line = text.split('\n').length - 1;
      const character = (text.split('\n')[line] ?? '').indexOf(String(path.at(-1)));
      const found = await ask<Hover | null>('textDocument/hover', kind, text, line, character);
      const value = (found?.contents as MarkupContent | undefined)?.value ?? '';
      assert.ok(value.includes(schema.description ?? '-'), `${kind} ${path.join('.')}: ${value}`);
    }
  });

  it('is offered where it can stand', async () => {
    for (const { kind, path } of fields) {
      const text = writeWayTo(path, '').replace(/[^\n ]+: $/, '');
      const lines = text.split('\n');
      const items = await ask<CompletionItem[]>(
        'textDocument/completion',
        kind,
        text,
        lines.length - 1,
        lines.at(-1)?.length ?? 0,
      );
      assert.ok(
        items.some(item => item.label === path.at(-1)),
        `${kind} ${path.join('.')} in\n${text}`,
      );
    }
  });

  it('offers every value it lists', async () => {
    for (const { kind, path, schema } of fields) {
      const values = schema.type === 'array' || schema.type === 'object' ? [] : allowedValues(schema);
      if (values.length === 0) continue;
      const text = writeWayTo(path, '');
      const lines = text.split('\n');
      const items = await ask<CompletionItem[]>(
        'textDocument/completion',
        kind,
        text,
        lines.length - 1,
        lines.at(-1)?.length ?? 0,
      );
      for (const value of values)
        assert.ok(
          items.some(item => item.label === String(value)),
          `${kind} ${path.join('.')}: ${String(value)}`,
        );
    }
  });
});
