import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { documentKinds, kindOfPath, type DocumentKind } from '../../engine/documents/kinds.ts';
import { rootSchema, type SchemaNode } from '../../engine/documents/schema.ts';
import { scalarText } from '../../engine/documents/values.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { collectMentions } from './collect.ts';
import { readTree } from './read-tree.ts';
import type { Where } from './rule.ts';
import { endsAt, fitsStep, rowAt, rowsOf } from './table.ts';

const where = (kind: DocumentKind): Where => ({
  uri: 'file:///w/a.yaml',
  path: '/w/a.yaml',
  kind,
  root: '/w',
  resolve: path.posix.resolve,
  parent: path.posix.dirname,
});

/** Texts of every kind, from the sample workspace and with what it lacks. */
function collectSeeds(): readonly (readonly [DocumentKind, string])[] {
  const folder = path.join(import.meta.dirname, '../../examples');
  const samples = readdirSync(folder, { recursive: true, encoding: 'utf8' }).flatMap(file => {
    const kind = kindOfPath(file);
    return kind === undefined ? [] : [[kind, readFileSync(path.join(folder, file), 'utf8')] as const];
  });
  return [
    ...samples,
    ['bench', "name: &n \"a\\u0041 🎈\"\r\ndataset: &d {path: 'it''s.csv', <<: {input: x}}\r\nmodels: [*n, gpt]\r\n"],
    ['tune', 'aspects: {a: {dataset: &d {path: d, input: x}}, b: {dataset: {<<: [*d, *d], path: e}}, c: *d}\n'],
    [
      'prompt',
      'messages:\n  - role: user\n    content: >+\n      A {{ b\n      }} {{ "c" ~ d.e }}\n\n\n  - {content: "{{a}}\\n\\x41{{b}}"}\n',
    ],
  ];
}

const pieces = [
  '"',
  "'",
  '\n',
  '\r\n',
  '\t',
  ': ',
  '- ',
  '{',
  '}',
  '[',
  ']',
  '*d',
  '&d ',
  '<<: *d',
  '#',
  '🎈',
  '|\n  ',
  '{{',
  '}}',
  '@',
  '..',
  '\\',
];

describe('names in a document', () => {
  it('have places inside the text that read as the name, however broken the text is', () => {
    const random = createSeeded(11);
    const seeds = collectSeeds();
    let checked = 0;
    for (let round = 0; round < 1_000; round++) {
      const [kind, seed] = seeds[round % seeds.length] ?? ['bench', ''];
      let text = seed;
      for (let edits = round < seeds.length ? 0 : 1 + Math.floor(random() * 4); edits > 0; edits--) {
        const at = Math.floor(random() * text.length);
        const cut = Math.floor(random() * 6);
        text = text.slice(0, at) + (pieces[Math.floor(random() * pieces.length)] ?? '') + text.slice(at + cut);
      }
      const read = readTree(kind, text);
      for (const { thing, range, hit, scalar, part } of collectMentions(read, where(kind))) {
        const [start, end] = [read.offsetAt(range.start), read.offsetAt(range.end)];
        assert.ok(start >= 0 && end <= text.length && start <= end, text);
        assert.ok(hit[0] <= hit[1] && hit[1] <= text.length, text);
        const written = text.slice(start, end);
        assert.ok(
          thing.kind === 'file' || scalar === undefined || scalarText(scalar).slice(...part) === thing.name,
          text,
        );
        // Escapes, doubled quotes and folded lines are written otherwise than they read.
        if (thing.kind === 'file' || /[\\'\n\r]/.test(written) || /[\r\n]| $/.test(thing.name)) continue;
        assert.equal(written, thing.name, text);
        checked += 1;
      }
    }
    assert.ok(checked > 5_000, String(checked));
  });

  it('are collected in bounded time from aliases of aliases', () => {
    const levels = Array.from({ length: 40 }, (_, index) => `- &l${index + 1} [*l${index}, *l${index}]`).join('\n');
    const text = `models:\n- &l0 [gpt]\n${levels}\nprompts: *l40\nmetrics: *l40\n`;
    assert.ok(collectMentions(readTree('bench', text), where('bench')).length < 200_000);
  });
});

/** What a description says of a field that names something. */
const tells: readonly RegExp[] = [
  /relative to this file/i,
  /^Path of a/,
  /\bcolumn\b/i,
  /connection.*by name|^The connection/i,
  /\bplatform under `compute`/,
  /^A Jinja template|, a Jinja template/,
];
/** Fields whose descriptions say so and which name nothing. */
const namesNothing: readonly (readonly [DocumentKind, string])[] = [
  // Values, and fields within an answer.
  ['bench', 'dataset.filter.*'],
  ['bench', 'dataset.filter.*.*'],
  ['bench', 'dataset.choices.*'],
  ['bench', 'metrics.*.regex.pattern'],
  ['workbench', 'connections.*.probabilities'],
  // Metrics that no tuning job can be measured by.
  ['tune', 'evaluation.metrics.*.fairness.slice'],
  ['tune', 'evaluation.metrics.*.pass-at-k.tests'],
  ['tune', 'evaluation.metrics.*.pass-at-k.entryPoint'],
];

describe('the table of names', () => {
  it('has a row for every field that the schemas say names a file, column, connection or platform', () => {
    const missing: string[] = [];
    let count = 0;
    for (const kind of documentKinds) {
      for (const { path: at, description } of textFields(rootSchema(kind), [], '')) {
        const field = at.join('.');
        if (!tells.some(tell => tell.test(description))) continue;
        if (namesNothing.some(([other, one]) => other === kind && one === field)) continue;
        count += 1;
        const fits = rowsOf(kind).some(
          row => endsAt(row, at.length) && at.every((step, depth) => fitsStep(row, depth, step)),
        );
        if (!fits) missing.push(`${kind} ${field}: ${description}`);
      }
    }
    assert.deepEqual(missing, []);
    assert.ok(count > 60, String(count));
  });

  it('says what stands at a place before anything is written there', () => {
    const places = [
      ['bench', ['gate', 3, 'model'], 'value', 'reference model'],
      ['bench', ['metrics', 0, 'f1'], 'key', 'declaration metric'],
      ['bench', ['metrics', 0, 'f1'], 'value', undefined],
      ['tune', ['evaluation', 'metrics', 1, 'judge', 'model'], 'value', 'reference connection'],
      ['prompt', ['messages', 0, 'content', 2, 'image'], 'value', 'reference variable (image)'],
      ['workbench', ['connections', 'a', 'path'], 'value', 'reference file (recorded answers)'],
      ['workbench', ['connections', 'a', 'body', 'b', 3, 'c'], 'value', 'reference variable'],
      ['workbench', ['connections', 'a'], 'value', undefined],
    ] as const;
    for (const [kind, path, on, expected] of places) {
      const row = rowAt(kind, path, on);
      const sort = row?.sort === undefined ? '' : ` (${row.sort.noun})`;
      assert.equal(row && `${row.role} ${row.names}${sort}`, expected, path.join('.'));
    }
    const column = rowAt('tune', ['aspects', 'a', 'dataset', 'slices', 0], 'value');
    assert.deepEqual(column?.datasetAt?.(['aspects', 'a', 'dataset', 'slices', 0]), ['aspects', 'a', 'dataset']);
  });
});

/** Every place where a text can be written, `*` for items and keys of any name. */
function* textFields(
  node: SchemaNode,
  at: readonly string[],
  above: string,
): Iterable<{ readonly path: readonly string[]; readonly description: string }> {
  const description = node.description ?? above;
  if (node.type === 'string' && node.enum === undefined && node.const === undefined) yield { path: at, description };
  for (const option of node.anyOf ?? []) yield* textFields(option, at, description);
  for (const [name, child] of Object.entries(node.properties ?? {})) yield* textFields(child, [...at, name], '');
  if (node.items !== undefined) yield* textFields(node.items, [...at, '*'], description);
  if (typeof node.additionalProperties === 'object')
    yield* textFields(node.additionalProperties, [...at, '*'], description);
}
