import assert from 'node:assert/strict';
import type { RunRecord } from '../engine/ports/store.ts';
import type { SampleQuery } from '../schemas/generated/messages.ts';
import { spec } from '../test/fakes/runs.ts';
import { readSampleQuery, type SampleChoices } from './sample-choices.ts';

const record: RunRecord = {
  summary: {
    id: 'r1',
    name: 'sample',
    kind: 'benchmark',
    file: 'a.bench.yaml',
    state: 'succeeded',
    origin: 'terminal',
    createdAt: 1,
    archived: false,
    progress: { total: 1, done: 1, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines: [],
  },
  spec,
  variants: [
    { variant: 0, model: 'gpt', modelDigest: 'a', prompt: 'short' },
    { variant: 1, model: 'gpt', modelDigest: 'a', prompt: 'long' },
    { variant: 2, model: 'vllm', modelDigest: 'b' },
  ],
};

function read(choices: SampleChoices): Partial<SampleQuery> {
  const { runId, ...query } = readSampleQuery(choices, record, 'accuracy');
  assert.equal(runId, 'r1');
  return query;
}

describe('samples chosen in the terminal', () => {
  it('are sorted by a column, a score or a slice', () => {
    assert.deepEqual(read({ sort: 'latency' }), { limit: 20, sort: { by: 'latency', descending: false } });
    assert.deepEqual(read({ sort: 'first-token', descending: true }).sort, { by: 'firstToken', descending: true });
    assert.deepEqual(read({ sort: 'score' }).sort, { by: 'score', name: 'accuracy', descending: false });
    assert.deepEqual(read({ sort: 'score:judge.tone' }).sort, { by: 'score', name: 'judge.tone', descending: false });
    assert.deepEqual(read({ sort: 'slice:a:b' }).sort, { by: 'slice', name: 'a:b', descending: false });
    for (const sort of ['speed', 'slice', 'latency:x', 'constructor'])
      assert.throws(() => read({ sort }), { code: 'usage' });
  });

  it('are narrowed by every condition given', () => {
    const where = [
      'wrong',
      'failed:timeout',
      'failed:server',
      'model:gpt',
      'slice:part=a=b',
      'slice:part=c',
      'score:f1<0.5',
      'latency>1000',
      'latency<=2e3',
      'cost>0.01',
      'text:a: b',
    ];
    assert.deepEqual(read({ where, limit: '5' }), {
      limit: 5,
      text: 'a: b',
      where: {
        right: false,
        failures: ['timeout', 'server'],
        variants: [0, 1],
        slices: [
          { column: 'part', value: 'a=b' },
          { column: 'part', value: 'c' },
        ],
        scores: [{ name: 'f1', most: 0.5 }],
        latencyMs: { least: 1000, most: 2000 },
        cost: { least: 0.01 },
      },
    });
    assert.deepEqual(read({ where: ['right', 'answered'] }).where, { right: true, state: 'answered' });
  });

  it('are refused with the words that would do', () => {
    for (const condition of [
      '',
      'maybe',
      'latency>',
      'latency>soon',
      'score:f1',
      'failed:often',
      'slice:part',
      'toString>1',
      'model:nobody',
    ])
      assert.throws(() => read({ where: [condition] }), { code: 'usage' }, condition);
    assert.throws(() => read({ limit: '0' }), { code: 'usage' });
  });
});
