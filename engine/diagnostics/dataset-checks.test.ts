import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFiles } from '../../platform/files/files.ts';
import { checkBenchmark } from './benchmark-checks.ts';
import { parseDocument } from '../documents/parse.ts';
import { viewWorkspace } from './workspace-view.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/data/', import.meta.url));

describe('checks of a dataset', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-checks-'));
    writeFileSync(path.join(folder, 't.jsonl'), '{"id":1,"q":"a","a":"x","m":{"lang":"en"},"o":["x","y"]}\n');
    writeFileSync(path.join(folder, 'p.csv'), 'id,other\n1,b\n');
    mkdirSync(path.join(folder, 'parts'));
    writeFileSync(path.join(folder, 'parts', 'test.csv'), 'q,a\nb,x\n');
    mkdirSync(path.join(folder, 'silent'));
    writeFileSync(path.join(folder, 'silent', 'a.wav'), 'x');
    cpSync(path.join(fixtures, 'nested.parquet'), path.join(folder, 'n.parquet'));
    cpSync(path.join(fixtures, 'huggingface', 'shards'), path.join(folder, 'hub'), { recursive: true });
    cpSync(path.join(fixtures, 'huggingface', 'saved'), path.join(folder, 'saved'), { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  async function found(dataset: string, more = ''): Promise<string[]> {
    const parsed = parseDocument('bench', `name: x\ndataset: {${dataset}}\nmodels: [embedded:majority]\n${more}`);
    assert.deepEqual(parsed.diagnostics, []);
    const view = viewWorkspace(createFiles(), folder, undefined);
    const diagnostics = await checkBenchmark(parsed, view, new AbortController().signal);
    return diagnostics.map(
      ({ range, severity, code, message }) =>
        `${range.start.line + 1}:${range.start.character + 1} ${severity} ${code} ${message}`,
    );
  }

  async function expectFound(dataset: string, expected: readonly RegExp[], more = ''): Promise<void> {
    const actual = await found(dataset, more);
    assert.equal(actual.length, expected.length, actual.join('\n') || 'nothing found');
    expected.forEach((pattern, index) => assert.match(actual[index] ?? '', pattern));
  }

  const plain = 'path: t.jsonl, input: q, target: a, split: {test: 30%}';

  it('finds nothing wrong with any format that fits', async () => {
    await expectFound(plain, []);
    await expectFound(
      'path: t.jsonl, input: m.lang, target: [a, q], choices: o, filter: {m.lang: en}, split: {test: 30%}',
      [],
    );
    await expectFound(
      'path: n.parquet, input: point.name, target: deep.answers.text, split: {test: 50%, train: 20%}',
      [],
    );
    await expectFound('path: hub, input: text, target: label, images: picture, split: {train: train, test: test}', []);
    await expectFound('path: parts, input: q, target: a, split: {train: test.csv, test: test.csv}', [
      /^2:\d+ warning missing-split Training and test split are the same/,
    ]);
  });

  it('tells columns that are not there, wherever they are named', async () => {
    const named =
      'path: t.jsonl, input: q, target: [a, b], choices: {columns: [o, p]}, audio: s, images: [i], filter: {l: en}, slices: [z.y], split: {test: 30%, stratify: c}, sample: {rows: 3, stratify: d}';
    const columns = (await found(named)).map(
      line => /^2:\d+ error unknown-column .* no column `([^`]+)`/.exec(line)?.[1],
    );
    assert.deepEqual(columns.sort(), ['b', 'c', 'd', 'i', 'l', 'p', 's', 'z.y']);
    await expectFound('path: hub, input: txt, target: label, split: {train: train, test: test}', [
      /^2:29 error unknown-column `hub` has no column `txt`\. Did you mean `text`\? Its columns: `text`, `label`, `tags`, `meta` and `picture`/,
    ]);
  });

  it('tells splits that are none', async () => {
    await expectFound('path: hub, input: text, target: label, split: {train: train, test: tset}', [
      /^2:\d+ error missing-split `hub` has no such split: .*no split "tset" \(did you mean "test"\?\)/,
    ]);
    await expectFound('path: t.jsonl, input: q, target: a, split: {train: train, test: test}', [
      /^2:62 error missing-split `train` is no file, no share such as `30%`.* Add `field`/,
    ]);
    await expectFound('path: parts, input: q, target: a, split: {train: train.csv, test: test.csv}', [
      /^2:\d+ error missing-file There is no file `parts\/train\.csv`/,
    ]);
    await expectFound('path: saved, input: text, target: label, split: {train: train, test: test}', []);
    await expectFound('path: t.jsonl, format: huggingface, input: q, target: a, split: {test: 30%}', [/is no folder/]);
    await expectFound('path: hub, format: csv, input: q, target: a, split: {test: 30%}', [/`hub` is no file/]);
  });

  it('tells shares outside of the whole, at their place', async () => {
    const at = (split: string): string => `path: t.jsonl, input: q, target: a, split: ${split}`;
    await expectFound(at('{test: 130%}'), [/^2:\d+ error out-of-range A share lies above 0% .* `130%`/]);
    await expectFound(at('{test: 0%}'), [/out-of-range/]);
    await expectFound(at('{test: -5%}'), [/out-of-range/]);
    await expectFound(at('{train: 80%, test: 30%}'), [
      /^2:\d+ error out-of-range Training and test share are more than/,
    ]);
    await expectFound(at('{train: rest, test: 30%}'), [/bad-format `rest` is no share/]);
  });

  it('tells a missing input, target or transcript', async () => {
    await expectFound('path: t.jsonl, target: a, split: {test: 30%}', [/^2:1 error missing-field Missing `input`/]);
    await expectFound('path: t.jsonl, input: q, split: {test: 30%}', [
      /^2:1 error missing-field Missing `target` in `dataset`\. .* which `exact-match` needs/,
    ]);
    await expectFound('path: silent, format: wav-folder, split: {test: 30%}', [/a\.wav has no transcript/]);
  });

  it('tells perturbations that do not fit', async () => {
    await expectFound(plain, [], 'perturbations: [typos, {case: {to: upper}}, {case: {to: lower}}]\n');
    await expectFound(
      plain,
      [/^4:24 error duplicate-item The perturbation `typos` is there twice/],
      'perturbations: [typos, {typos: {seed: 3}}]\n',
    );
    await expectFound(plain, [/^4:17 error metric-unsuitable Noise is mixed into sound/], 'perturbations: [noise]\n');
    const own = 'perturbations: [{paraphrases: {path: p.csv, key: id, column: other}}]\n';
    await expectFound(plain, [], own);
    await expectFound(plain, [/^4:\d+ error missing-file There is no file `q\.csv`/], own.replace('p.csv', 'q.csv'));
    await expectFound(
      plain,
      [/`p\.csv` has no column `othre`\. Did you mean `other`\?/],
      own.replace('other', 'othre'),
    );
    await expectFound(plain, [/`p\.csv` has no column `q`/], own.replace('key: id', 'key: q'));
    const unknown = parseDocument('bench', `name: x\ndataset: {${plain}}\nmodels: [gpt]\nperturbations: [tpyos]\n`);
    assert.match(unknown.diagnostics[0]?.message ?? '', /Did you mean `typos`\?/);
    assert.equal(unknown.diagnostics.length, 1);
  });
});
