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

    it('cuts long texts where that is asked for, and tells the whole sample by its id', async () => {
      const output = 'o'.repeat(1_000_000);
      await start('long', [makeSample(0, { output }), makeSample(1, { output: 'short' })]);
      const query = { runId: 'long', limit: 10, textLimit: 100 };
      for (const sort of [undefined, { by: 'output', descending: true }] as const) {
        const page = await store.querySamples({ ...query, ...(sort === undefined ? {} : { sort }) });
        const [short, long] = [...page.rows].sort((a, b) => (a.output ?? '').length - (b.output ?? '').length);
        assert.deepEqual([long?.output?.length, long?.cut, short?.output, short?.cut], [100, true, 'short', undefined]);
        assert.equal((await store.getSample({ runId: 'long', id: long?.id ?? 0 })).output, output);
      }
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
        right: true,
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
          { output: 'label-1', right: true, id: 9 },
          { output: 'label-1', right: false, id: 12 },
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
        { output: 'label-1', right: true, id: 4 },
        null,
        { output: 'label-1', right: false, id: 1 },
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
      assert.deepEqual(empty, { rows: [], total: 0, offset: 0 });
    });
  });

  describe('numbers of one variant', () => {
    const { signal } = new AbortController();

    before(async () => {
      const failure = { class: 'timeout', message: 'late' } as const;
      await start('numbers', [
        makeSample(0, { scores: { f1: 0.5, 'odd "key"': 2 }, cost: 0.25 }),
        makeSample(1, { right: false, scores: {}, details: { cached: true, measuringCost: 0.125 } }),
        makeSample(1, { occurrence: 1, row: 2, repeat: 1, details: { measuringCost: 0.5 } }),
        makeSample(3, { slices: { perturbation: 'typos' }, details: { perturbed: true } }),
        without(makeSample(4, { failure, scores: {} }), 'right', 'output'),
        makeSample(0, { variant: 1, row: 7 }),
      ]);
    });

    it('come as columns, answered and undisturbed samples only, NaN where there is none', async () => {
      const columns = await store.readColumns('numbers', 0, ['f1', 'odd "key"', 'none'], signal);
      assert.equal(columns.count, 3);
      assert.deepEqual([...columns.id], [1, 2, 3]);
      assert.deepEqual([...columns.row], [0, 1, 2]);
      assert.deepEqual([...columns.right], [1, 0, 0]);
      assert.deepEqual([...columns.occurrence], [0, 0, 1]);
      assert.deepEqual([...columns.repeat], [0, 0, 1]);
      assert.deepEqual([...columns.latencyMs], [10, 10.25, 10.25]);
      assert.deepEqual([...columns.cost], [0.25, NaN, NaN]);
      assert.deepEqual([...(columns.scores.get('f1') ?? [])], [0.5, NaN, NaN]);
      assert.deepEqual([...(columns.scores.get('odd "key"') ?? [])], [2, NaN, NaN]);
      assert.deepEqual([...(columns.scores.get('none') ?? [])], [NaN, NaN, NaN]);
      assert.equal(columns.cached, 1);
      assert.equal(columns.measuringCost, 0.625);
    });

    it('share a content number with equal rows of any variant and run', async () => {
      const [first] = (await store.readColumns('numbers', 0, [], signal)).content;
      const other = await store.readColumns('numbers', 1, [], signal);
      const elsewhere = await store.readColumns('within', 0, [], signal);
      assert.equal(other.content[0], first);
      assert.equal(elsewhere.content[[...elsewhere.row].indexOf(0)], first);
      assert.equal(other.measuringCost, undefined);
      assert.equal((await store.readColumns('numbers', 9, [], signal)).count, 0);
    });

    it('leave failed samples to a count by class', async () => {
      assert.deepEqual(await store.countFailures('numbers'), [{ variant: 0, class: 'timeout', count: 1 }]);
      assert.deepEqual(await store.countFailures('within'), []);
    });
  });
});
