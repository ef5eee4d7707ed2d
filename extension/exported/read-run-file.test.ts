import assert from 'node:assert/strict';
import type { Report, SampleRow } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { readRunFile, usualLimits, type ReadLimits } from './read-run-file.ts';
import { createRunFileRows } from './run-file-rows.ts';

const report = {
  title: 'triage',
  createdAt: 1,
  runs: ['a', 'b'].map(id => ({
    id,
    name: 'triage',
    kind: 'benchmark',
    file: 'triage.bench.yaml',
    state: 'succeeded',
    origin: 'editor',
    createdAt: 1,
    archived: false,
    progress: { total: 4, done: 4, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines: [],
  })),
  confidence: 0.95,
  variants: ['a', 'b'].map((runId, variant) => ({
    variant: 0,
    runId,
    model: `m${String(variant)}`,
    samples: 4,
    failed: 0,
    metrics: [],
    slices: [],
  })),
  comparisons: [],
  gates: [],
  failures: [],
  notes: [],
} as unknown as Report;

function sample(id: number, change: Partial<SampleRow> = {}): SampleRow {
  const base = { variant: 0, row: id - 1, repeat: 0, state: 'answered' as const, target: 'x', scores: {}, slices: {} };
  return { id, input: `row ${String(id)}`, right: true, ...base, ...change };
}

interface Made {
  readonly header?: Record<string, unknown>;
  readonly rows?: readonly unknown[];
}

function linesOf({ header = {}, rows = [] }: Made): string {
  const fields: Record<string, unknown> = {
    format: 'aiwb-run',
    schemaVersion: 1,
    workbench: '0.1.0',
    exportedAt: 5,
    samples: { held: rows.length, total: rows.length },
    report,
    ...header,
  };
  const head = Object.entries(fields)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`);
  return `{\n${head.join(',\n')},\n"rows":[\n${rows.map(row => JSON.stringify(row)).join(',\n')}\n]\n}\n`;
}

/** The text in pieces, cut anywhere, also inside a character. */
async function* chunksOf(text: string | Uint8Array, size = 7): AsyncIterable<Uint8Array> {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

const read = (text: string | Uint8Array, limits?: ReadLimits) => readRunFile(chunksOf(text), 'x.run.json', limits);
const rows = [
  { run: 0, sample: sample(1) },
  { run: 0, sample: sample(2, { right: false, output: 'ünïcode 🙂' }) },
  { run: 1, sample: sample(1, { right: false }) },
  { run: 1, sample: sample(2, { right: false }) },
];

async function failureOf(text: string | Uint8Array, limits?: ReadLimits) {
  try {
    await read(text, limits);
  } catch (error) {
    assert.ok(error instanceof FailureError, String(error));
    return error.failure;
  }
  return assert.fail('It was read.');
}

describe('a run file', () => {
  it('is read the same, line by line, in one line, and indented, whatever its line ends', async () => {
    const text = linesOf({ rows });
    const expected = [
      [rows[0]?.sample, rows[1]?.sample],
      [rows[2]?.sample, rows[3]?.sample],
    ];
    const forms = [
      text,
      `\ufeff${text}`,
      text.replaceAll('\n', '\r\n'),
      JSON.stringify(JSON.parse(text)),
      JSON.stringify(JSON.parse(text), undefined, 2),
    ];
    for (const form of forms) {
      const content = await read(form);
      assert.deepEqual(content.rows, expected);
      assert.deepEqual([content.header.report, content.isCut, content.read], [report, false, undefined]);
    }
  });

  it('may have no samples, or be a bare report', async () => {
    assert.deepEqual((await read(linesOf({}))).rows, [[], []]);
    const bare = await read(JSON.stringify(report, undefined, 2));
    assert.deepEqual([bare.header.report, bare.header.samples], [report, { held: 0, total: 8 }]);
  });

  it('is taken in up to a bound, which is told', async () => {
    const few = await read(linesOf({ rows }), { ...usualLimits, rows: 3 });
    assert.deepEqual([few.read, few.rows.map(each => each.length), few.isCut], [3, [2, 1], false]);
    const short = await read(linesOf({ rows }), { ...usualLimits, samples: 200 });
    assert.ok(short.read !== undefined && short.read < rows.length);
    assert.equal((await failureOf(linesOf({ rows }), { ...usualLimits, whole: 100 })).code, 'file-too-large');
  });

  it('that was cut off shows what is there, and says so', async () => {
    const text = linesOf({ rows });
    const cut = await read(text.slice(0, text.length - 40));
    assert.deepEqual([cut.isCut, cut.read, cut.rows.map(each => each.length)], [true, 3, [2, 1]]);
  });

  it('says what is wrong with it, and where', async () => {
    const bad = [
      { run: 0, sample: sample(1) },
      { run: 0, sample: { id: 2 } },
    ];
    const text = linesOf({ rows });
    const cases: [content: string | Uint8Array, code: string, message: RegExp][] = [
      ['', 'file-invalid', /no JSON/],
      ['{"schemaVersion": 1,', 'file-invalid', /no JSON/],
      ['[]', 'file-invalid', /does not say that it is one/],
      ['{"name": "package"}', 'file-invalid', /does not say that it is one/],
      [
        linesOf({ header: { schemaVersion: 2, report: { shape: 'new' } } }),
        'file-newer',
        /newer AI Workbench, in form 2/,
      ],
      [linesOf({ header: { schemaVersion: 'one' } }), 'file-invalid', /at \/schemaVersion/],
      [linesOf({ header: { report: undefined } }), 'file-invalid', /neither a report nor/],
      [linesOf({ header: { report: { ...report, title: 7 } } }), 'file-invalid', /at \/report\/title/],
      [linesOf({ rows: bad }), 'file-invalid', /damaged: a sample in line \d+ .*at \/sample/],
      [linesOf({ rows: [{ run: 2, sample: sample(1) }] }), 'file-invalid', /run 2, which the report has not/],
      [text.replace('"row 2"', '"row 2'), 'file-invalid', /damaged: a sample in line 10 /],
      [new Uint8Array([0x7b, 0xff, 0xfe, 0x00]), 'file-invalid', /no UTF-8/],
    ];
    for (const [content, code, message] of cases) {
      const failure = await failureOf(content);
      assert.match(failure.message, message);
      assert.equal(failure.code, code);
      assert.ok((failure.remedy ?? '') !== '');
    }
  });
});

describe('the samples of a run file', () => {
  const own = [
    [sample(1), sample(2, { right: false }), sample(3), sample(4, { repeat: 1, row: 2, right: false })],
    [sample(1, { right: false }), sample(2, { right: false }), sample(3), sample(9, { input: 'only here' })],
  ];
  const source = createRunFileRows(report, own);

  it('are asked as a store’s are', () => {
    const page = source.samples({ runId: 'a', filter: 'wrong', limit: 1, offset: 1 });
    assert.deepEqual([page.rows.map(({ id }) => id), page.total, page.offset], [[4], 2, 1]);
    const cut = source.samples({ runId: 'a', limit: 1, textLimit: 3 }).rows[0];
    assert.deepEqual([cut?.input, cut?.cut], ['row', true]);
    assert.equal(source.sample({ runId: 'a', id: 1 }).input, 'row 1');
    assert.throws(() => source.sample({ runId: 'a', id: 99 }), FailureError);
    const found = source.samples({ runId: 'b', sort: { by: 'input', descending: true }, find: 2, limit: 2 });
    assert.deepEqual(
      found.rows.map(({ id }) => id),
      [3, 2],
    );
    assert.throws(() => source.samples({ runId: 'gone', limit: 1 }), FailureError);
  });

  it('are paired over what they ask, for the rows that models disagree on', () => {
    const { rows: disputed, total } = source.disagreements({ runIds: ['a', 'b'], limit: 10 });
    assert.equal(total, 1);
    assert.deepEqual(disputed[0]?.answers, [
      { output: '', right: true, id: 1 },
      { output: '', right: false, id: 1 },
    ]);
    const variants = [
      { runId: 'a', variant: 0 },
      { runId: 'b', variant: 0 },
    ];
    const of = (change: 'lost' | 'gained') =>
      source.disagreements({ runIds: ['a', 'b'], variants, change, limit: 10 }).total;
    assert.deepEqual([of('lost'), of('gained')], [1, 0]);
  });

  it('keep equal rows apart', () => {
    const twice = [sample(1, { input: 'same' }), sample(2, { input: 'same' })];
    const changed = [sample(1, { input: 'same' }), sample(2, { input: 'same', right: false })];
    const pairs = createRunFileRows(report, [twice, changed]);
    assert.deepEqual(
      pairs.disagreements({ runIds: ['a', 'b'], limit: 10 }).rows.map(({ row }) => row),
      [1],
    );
  });
});
