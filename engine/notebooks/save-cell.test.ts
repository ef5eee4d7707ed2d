import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { documentKinds, kindOfPath, languageIds, type DocumentKind } from '../documents/kinds.ts';
import { parseDocument } from '../documents/parse.ts';
import { pathFields } from '../documents/path-fields.ts';
import { rootSchema, type SchemaNode } from '../documents/schema.ts';
import { makeCellFolder, result, type CellFolder } from '../../test/fakes/cells.ts';
import { writeCellAsFile, writeFileAsCell } from './save-cell.ts';

const signal = new AbortController().signal;
const rows = '{"text":"a","category":"x"}\n{"text":"b","category":"y"}\n';
const bench = `# ours
name: triage # short
dataset:
  path: ../data/rows.jsonl # 2 rows
  input: text
  target: category
  card: '../cards/rows.md'
  split: {test: 50%}
prompts: [ask.prompt.yml, ./other.prompt.yml, /abs/x.prompt.yml]
models: [embedded:knn]
metrics:
  - {judge: {rubric: "rubric.md", model: gpt}}
  - {toxicity: {words: ../words.txt}}
`;

describe('writeCellAsFile', () => {
  let folder: CellFolder;
  before(async () => {
    folder = await makeCellFolder({ 'data/rows.jsonl': rows, 'benches/t.bench.yaml': bench });
  });
  after(() => folder.remove());

  const save = (text: string, path: string, language = 'aiwb-bench', results = [result('t', 'tune', 'id-1')]) =>
    writeCellAsFile({ notebook: folder.notebook, language, text }, results, folder.at(path), folder.ports, signal);

  it('takes the name of the result out, and makes paths start from the file', async () => {
    const text = `as: first\n${bench}`;
    assert.equal(await save(text, 'notes/t.bench.yaml'), bench);
    assert.equal(
      await save(text, 't.bench.yaml'),
      bench
        .replace('../data', 'data')
        .replace(`'../cards/rows.md'`, 'cards/rows.md')
        .replace('[ask.prompt.yml, ./other.prompt.yml', '[notes/ask.prompt.yml, ./notes/other.prompt.yml')
        .replace('"rubric.md"', 'notes/rubric.md')
        .replace('../words', 'words'),
    );
    assert.equal(await save(`${bench}as: last-one`, 'notes/a/t.bench.yaml'), await save(bench, 'notes/a/t.bench.yaml'));
  });

  it('writes out a file that is used, and names results by their runs', async () => {
    const text = 'use: ../benches/t.bench.yaml\nas: x\nmodels: [checkpoint:t@2]\nprompts: [p.prompt.yml]';
    const saved = await save(text, 'deep/er/t.bench.yaml');
    assert.deepEqual(parse(saved), {
      ...(parse(bench) as object),
      dataset: {
        path: '../../data/rows.jsonl',
        input: 'text',
        target: 'category',
        card: '../../cards/rows.md',
        split: { test: '50%' },
      },
      prompts: ['../../notes/p.prompt.yml'],
      models: ['checkpoint:id-1@2'],
      metrics: [
        { judge: { rubric: '../../benches/rubric.md', model: 'gpt' } },
        { toxicity: { words: '../../words.txt' } },
      ],
    });
    assert.ok(saved.startsWith('# ours\nname: triage # short\n'));
    assert.ok(saved.includes('# 2 rows'));
  });

  it('leaves out what a prompt is tried with', async () => {
    const prompt = 'messages:\n  - {role: user, content: "{{text}}"}\n';
    assert.equal(await save(`${prompt}models: [gpt]\nvalues: {text: hi}\n`, 'p.prompt.yml', 'aiwb-prompt'), prompt);
  });

  it('saves only what files can hold, under names that say so', async () => {
    await assert.rejects(save('compare: [a, b]', 'x.bench.yaml'), /stands in notebooks only/);
    await assert.rejects(save('# nothing', 'x.bench.yaml'), /empty/);
    await assert.rejects(save(bench, 'x.tune.yaml'), /not the cell's kind/);
    await assert.rejects(save(bench, 'x.yaml'), /not the cell's kind/);
    await assert.rejects(save('name: [', 'x.bench.yaml'), /story\.ipynb:1/);
  });
});

describe('writeFileAsCell', () => {
  let folder: CellFolder;
  before(async () => {
    folder = await makeCellFolder({
      'data/rows.jsonl': rows,
      'benches/t.bench.yaml': bench,
      'benches/broken.bench.yaml': 'a: [',
      'notes/a file.tune.yaml': 'name: x\n',
    });
  });
  after(() => folder.remove());

  const open = (path: string, how: 'copy' | 'use') =>
    writeFileAsCell(folder.at(path), folder.notebook, how, folder.ports.files, signal);

  it('copies the text, with paths that start from the notebook', async () => {
    const { language, text } = await open('benches/t.bench.yaml', 'copy');
    assert.equal(language, 'aiwb-bench');
    assert.equal(
      `${text}\n`,
      bench
        .replace('[ask.prompt.yml, ./other.prompt.yml', '[../benches/ask.prompt.yml, ../benches/other.prompt.yml')
        .replace('"rubric.md"', '../benches/rubric.md'),
    );
  });

  it('names the file, where that is wanted', async () => {
    assert.deepEqual(await open('benches/t.bench.yaml', 'use'), {
      language: 'aiwb-bench',
      text: 'use: ../benches/t.bench.yaml',
    });
    const { text, language } = await open('notes/a file.tune.yaml', 'use');
    assert.deepEqual(parse(text), { use: 'a file.tune.yaml' });
    assert.equal(language, 'aiwb-tune');
  });

  it('opens only what cells can hold', async () => {
    await assert.rejects(open('data/rows.jsonl', 'copy'), /nothing that a cell can hold/);
    await assert.rejects(open('benches/broken.bench.yaml', 'copy'), /broken\.bench\.yaml:1/);
    await assert.rejects(open('benches/none.bench.yaml', 'copy'), /none\.bench\.yaml/);
  });
});

/** The schemas that a field's steps lead to, with the value's way there made of real keys and items. */
function* resolve(
  node: SchemaNode,
  steps: readonly string[],
  way: readonly (string | number)[] = [],
): Iterable<readonly (string | number)[]> {
  const [step, ...rest] = steps;
  if (step === undefined) {
    if (node.type === 'string' || (node.anyOf ?? []).some(option => option.type === 'string')) yield way;
    return;
  }
  if (node.items !== undefined && step === '*') yield* resolve(node.items, rest, [...way, 0]);
  for (const [key, child] of Object.entries(node.properties ?? {}))
    if (step === '*' || step === key) yield* resolve(child, rest, [...way, key]);
  if (typeof node.additionalProperties === 'object' && step === '*')
    yield* resolve(node.additionalProperties, rest, [...way, 'any']);
  for (const option of node.anyOf ?? []) yield* resolve(option, steps, way);
}

/** Every field of a schema whose text is said to be a path or a file. */
function* saidPaths(node: SchemaNode, way: readonly string[] = []): Iterable<string> {
  const words = `${node.title ?? ''} ${node.description ?? ''}`;
  const isText = node.type === 'string' || (node.anyOf ?? []).some(option => option.type === 'string');
  if (isText && /relative to (this file|the notebook)|^Prompt file|PEM file|folder and stays in/i.test(words))
    yield way.join('.');
  for (const [key, child] of Object.entries(node.properties ?? {})) yield* saidPaths(child, [...way, key]);
  if (node.items !== undefined) yield* saidPaths(node.items, [...way, '*']);
  if (typeof node.additionalProperties === 'object') yield* saidPaths(node.additionalProperties, [...way, '*']);
  for (const option of node.anyOf ?? []) yield* saidPaths(option, way);
}

function put(way: readonly (string | number)[], text: string): unknown {
  const [step, ...rest] = way;
  if (step === undefined) return text;
  return typeof step === 'number' ? [put(rest, text)] : { [step]: put(rest, text) };
}

function textAt(value: unknown, way: readonly (string | number)[]): unknown {
  return way.reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], value);
}

describe('every path of every schema', () => {
  const cellKinds: readonly DocumentKind[] = ['bench', 'tune', 'policy', 'trial', 'prompt', 'workbench'];

  it('is in the one list of them', () => {
    for (const kind of cellKinds) {
      const listed = pathFields(kind).map(
        ({ field }) => new RegExp(`^${field.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`),
      );
      for (const said of new Set(saidPaths(rootSchema(kind))))
        assert.ok(
          listed.some(field => field.test(said)),
          `${kind}: ${said}`,
        );
    }
  });

  it('leads to a text of the schema', () => {
    for (const kind of cellKinds)
      for (const { field } of pathFields(kind))
        assert.notDeepEqual([...resolve(rootSchema(kind), field.split('.'))], [], `${kind}: ${field}`);
  });

  it('keeps its meaning in a copied cell, and in a saved file', async () => {
    const folder = await makeCellFolder({ 'benches/here.bin': 'x', 'benches/x.md': 'x' });
    try {
      for (const kind of ['bench', 'tune', 'policy', 'trial'] as const)
        for (const { field, prefix = '' } of pathFields(kind))
          for (const way of resolve(rootSchema(kind), field.split('.'))) {
            const ending = { bench: 'bench.yaml', tune: 'tune.yaml', policy: 'policy.yaml', trial: 'prompt.yml' }[kind];
            await folder.write({
              [`benches/f.${ending}`]: `# told\n${JSON.stringify(put(way, `${prefix}here.bin`))}\n`,
            });
            const cell = await writeFileAsCell(
              folder.at(`benches/f.${ending}`),
              folder.notebook,
              'copy',
              folder.ports.files,
              signal,
            );
            assert.equal(textAt(parse(cell.text), way), `${prefix}../benches/here.bin`, `${kind} ${way.join('.')}`);
            assert.ok(cell.text.startsWith('# told'));
          }
    } finally {
      await folder.remove();
    }
  });
});

describe('examples', () => {
  const examples = new URL('../../examples/', import.meta.url);
  for (const name of [
    'triage.bench.yaml',
    'core.tune.yaml',
    'policies/fair-service.policy.yaml',
    'prompts/triage.prompt.yml',
  ]) {
    it(`${name} means the same as a cell that uses it, and as its copy`, async () => {
      const text = await readFile(new URL(name, examples), 'utf8');
      const folder = await makeCellFolder({ [name]: text });
      try {
        const kind = kindOfPath(name);
        assert.ok(kind !== undefined && documentKinds.includes(kind));
        const copy = await writeFileAsCell(folder.at(name), folder.notebook, 'copy', folder.ports.files, signal);
        assert.equal(copy.language, languageIds[kind]);
        const source = { notebook: folder.notebook, language: copy.language };
        const path = folder.at(name);
        const back = await writeCellAsFile({ ...source, text: copy.text }, [], path, folder.ports, signal);
        assert.equal(back, text);
        assert.notEqual(parseDocument(kind, back).value, undefined);
        const used = await writeFileAsCell(path, folder.notebook, 'use', folder.ports.files, signal);
        assert.equal(await writeCellAsFile({ ...source, text: used.text }, [], path, folder.ports, signal), text);
      } finally {
        await folder.remove();
      }
    });
  }
});
