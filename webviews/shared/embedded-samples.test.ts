import assert from 'node:assert/strict';
import type { SampleQuery, SampleRow } from '../../schemas/generated/messages.ts';
import { createEmbeddedSamples } from './embedded-samples.ts';

const { signal } = new AbortController();

const rows: readonly SampleRow[] = [
  row(1, { right: true, scores: { wer: 0 }, latencyMs: 40, slices: { region: 'US' } }),
  row(2, { right: false, scores: { wer: 0.5 }, latencyMs: 10, output: 'Refund it', slices: { region: 'DE' } }),
  row(3, { state: 'failed', failure: { class: 'timeout', message: 'slow' }, slices: { region: 'US' } }),
  row(4, { variant: 1, right: false, scores: { wer: 0.2 }, latencyMs: 10, slices: { region: 'FR', tier: 'new' } }),
  row(5, { variant: 1, state: 'failed', failure: { class: 'rate-limit', message: 'busy' } }),
];

function row(id: number, others: Partial<SampleRow>): SampleRow {
  const base = { variant: 0, row: id, repeat: 0, state: 'answered' as const, input: 'text', target: 'x' };
  return { id, ...base, scores: {}, slices: {}, ...others };
}

describe('samples inside a file', () => {
  const source = createEmbeddedSamples({ rows: [...rows], total: 90 });
  const ask = async (query: Partial<SampleQuery>): Promise<number[]> =>
    (await source.samples({ runId: 'r', limit: 100, ...query }, signal)).rows.map(({ id }) => id);

  const cases: readonly [what: string, query: Partial<SampleQuery>, ids: number[]][] = [
    ['all', {}, [1, 2, 3, 4, 5]],
    ['of a model', { variant: 1 }, [4, 5]],
    ['of some models', { where: { variants: [0, 7] } }, [1, 2, 3]],
    ['right', { where: { right: true } }, [1]],
    ['wrong', { filter: 'wrong' }, [2, 4]],
    ['failed', { filter: 'failed' }, [3, 5]],
    ['failed in one way', { where: { failures: ['timeout'] } }, [3]],
    ['of a slice', { slice: { column: 'region', value: 'US' } }, [1, 3]],
    [
      'of values of one column',
      {
        where: {
          slices: [
            { column: 'region', value: 'US' },
            { column: 'region', value: 'FR' },
          ],
        },
      },
      [1, 3, 4],
    ],
    [
      'of values of two columns',
      {
        where: {
          slices: [
            { column: 'region', value: 'FR' },
            { column: 'tier', value: 'old' },
          ],
        },
      },
      [],
    ],
    ['of a column named like a member of objects', { slice: { column: 'constructor', value: '' } }, []],
    ['within a score', { where: { scores: [{ name: 'wer', least: 0.2, most: 0.5 }] } }, [2, 4]],
    ['within a latency', { where: { latencyMs: { most: 10 } } }, [2, 4]],
    ['with a text', { text: 'refund' }, [2]],
    ['by score, without one last', { sort: { by: 'score', name: 'wer', descending: true } }, [2, 4, 1, 3, 5]],
    ['by latency, equal ones by id', { sort: { by: 'latency' } }, [2, 4, 1, 3, 5]],
    ['by a slice', { sort: { by: 'slice', name: 'region' } }, [2, 4, 1, 3, 5]],
    ['by failure', { sort: { by: 'failure' } }, [5, 3, 1, 2, 4]],
    ['latest first', { sort: { by: 'id', descending: true } }, [5, 4, 3, 2, 1]],
    ['behind one', { sort: { by: 'id', descending: true }, after: 4 }, [3, 2, 1]],
    ['from a position', { offset: 3 }, [4, 5]],
  ];
  for (const [what, query, ids] of cases) it(`are found: ${what}`, async () => assert.deepEqual(await ask(query), ids));

  it('are located with their page', async () => {
    const page = await source.samples({ runId: 'r', limit: 2, find: 4 }, signal);
    assert.deepEqual([page.rows.map(({ id }) => id), page.offset, page.found, page.total], [[3, 4], 2, 3, 5]);
    const none = await source.samples({ runId: 'r', limit: 2, find: 40 }, signal);
    assert.equal(none.found, undefined);
  });
});
