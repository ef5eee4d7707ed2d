import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { createRandom } from '../../engine/statistics/random.ts';
import type { RunWriter, SampleRecord, Store } from '../../engine/ports/store.ts';
import type { SampleQuery, SampleRow, SampleSort } from '../../schemas/generated/messages.ts';
import {
  createSetClock,
  makePlan,
  makeProgress,
  makeSample,
  makeStoreFolder,
  spec,
  without,
} from '../../test/fakes/runs.ts';
import { describeHost } from '../host/describe.ts';
import { openStore } from './store.ts';

/** Enough for several portions and merges of unlike lengths. */
const rows = 11_000;

type Condition = (row: SampleRow) => boolean;

describe('samples in any order and under any condition', function () {
  this.timeout(120_000);
  const clock = createSetClock();
  let folder = '';
  let store: Store;
  let everything: readonly SampleRow[] = [];

  before(async () => {
    folder = makeStoreFolder();
    store = await openStore({ folder, clock });
    const writer = await start('many');
    for (let from = 0; from < rows; from += 1000)
      await writer.append(
        Array.from({ length: 1000 }, (_, index) => makeMixed(from + index)),
        makeProgress(),
      );
    await writer.finish({ state: 'succeeded', progress: makeProgress(), headlines: [] });
    const all: SampleRow[] = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const page = await store.querySamples({ runId: 'many', limit: 10_000, after });
      all.push(...page.rows);
      after = page.next;
    }
    everything = all;
  });
  after(async () => {
    await store.close();
    rmSync(path.dirname(folder), { recursive: true, force: true });
  });

  const start = async (id: string): Promise<RunWriter> => {
    await store.createRun({ id, spec, createdAt: clock.now() });
    const writer = await store.openWriter(id, describeHost());
    await writer.begin(makePlan());
    return writer;
  };

  const expectQuery = async (query: Partial<SampleQuery>, condition: Condition, sort?: SampleSort): Promise<void> => {
    const expected = sorted(everything.filter(condition), sort).map(({ id }) => id);
    const asked = { runId: 'many', limit: 400, ...query, ...(sort === undefined ? {} : { sort }) };
    const first = await store.querySamples({ ...asked, offset: 0 });
    const name = JSON.stringify(query) + JSON.stringify(sort);
    assert.equal(first.total, expected.length, name);
    const middle = Math.floor(expected.length / 2);
    const page = await store.querySamples({ ...asked, offset: middle });
    assert.deepEqual(idsOf(first.rows), expected.slice(0, 400), name);
    assert.deepEqual(idsOf(page.rows), expected.slice(middle, middle + 400), name);
    assert.equal(page.offset, middle);
    const last = page.rows.at(-1);
    if (page.next === undefined || last === undefined) return;
    const following = await store.querySamples({ ...asked, after: page.next });
    assert.deepEqual(idsOf(following.rows), expected.slice(middle + 400, middle + 800), name);
    const found = await store.querySamples({ ...asked, find: last.id });
    assert.equal(found.found, middle + 399);
    assert.equal(found.offset, middle + 399 - ((middle + 399) % 400));
    assert.ok(idsOf(found.rows).includes(last.id));
  };

  it('sorts by every column both ways, equal ones by completion, missing ones last', async () => {
    const columns: SampleSort[] = [
      ...(
        ['id', 'row', 'repeat', 'variant', 'right', 'input', 'target', 'output', 'latency', 'firstToken'] as const
      ).map(by => ({ by })),
      ...(['inputTokens', 'outputTokens', 'cost', 'attempts', 'failure'] as const).map(by => ({ by })),
      { by: 'score', name: 'f1' },
      { by: 'score', name: 'a "quoted" name' },
      { by: 'score', name: 'nowhere' },
      { by: 'slice', name: 'region' },
      { by: 'slice', name: '$.größe' },
    ];
    for (const sort of columns) {
      await expectQuery({}, () => true, sort);
      await expectQuery({}, () => true, { ...sort, descending: true });
    }
  });

  it('narrows by state, right, class, variants, slices, scores and ranges, all at once', async () => {
    const random = createRandom(5);
    const choices: readonly (readonly [SampleQuery['where'], Condition])[] = [
      [{ state: 'failed' }, ({ state }) => state === 'failed'],
      [{ state: 'answered' }, ({ state }) => state === 'answered'],
      [{ right: true }, ({ right }) => right === true],
      [{ right: false }, ({ right }) => right === false],
      [{ failures: ['timeout'] }, ({ failure }) => failure?.class === 'timeout'],
      [{ failures: [] }, () => false],
      [{ variants: [1, 7] }, ({ variant }) => variant === 1],
      [
        {
          slices: [
            { column: 'region', value: 'north' },
            { column: 'region', value: 'it’s' },
          ],
        },
        ({ slices }) => slices['region'] === 'north' || slices['region'] === 'it’s',
      ],
      [
        {
          slices: [
            { column: 'region', value: 'north' },
            { column: '$.größe', value: '2' },
          ],
        },
        ({ slices }) => slices['region'] === 'north' && slices['$.größe'] === '2',
      ],
      [{ scores: [{ name: 'f1', least: 0.25, most: 0.5 }] }, ({ scores }) => within(scores['f1'], 0.25, 0.5)],
      [{ scores: [{ name: 'a "quoted" name' }] }, ({ scores }) => scores['a "quoted" name'] !== undefined],
      [{ latencyMs: { most: 50 } }, ({ latencyMs }) => within(latencyMs, -Infinity, 50)],
      [{ firstTokenMs: { least: 5 } }, ({ firstTokenMs }) => within(firstTokenMs, 5, Infinity)],
      [{ cost: { least: 0.001, most: 0.004 } }, ({ cost }) => within(cost, 0.001, 0.004)],
      [{ attempts: { least: 2 } }, ({ attempts }) => within(attempts, 2, Infinity)],
      [
        { inputTokens: { least: 3 }, outputTokens: { most: 2 } },
        row => within(row.inputTokens, 3, Infinity) && within(row.outputTokens, -Infinity, 2),
      ],
    ];
    for (const [where, condition] of choices) await expectQuery({ where }, condition);
    for (let round = 0; round < 12; round++) {
      const one = choices[random.below(choices.length)];
      const other = choices[random.below(choices.length)];
      const both = (row: SampleRow): boolean => one?.[1](row) === true && other?.[1](row) === true;
      if (one === undefined || other === undefined || Object.keys(one[0] ?? {}).some(key => key in (other[0] ?? {})))
        continue;
      await expectQuery({ where: { ...one[0], ...other[0] } }, both, { by: 'latency', descending: round % 2 === 0 });
    }
    const text = (row: SampleRow): boolean =>
      `${row.input}\n${row.target}\n${row.output ?? ''}`.toLowerCase().includes('7_%');
    await expectQuery(
      { text: '7_%', filter: 'wrong', variant: 0 },
      row => text(row) && row.right === false && row.variant === 0,
    );
  });

  it('finds a sample by its link, and tells when it does not match', async () => {
    const sample = await store.getSample({ runId: 'many', id: 17 });
    assert.deepEqual(sample, everything[16]);
    const query = { runId: 'many', limit: 10, where: { right: sample.right !== true }, find: 17 } as const;
    const page = await store.querySamples(query);
    assert.equal(page.found, undefined);
    assert.equal(page.offset, 0);
    assert.deepEqual((await store.querySamples({ ...query, where: {}, find: 17 })).found, 16);
    for (const id of [0, -3, 10 ** 12, 1.5]) {
      await assert.rejects(store.getSample({ runId: 'many', id }), { code: 'run-not-found' });
      assert.equal((await store.querySamples({ runId: 'many', limit: 10, find: id })).found, undefined);
    }
  });

  it('goes on in the order it began while samples come in, and begins anew at the first page', async () => {
    const writer = await start('live');
    await writer.append(
      Array.from({ length: 30 }, (_, row) => makeSample(row)),
      makeProgress(),
    );
    const query: SampleQuery = { runId: 'live', limit: 10, sort: { by: 'latency', descending: true } };
    const first = await store.querySamples(query);
    await writer.append([makeSample(100)], makeProgress());
    const second = await store.querySamples({ ...query, after: first.next ?? 0 });
    assert.equal(second.total, 30);
    assert.deepEqual(
      [...first.rows, ...second.rows].map(({ row }) => row),
      Array.from({ length: 20 }, (_, index) => 29 - index),
    );
    const again = await store.querySamples(query);
    assert.equal(again.total, 31);
    assert.equal(again.rows[0]?.row, 100);
  });

  it('can be given up', async () => {
    const controller = new AbortController();
    const query: SampleQuery = { runId: 'many', limit: 1, text: 'no such text', sort: { by: 'input' } };
    const pages = store.querySamples(query, controller.signal);
    controller.abort(new Error('not wanted any more'));
    await assert.rejects(pages, /not wanted/);
    assert.equal((await store.querySamples(query)).total, 0);
  });
});

function makeMixed(row: number): SampleRecord {
  const chance = (salt: number): number => ((Math.imul(row + 1, 0x9e3779b1 + salt * 2) >>> 8) % 1000) / 1000;
  const right = chance(1) < 0.6;
  const failed = chance(2) < 0.05;
  const region = ['north', 'south', 'it’s'][row % 3] ?? '';
  const sample = makeSample(row, {
    variant: row % 2,
    repeat: row % 5,
    input: `question ${String(Math.floor(chance(3) * 400))} ${row % 50 === 0 ? '7_%' : 'é😀'}`,
    rowDigest: `${row.toString(16).padStart(8, '0')}${'0'.repeat(56)}`,
    slices: row % 7 === 0 ? {} : { region, '$.größe': String(row % 4) },
    output: ['zebra', 'Äpfel', '😀', '', 'apple', '\uffff'][row % 6] ?? '',
    right,
    scores: { f1: Math.round(chance(4) * 8) / 8, ...(row % 3 === 0 ? { 'a "quoted" name': -chance(5) } : {}) },
    latencyMs: Math.round(chance(6) * 300) / 3,
    inputTokens: row % 7,
    outputTokens: row % 4,
    attempts: 1 + (row % 3),
    ...(row % 4 === 0 ? {} : { firstTokenMs: chance(7) * 10, cost: chance(8) / 100 }),
  });
  if (!failed) return row % 11 === 0 ? without(sample, 'right') : sample;
  const failure = { class: row % 2 === 0 ? 'timeout' : 'rate-limit', message: 'no' } as const;
  return without({ ...sample, scores: {}, failure }, 'right', 'output', 'latencyMs');
}

function sorted(samples: SampleRow[], sort: SampleSort = { by: 'id' }): SampleRow[] {
  const sign = sort.descending === true ? -1 : 1;
  return samples.sort((a, b) => {
    const [first, second] = [valueOf(a, sort), valueOf(b, sort)];
    if (first === second) return a.id - b.id;
    if (first === undefined || second === undefined) return first === undefined ? 1 : -1;
    return first < second ? -sign : sign;
  });
}

function valueOf(row: SampleRow, { by, name = '' }: SampleSort): string | number | undefined {
  switch (by) {
    case 'right':
      return row.right === undefined ? undefined : Number(row.right);
    case 'score':
      return row.scores[name];
    case 'slice':
      return row.slices[name];
    case 'latency':
      return row.latencyMs;
    case 'firstToken':
      return row.firstTokenMs;
    case 'failure':
      return row.failure?.class;
    default:
      return row[by];
  }
}

function within(value: number | undefined, least: number, most: number): boolean {
  return value !== undefined && value >= least && value <= most;
}

function idsOf(samples: readonly SampleRow[]): number[] {
  return samples.map(({ id }) => id);
}
