import assert from 'node:assert/strict';
import type { LineageGraph } from '../../schemas/generated/messages.ts';
import type { RegistryItem } from './item.ts';
import { lineageRows } from './lineage-rows.ts';

const graph: LineageGraph = {
  version: { model: 'triage', version: '3' },
  nodes: [
    { id: 'v3', kind: 'version', label: 'triage@3', open: { kind: 'version', id: 'triage', version: '3' } },
    { id: 'r1', kind: 'run', label: 'Tuning run', detail: 'epoch 15', open: { kind: 'run', id: '20261129-r1' } },
    { id: 'd', kind: 'dataset', label: 'data/core.jsonl', digest: 'ab', open: { kind: 'file', id: 'data/core.jsonl' } },
    { id: 'v2', kind: 'version', label: 'triage@2', open: { kind: 'version', id: 'triage', version: '2' } },
    {
      id: 's4',
      kind: 'registry-version',
      label: 'shared/triage@4',
      open: { kind: 'version', id: 'triage', version: '4', registry: 'shared' },
    },
    { id: 'lost', kind: 'policy', label: 'acme 1.0.0' },
  ],
  edges: [
    { from: 'r1', to: 'v3', role: 'made' },
    { from: 'd', to: 'r1', role: 'trained on' },
    { from: 'v2', to: 'v3', role: 'tuned from' },
    { from: 'd', to: 'v2', role: 'measured on' },
    { from: 'v3', to: 's4', role: 'published as' },
    { from: 'nobody', to: 'v3', role: 'unknown' },
  ],
};

/** Rows as an indented text. */
function draw(rows: readonly RegistryItem[], depth = 0): string[] {
  return rows.flatMap(({ label, description, children = [] }) => [
    `${'  '.repeat(depth)}${label} | ${description}`,
    ...draw(children, depth + 1),
  ]);
}

describe('lineageRows', () => {
  it('starts at the version, and puts what several lead to below the nearest', () => {
    assert.deepEqual(draw(lineageRows(graph)), [
      'Tuning run | made · epoch 15',
      '  data/core.jsonl | trained on',
      'triage@2 | tuned from',
      'shared/triage@4 | published as',
      'acme 1.0.0 | ',
    ]);
  });

  it('leads to runs, files, and versions of any registry', () => {
    const [run, former, published, policy] = lineageRows(graph);
    assert.deepEqual(run?.open, { kind: 'run', runId: '20261129-r1' });
    assert.deepEqual(run.children?.[0]?.open, { kind: 'file', path: 'data/core.jsonl' });
    assert.deepEqual(former?.open, { kind: 'version', place: { model: 'triage', version: '2' } });
    assert.deepEqual(published?.open, {
      kind: 'version',
      place: { model: 'triage', version: '4', registry: 'shared' },
    });
    assert.equal(policy?.open, undefined);
  });

  it('ends where a graph goes round', () => {
    const round = { ...graph, edges: [...graph.edges, { from: 'v3', to: 'd', role: 'round' }] };
    assert.equal(draw(lineageRows(round)).length, 5);
  });

  it('shows everything flat where the version is not among the nodes', () => {
    assert.equal(lineageRows({ ...graph, version: { model: 'other', version: '1' } }).length, 6);
  });
});
