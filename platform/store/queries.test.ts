import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { RunWriter, SampleRecord, Store } from '../../engine/ports/store.ts';
import type { SampleQuery, SampleRow } from '../../schemas/generated/messages.ts';
import {
  createSetClock,
  makePlan,
  makeProgress,
  makeSample,
  makeSamples,
  makeStoreFolder,
  spec,
  without,
} from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { openStore } from './store.ts';

describe('queries over samples', () => {
  const clock = createSetClock();
  let folder = '';
  let store: Store;

  before(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
  });
  after(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const start = async (id: string, samples: readonly SampleRecord[]): Promise<RunWriter> => {
    await store.createRun({ id, spec, createdAt: clock.now() });
    const writer = await store.openWriter(id, describeHost());
    await writer.begin(makePlan());
    await writer.append(samples, makeProgress());
    return writer;
  };
  const collectPages = async (query: SampleQuery): Promise<SampleRow[]> => {
    const rows: SampleRow[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await store.querySamples({ ...query, after });
      assert.ok(page.rows.length <= query.limit);
      rows.push(...page.rows);
      after = page.next;
    }
    return rows;
  };

  describe('pages of samples', () => {
    before(async () => {
      const failure = { class: 'rate-limit', message: '429' } as const;
      const unanswered = without(makeSample(20, { failure, scores: {} }), 'right', 'output');
      await start('pages', [
        ...makeSamples(20),
        ...makeSamples(20, { variant: 1, right: true }),
        unanswered,
        makeSample(21, { input: '100% of_it', output: 'back\\slash' }),
      ]);
      await start('between', makeSamples(5, { input: 'elsewhere', rowDigest: 'ab'.repeat(32) }).slice(0, 1));
    });

    it('come in the order of storing, by key and never by offset', async () => {
      const rows = await collectPages({ runId: 'pages', limit: 7 });
      assert.deepEqual(
        rows.map(row => row.id),
        Array.from({ length: 42 }, (_, index) => index + 1),
      );
      assert.equal((await store.querySamples({ runId: 'pages', limit: 42 })).next, undefined);
      const [first] = rows;
      assert.deepEqual(first, {
        id: 1,
        variant: 0,
        row: 0,
        repeat: 0,
        state: 'answered',
        input: 'question 0',
        target: 'label-0',
        output: 'label-0',
        scores: { 'exact-match': 1 },
        slices: { region: 'north' },
        latencyMs: 10,
        inputTokens: 7,
        attempts: 1,
      });
    });

    it('can be narrowed to a variant, wrong or failed ones, or a text', async () => {
      const count = async (query: Partial<SampleQuery>): Promise<number> => {
        const rows = await collectPages({ runId: 'pages', limit: 3, ...query });
        const { total } = await store.querySamples({ runId: 'pages', limit: 1, ...query });
        assert.equal(rows.length, total);
        return total;
      };
      assert.equal(await count({}), 42);
      assert.equal(await count({ variant: 1 }), 20);
      assert.equal(await count({ variant: 9 }), 0);
      assert.equal(await count({ filter: 'wrong' }), 11);
      assert.equal(await count({ filter: 'wrong', variant: 1 }), 0);
      assert.equal(await count({ filter: 'failed' }), 1);
      assert.equal(await count({ filter: 'failed', variant: 1 }), 0);
      assert.equal(await count({ text: 'QUESTION 1' }), 22);
      assert.equal(await count({ text: 'question 1', variant: 1, filter: 'wrong' }), 0);
      assert.equal(await count({ text: '0% of' }), 1);
      assert.equal(await count({ text: '%' }), 1);
      assert.equal(await count({ text: '_' }), 1);
      assert.equal(await count({ text: '\\' }), 1);
      assert.equal(await count({ text: '' }), 42);
    });

    it('can be narrowed to a slice, with every other choice, and page through it', async () => {
      const odd = { 'say "when"': 'a\\b', region: 'say "when"', größe: '' };
      await start('sliced', [
        ...makeSamples(20),
        ...makeSamples(20, { variant: 1, right: true }),
        makeSample(30, { rowDigest: 'cd'.repeat(32), slices: odd }),
        without(
          makeSample(31, {
            rowDigest: 'ef'.repeat(32),
            slices: {},
            failure: { class: 'timeout', message: 'late' },
            scores: {},
          }),
          'right',
        ),
      ]);
      const count = async (column: string, value: string, query: Partial<SampleQuery> = {}): Promise<number> => {
        const asked = { runId: 'sliced', limit: 3, slice: { column, value }, ...query };
        const rows = await collectPages(asked);
        assert.ok(rows.every(({ slices }) => slices[column] === value));
        assert.equal((await store.querySamples({ ...asked, limit: 1 })).total, rows.length);
        return rows.length;
      };
      assert.equal(await count('region', 'north'), 20);
      assert.equal(await count('region', 'south'), 20);
      assert.equal(await count('region', 'south', { variant: 0 }), 10);
      assert.equal(await count('region', 'south', { filter: 'wrong' }), 10);
      assert.equal(await count('region', 'south', { filter: 'wrong', variant: 1 }), 0);
      assert.equal(await count('region', 'north', { filter: 'failed' }), 0);
      assert.equal(await count('region', 'north', { text: 'question 1', variant: 1 }), 5);
      assert.equal(await count('say "when"', 'a\\b'), 1);
      assert.equal(await count('region', 'say "when"'), 1);
      assert.equal(await count('größe', ''), 1);
      assert.equal(await count('region', ''), 0, 'no such column is not an empty value');
      assert.equal(await count('region', "north' OR 1"), 0);
      assert.equal(await count('$.region', 'north'), 0);
      assert.equal((await store.querySamples({ runId: 'sliced', limit: 1 })).total, 42);
    });

    it('count what was added since', async () => {
      const writer = await start('growing', makeSamples(2));
      assert.equal((await store.querySamples({ runId: 'growing', limit: 1 })).total, 2);
      await writer.append(makeSamples(3, {}, 2), makeProgress());
      assert.equal((await store.querySamples({ runId: 'growing', limit: 1 })).total, 5);
    });
  });

  describe('disagreements', () => {
    it('list rows that some variants answer right and others wrong, in order of row', async () => {
      await start('within', [
        ...makeSamples(10, { right: true }).reverse(),
        ...makeSamples(10, { variant: 1 }),
        ...makeSamples(10, { variant: 1, repeat: 1, right: false }),
      ]);
      const all = await store.queryDisagreements({ runIds: ['within'], limit: 100 });
      assert.deepEqual(
        all.rows.map(row => row.row),
        [1, 3, 5, 7, 9],
      );
      assert.equal(all.total, 5);
      assert.equal(all.next, undefined);
      assert.deepEqual(all.rows[0], {
        row: 1,
        input: 'question 1',
        target: 'label-1',
        answers: [
          { output: 'label-1', right: true },
          { output: 'label-1', right: false },
        ],
      });
      const first = await store.queryDisagreements({ runIds: ['within'], limit: 2 });
      assert.equal(first.next, 3);
      const second = await store.queryDisagreements({ runIds: ['within'], limit: 2, after: 3 });
      assert.deepEqual(
        second.rows.map(row => row.row),
        [5, 7],
      );
    });

    it('join runs over equal rows wherever they stand, and show missing answers as such', async () => {
      await start('left', makeSamples(4, { right: true }));
      await start('right', [
        makeSample(3, { row: 0, right: false }),
        makeSample(9, { row: 1, right: false }),
        makeSample(1, { row: 2, right: true }),
      ]);
      const page = await store.queryDisagreements({ runIds: ['left', 'right'], limit: 10 });
      assert.equal(page.total, 1);
      assert.deepEqual(page.rows[0]?.answers, [
        { output: 'label-1', right: true },
        null,
        { output: 'label-1', right: false },
        null,
      ]);
      assert.equal(page.rows[0].row, 3);
      const reversed = await store.queryDisagreements({ runIds: ['right', 'left'], limit: 10 });
      assert.equal(reversed.rows[0]?.row, 0);
    });

    it('keep rows of one position together', async () => {
      await start('a', [makeSample(50, { row: 0, right: true }), makeSample(50, { variant: 1, row: 0, right: false })]);
      await start('b', [makeSample(51, { row: 0, right: true }), makeSample(51, { variant: 1, row: 0, right: false })]);
      const page = await store.queryDisagreements({ runIds: ['a', 'b'], limit: 1 });
      assert.equal(page.total, 2);
      assert.equal(page.rows.length, 2);
      assert.equal(page.next, undefined);
      const empty = await store.queryDisagreements({ runIds: ['growing'], limit: 1 });
      assert.deepEqual(empty, { rows: [], total: 0 });
    });
  });

  describe('pairs', () => {
    const pair = { runA: 'paired', variantA: 0, runB: 'paired', variantB: 1 };

    before(async () => {
      const undecided = without(makeSample(5), 'right');
      await start('paired', [
        ...[true, true, false, false, true].map((right, row) => makeSample(row, { right, scores: { f1: row / 8 } })),
        ...[true, false, true, false, true].map((right, row) =>
          makeSample(row, { variant: 1, right, scores: { f1: 0.25 }, latencyMs: 8 }),
        ),
        makeSample(0, { repeat: 1, right: false, scores: { f1: 1 } }),
        undecided,
        makeSample(5, { variant: 1 }),
        makeSample(6),
      ]);
    });

    it('count who was right on rows decided for both', async () => {
      assert.deepEqual(await store.pairCounts(pair), { bothRight: 2, onlyA: 1, onlyB: 1, bothWrong: 1 });
      const none = { bothRight: 0, onlyA: 0, onlyB: 0, bothWrong: 0 };
      assert.deepEqual(await store.pairCounts({ ...pair, variantB: 7 }), none);
    });

    it('give the difference of means over repeats, row by row', async () => {
      const differences = await store.pairDifferences({ ...pair, metric: 'f1' });
      assert.deepEqual([...differences], [0.25, -0.125, 0, 0.125, 0.25]);
      const latency = await store.pairDifferences({ ...pair, metric: 'latencyMs' });
      assert.deepEqual([...latency], [2, 2.25, 2.5, 2.75, 3, 0]);
      assert.equal((await store.pairDifferences({ ...pair, metric: 'no "such" metric' })).length, 0);
    });
  });
});
