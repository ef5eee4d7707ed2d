import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Dataset } from '../../schemas/generated/files.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { AskedRow, DatasetSelection } from './asked-row.ts';
import { readTrainingRows, scanDataset } from './scan.ts';
import { readAskedRows } from './selection.ts';

const signal = new AbortController().signal;
const files = createFiles();
const digest = createDigest();

describe('the selection of rows', () => {
  let folder = '';
  before(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-select-'))));
  after(() => rmSync(folder, { recursive: true, force: true }));

  let count = 0;
  function selectFrom(
    rows: readonly object[],
    dataset: Partial<Dataset>,
    more: Partial<DatasetSelection> = {},
  ): DatasetSelection {
    const file = path.join(folder, `${(count += 1)}.jsonl`);
    writeFileSync(file, rows.map(row => JSON.stringify(row)).join('\n'));
    return { path: file, dataset: { path: file, input: 'q', target: 'a', ...dataset }, limit: undefined, ...more };
  }

  async function asked(selection: DatasetSelection): Promise<AskedRow[]> {
    const rows: AskedRow[] = [];
    for await (const batch of readAskedRows(files, digest, selection, signal)) rows.push(...batch);
    return rows;
  }

  const inputsOf = (rows: readonly AskedRow[]): string[] => rows.map(row => row.input);
  const trained = async (selection: DatasetSelection): Promise<string[]> =>
    (await readTrainingRows(files, digest, selection, signal)).rows.map(row => row.text);

  const many = Array.from({ length: 1000 }, (_, at) => ({ q: `q${at}`, a: at % 10 === 0 ? 'rare' : 'common' }));

  it('splits by shares: about as many as said, no row in both, and where they are when rows are added', async () => {
    const split = { test: '30%', seed: 3 };
    const selection = selectFrom(many, { split });
    const test = inputsOf(await asked(selection));
    // Three standard deviations of a binomial with n 1000 and p 0.3.
    assert.ok(Math.abs(test.length - 300) < 44, String(test.length));
    const train = await trained(selection);
    assert.equal(new Set([...test, ...train]).size, 1000);
    assert.equal(test.length + train.length, 1000);
    const grown = [{ q: 'new', a: 'common' }, ...many, { q: 'newer', a: 'rare' }];
    const later = inputsOf(await asked(selectFrom(grown, { split }))).filter(input => !input.startsWith('new'));
    assert.deepEqual(later, test);
    assert.notDeepEqual(inputsOf(await asked(selectFrom(many, { split: { ...split, seed: 4 } }))), test);
    const small = await trained(selectFrom(many, { split: { ...split, train: '20%' } }));
    assert.ok(small.length < 250 && small.every(text => train.includes(text)));
  });

  it('keeps equal rows on one side of a split by shares', async () => {
    const doubled = [...many, ...many];
    const selection = selectFrom(doubled, { split: { test: '30%' } });
    const test = new Set(inputsOf(await asked(selection)));
    assert.ok((await trained(selection)).every(text => !test.has(text)));
  });

  it('splits exactly in every stratum on demand', async () => {
    const selection = selectFrom(many, { split: { test: '25%', stratify: 'a' } });
    const rows = await asked(selection);
    assert.deepEqual([rows.length, rows.filter(row => row.target === 'rare').length], [250, 25]);
    const train = await trained(selection);
    assert.equal(train.length, 750);
    assert.ok(rows.every(row => !train.includes(row.input)));
    const less = await trained(selectFrom(many, { split: { test: '25%', train: '10%', stratify: 'a' } }));
    assert.equal(less.length, 100);
    assert.ok(less.every(text => train.includes(text)));
  });

  it('refuses shares of more than the whole', async () => {
    for (const split of [
      { test: '0%' },
      { test: '101%' },
      { test: '60%', train: '50%' },
      { test: '30%', train: 'rest' },
    ]) {
      await assert.rejects(asked(selectFrom(many, { split })), /no shares of one whole/);
    }
    await assert.rejects(
      scanDataset(files, digest, selectFrom(many.slice(0, 3), { split: { test: '0.001%' } }), signal),
      {
        code: 'dataset-empty',
        message: /the share 0\.001% holds no row/,
      },
    );
  });

  it('samples the same rows again, exactly as many as said, in file order', async () => {
    const sample = { rows: 100, seed: 5 };
    const first = inputsOf(await asked(selectFrom(many, { sample })));
    assert.equal(first.length, 100);
    assert.deepEqual(first, inputsOf(await asked(selectFrom(many, { sample }))));
    const order = first.map(input => Number(input.slice(1)));
    assert.deepEqual(
      order,
      order.toSorted((a, b) => a - b),
    );
    assert.notDeepEqual(inputsOf(await asked(selectFrom(many, { sample: { ...sample, seed: 6 } }))), first);
    const strata = await asked(selectFrom(many, { sample: { rows: 50, stratify: 'a' } }));
    assert.deepEqual([strata.length, strata.filter(row => row.target === 'rare').length], [50, 5]);
    assert.equal((await asked(selectFrom(many.slice(0, 7), { sample }))).length, 7);
    const equal = Array.from({ length: 20 }, () => ({ q: 'same', a: 'x' }));
    assert.equal((await asked(selectFrom(equal, { sample: { rows: 6 } }))).length, 6);
  });

  it('samples what the split leaves, then takes the first rows', async () => {
    const whole = inputsOf(await asked(selectFrom(many, { split: { test: '30%' } })));
    const sampled = await asked(selectFrom(many, { split: { test: '30%' }, sample: { rows: 40 } }));
    assert.equal(sampled.length, 40);
    assert.ok(inputsOf(sampled).every(input => whole.includes(input)));
    const limited = await asked(selectFrom(many, { split: { test: '30%' }, sample: { rows: 40 } }, { limit: 5 }));
    assert.deepEqual(inputsOf(limited), inputsOf(sampled).slice(0, 5));
    assert.deepEqual(
      limited.map(row => row.index),
      [0, 1, 2, 3, 4],
    );
  });

  it('filters by one value or several, also inside a column', async () => {
    const rows = [
      { q: '1', a: 'x', m: { language: 'en', stars: 3 } },
      { q: '2', a: 'x', m: { language: 'de', stars: 4 } },
      { q: '3', a: 'x', m: { language: null, stars: 4 } },
    ];
    const filtered = async (filter: Dataset['filter']) => inputsOf(await asked(selectFrom(rows, { filter })));
    assert.deepEqual(await filtered({ 'm.language': 'en' }), ['1']);
    assert.deepEqual(await filtered({ 'm.language': ['en', 'de'], 'm.stars': 4 }), ['2']);
    await assert.rejects(filtered({ 'm.langauge': 'en' }), { code: 'dataset-column-missing' });
    await assert.rejects(scanDataset(files, digest, selectFrom(rows, { filter: { q: '9' } }), signal), {
      code: 'dataset-empty',
      message: /no row passes the filter/,
    });
  });

  it('reads a split from files of its own', async () => {
    const inside = path.join(folder, 'parts');
    mkdirSync(inside);
    writeFileSync(path.join(inside, 'train.csv'), 'q,a\nlearnt,x\n');
    writeFileSync(path.join(inside, 'test.jsonl'), '{"q":"asked","a":"y"}\n');
    const split = { train: 'train.csv', test: 'test.jsonl' };
    for (const base of [inside, path.join(inside, 'test.jsonl')]) {
      const selection = { path: base, dataset: { path: base, input: 'q', target: 'a', split }, limit: undefined };
      assert.deepEqual(inputsOf(await asked(selection)), ['asked']);
      assert.deepEqual(await trained(selection), ['learnt']);
      const hub = { ...selection, dataset: { ...selection.dataset, split: { train: 'train', test: 'test' } } };
      if (base === inside) assert.deepEqual(await trained(hub), ['learnt']);
      else await assert.rejects(asked(hub), /no file, no share, and no split of a folder/);
    }
  });

  it('takes several answers from columns or from a list', async () => {
    const rows = [
      { q: '1', a: 'x', b: 'y', l: ['u', 'v'] },
      { q: '2', a: 'x', b: null, l: ['w'] },
    ];
    const targets = async (target: Dataset['target']) =>
      (await asked(selectFrom(rows, { target }))).map(row => row.target);
    assert.deepEqual(await targets(['a', 'b']), ['["x","y"]', '["x"]']);
    assert.deepEqual(await targets('l'), ['["u","v"]', '["w"]']);
    const selection = selectFrom(rows, {});
    const open = await asked({ ...selection, dataset: { path: selection.path, input: 'q' } });
    assert.ok(open.every(row => row.target === ''));
    await assert.rejects(targets(['missing']), { code: 'dataset-column-missing' });
    await assert.rejects(asked(selectFrom([{ q: '1', a: null, b: null }], { target: ['a', 'b'] })), /"a" is empty/);
  });

  it('means the text of an option, however the target says it', async () => {
    const options = ['red', 'green', 'blue'];
    const target = async (a: unknown, choices: Dataset['choices'], more: object = {}) =>
      (await asked(selectFrom([{ q: '1', a, o: options, ...more }], { choices })))[0];
    for (const a of ['green', 'B', 'b', '(b)', 'B.', 1, '1']) {
      const row = await target(a, 'o');
      assert.deepEqual([row?.target, row?.choices], ['green', options], String(a));
    }
    assert.equal((await target('yes', ['yes', 'no']))?.target, 'yes');
    assert.equal((await target(0, { columns: ['x', 'y'] }, { x: 'left', y: 'right' }))?.target, 'left');
    const arc = { text: ['p', 'q'], label: ['1', '2'] };
    assert.equal((await target('2', 'o', { o: arc }))?.target, 'q');
    assert.equal((await target('2', 'o', { o: JSON.stringify(arc) }))?.target, 'q');
    // A number means a position even where an option is that number.
    assert.equal((await target(2, 'o', { o: ['2', '3', '4'] }))?.target, '4');
    assert.equal((await target('2', 'o', { o: ['2', '3', '4'] }))?.target, '2');
    for (const a of ['purple', 'D', 3, -1, '']) await assert.rejects(target(a, 'o'), /none of the 3 options/);
    await assert.rejects(target('x', 'o', { o: 'red' }), /no list of options/);
  });

  it('changes the digest of a row with its options, and with nothing that it has not', async () => {
    const row = { q: '1', a: 'yes', o: ['yes', 'no'] };
    const plain = (await asked(selectFrom([row], {})))[0]?.digest;
    const chosen = (await asked(selectFrom([row], { choices: 'o' })))[0]?.digest;
    const other = (await asked(selectFrom([{ ...row, o: ['yes', 'maybe'] }], { choices: 'o' })))[0]?.digest;
    assert.equal(new Set([plain, chosen, other]).size, 3);
    assert.equal(plain, digest.sha256(JSON.stringify(['1', 'yes', {}])));
  });
});
