import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFiles } from '../../../platform/files/files.ts';
import { readGolden } from '../../../test/golden/read.ts';
import { readColumns } from '../columns.ts';
import { readRows } from '../rows.ts';
import { matchesGlob } from './glob.ts';
import type { DatasetPart } from './layout.ts';

const signal = new AbortController().signal;
const files = createFiles();
const fixtures = fileURLToPath(new URL('../../../test/fixtures/data/huggingface/', import.meta.url));

interface Golden {
  readonly train: readonly object[];
  readonly test: readonly object[];
  readonly cards: readonly { readonly config: string; readonly rows: readonly string[] }[];
}

async function read(folder: string, part: DatasetPart = {}) {
  const rows = [];
  for await (const batch of readRows(files, folder, undefined, signal, part)) rows.push(...batch);
  return rows.map(row => ({ ...row.values }));
}

describe('Hugging Face folders', () => {
  const golden = readGolden('huggingface.json') as Golden;
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-hf-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  function lay(name: string, content: Readonly<Record<string, string>>): string {
    for (const [file, text] of Object.entries(content)) {
      const full = path.join(folder, name, file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, text);
    }
    return path.join(folder, name);
  }

  for (const split of ['train', 'test'] as const) {
    it(`give the rows of the split ${split} over its shards, classes by name, as the datasets library does`, async () => {
      const rows = await read(path.join(fixtures, 'shards'), { split });
      const shown = rows.map(row => {
        const picture = row['picture'] as { readonly bytes: Uint8Array; readonly path: unknown };
        assert.equal(picture.path, null);
        return { ...row, picture: createHash('sha256').update(picture.bytes).digest('hex') };
      });
      assert.deepEqual(JSON.parse(JSON.stringify(shown)), golden[split]);
      // `save_to_disk` keeps the same rows.
      assert.deepEqual(await read(path.join(fixtures, 'saved'), { split }), rows);
    });
  }

  it('follow the configurations and classes of README.md', async () => {
    const card = path.join(fixtures, 'card');
    for (const { config, rows } of golden.cards) {
      const found = await read(card, { config });
      assert.deepEqual(
        found.map(row => row['text']),
        rows,
      );
      assert.ok(['negative', 'positive'].includes(String(found[0]?.['label'])));
    }
    assert.deepEqual(await read(card), await read(card, { config: 'en', split: 'test' }));
    await assert.rejects(read(card, { config: 'fr' }), /no configuration "fr"/);
  });

  it('tell splits by the names of files and folders', async () => {
    const row = (text: string) => JSON.stringify({ text });
    const plain = lay('plain', { 'train.jsonl': row('a'), 'my-test_1.jsonl': row('b'), 'notes.csv': 'x\n1\n' });
    assert.deepEqual(await read(plain, { split: 'test' }), [{ text: 'b' }]);
    const nested = lay('nested', { 'eval/0.csv': 'text\nc\n', 'training/0.csv': 'text\nd\n' });
    assert.deepEqual(await read(nested, { split: 'test' }), [{ text: 'c' }]);
    assert.deepEqual(await read(lay('silent', { 'one.jsonl': row('e') })), [{ text: 'e' }]);
    assert.deepEqual(await readColumns(files, plain, undefined, signal), ['text']);
    const configs = lay('configs', { 'en/test.jsonl': row('f'), 'de/test.jsonl': row('g') });
    assert.deepEqual(await read(configs, { config: 'de' }), [{ text: 'g' }]);
    await assert.rejects(read(configs, { config: '../plain' }), /no configuration/);
  });

  it('say which splits there are when the one asked for is not, or none was named', async () => {
    const shards = path.join(fixtures, 'shards');
    await assert.rejects(read(shards, { split: 'tset' }), /no split "tset" \(did you mean "test"\?\)/);
    await assert.rejects(read(shards), /several splits/);
    await assert.rejects(read(lay('empty', { 'x.txt': '' })), /no data files/);
    await assert.rejects(read(path.join(fixtures, 'saved')), /several splits/);
    const state = (name: string): string => JSON.stringify({ _data_files: [{ filename: name }] });
    await assert.rejects(read(lay('out', { 'state.json': state('../x.arrow') })), /names no files/);
    await assert.rejects(read(lay('dict', { 'dataset_dict.json': '{"splits":["../x"]}' })), /names a split/);
    await assert.rejects(
      read(lay('lost', { 'state.json': state('x.arrow') })),
      /x\.arrow cannot be read as Arrow: it is cut off|no file/,
    );
    await assert.rejects(read(lay('odd', { 'state.json': 'x' })), /no JSON object/);
  });

  it('refuse a class number without a name, and front matter that is no YAML', async () => {
    const info =
      'dataset_info:\n  features:\n  - name: label\n    dtype:\n      class_label:\n        names:\n          "0": no\n';
    const rows = '{"label":0}\n{"label":-1}\n{"label":5}\n';
    const wrong = lay('wrong', { 'README.md': `---\n${info}---\n`, 'test.jsonl': rows });
    await assert.rejects(read(wrong), /test\.jsonl:3: the column "label" has no class number 5/);
    await assert.rejects(read(lay('yaml', { 'README.md': '---\na: [\n---\n', 'test.jsonl': rows })), /no valid YAML/);
    await assert.rejects(read(lay('open', { 'README.md': '---\na: 1\n', 'test.jsonl': rows })), /no valid YAML/);
  });

  it('match patterns as shells do', () => {
    const matching: [string, string][] = [
      ['data/train-*', 'data/train-00000-of-00001.parquet'],
      ['**/test.csv', 'a/b/test.csv'],
      ['**/test.csv', 'test.csv'],
      ['en', 'en/x.jsonl'],
      ['data/[a-c]?.json', 'data/b1.json'],
      ['**', 'a/b'],
    ];
    for (const [pattern, file] of matching) assert.ok(matchesGlob(pattern, file), `${pattern} ${file}`);
    const others: [string, string][] = [
      ['data/*', 'data/x/y.csv'],
      ['*.csv', 'x.csv.gz'],
      ['data/[!a]*', 'data/ab'],
      ['en', 'english/x.jsonl'],
    ];
    for (const [pattern, file] of others) assert.ok(!matchesGlob(pattern, file), `${pattern} ${file}`);
    assert.ok(!matchesGlob('*a'.repeat(400), 'a'.repeat(390)));
  });
});
