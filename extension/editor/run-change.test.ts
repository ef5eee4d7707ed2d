import assert from 'node:assert/strict';
import type { Headline, RunSummary } from '../../schemas/generated/messages.ts';
import type { RunEntry } from '../runs/run-book.ts';
import { describeChange, previousRun } from './run-change.ts';

function makeRun(changes: Partial<RunSummary> = {}, ...headlines: Headline[]): RunSummary {
  return {
    id: 'r1',
    name: 'triage',
    kind: 'benchmark',
    file: 'triage.bench.yaml',
    state: 'succeeded',
    origin: 'editor',
    createdAt: 1,
    archived: false,
    progress: { total: 1, done: 1, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines,
    ...changes,
  };
}

const accuracy = (model: string, value: number, prompt?: string): Headline => ({
  model,
  label: 'Accuracy',
  value,
  unit: 'ratio',
  ...(prompt === undefined ? {} : { prompt }),
});
const latency = (model: string, value: number): Headline => ({ model, label: 'Latency', value, unit: 'ms' });

describe('describeChange', () => {
  const cases: [
    what: string,
    run: RunSummary,
    before: RunSummary | undefined,
    baseline: string | undefined,
    expected: string | undefined,
  ][] = [
    [
      'the baseline',
      makeRun({}, accuracy('gpt', 0.821), accuracy('knn', 0.809)),
      undefined,
      'knn',
      '▲ 1.2 points over the baseline',
    ],
    [
      'the baseline with the same prompt',
      makeRun({}, accuracy('gpt', 0.8, 'b'), accuracy('knn', 0.1, 'a'), accuracy('knn', 0.7, 'b')),
      undefined,
      'knn',
      '▲ 10.0 points over the baseline',
    ],
    [
      'a slower baseline',
      makeRun({}, latency('gpt', 40), latency('knn', 70)),
      undefined,
      'knn',
      '▼ 30 ms under the baseline',
    ],
    [
      'an equal baseline',
      makeRun({}, accuracy('gpt', 0.8), accuracy('knn', 0.8)),
      undefined,
      'knn',
      'like the baseline',
    ],
    [
      'the run before, where the baseline leads',
      makeRun({}, accuracy('gpt', 0.7), accuracy('knn', 0.8)),
      makeRun({}, accuracy('knn', 0.9)),
      'knn',
      '▼ 10.0 points since the run before',
    ],
    [
      'the run before, where no baseline is named',
      makeRun({}, accuracy('gpt', 0.7)),
      makeRun({}, accuracy('gpt', 0.7)),
      undefined,
      'as in the run before',
    ],
    [
      'nothing, where the figures are others',
      makeRun({}, accuracy('gpt', 0.7)),
      makeRun({}, latency('gpt', 3)),
      undefined,
      undefined,
    ],
    [
      'nothing, where the run failed',
      makeRun({ state: 'failed' }, accuracy('gpt', 0.7)),
      makeRun({}, accuracy('gpt', 0.1)),
      undefined,
      undefined,
    ],
    ['nothing, in a first run', makeRun({}, accuracy('gpt', 0.7)), undefined, 'unknown', undefined],
  ];
  for (const [what, run, before, baseline, expected] of cases) {
    it(`sets the leading figure against ${what}`, () => assert.equal(describeChange(run, before, baseline), expected));
  }
});

describe('previousRun', () => {
  it('is the newest earlier one of the same file, cell and name that succeeded', () => {
    const entry = (id: string, changes: Partial<RunSummary> = {}): RunEntry => ({
      folder: '/w',
      run: makeRun({ id, ...changes }),
    });
    const last = entry('last');
    const entries = [
      entry('later'),
      last,
      entry('failed', { state: 'failed' }),
      entry('archived', { archived: true }),
      entry('other-file', { file: 'other.bench.yaml' }),
      entry('other-cell', { cell: 'a' }),
      entry('renamed', { name: 'old' }),
      { ...entry('elsewhere'), folder: '/v' },
      entry('before'),
      entry('oldest'),
    ];
    assert.equal(previousRun(entries, last)?.run.id, 'before');
    assert.equal(previousRun([last], last), undefined);
  });
});
