import assert from 'node:assert/strict';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { signal } from '../../test/fakes/governed.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { ada, newFigure, newVersion } from '../../test/fakes/registry-contract.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import type { LineageGraph } from '../../schemas/generated/messages.ts';
import { validateLineageGraph } from '../../schemas/generated/validators.js';
import type { ModelRegistry } from '../ports/registry.ts';
import { createLineageDraft } from './lineage-draft.ts';
import { lineageGraph } from './lineage-graph.ts';
import { renderLineage, renderMermaid } from './lineage-text.ts';
import type { RegistryReference } from '../base/registry-reference.ts';

function assertAcyclic({ nodes, edges }: LineageGraph): void {
  const place = new Map(nodes.map(({ id }, index) => [id, index]));
  assert.equal(place.size, nodes.length, 'every id once');
  for (const { from, to } of edges)
    assert.ok((place.get(from) ?? NaN) < (place.get(to) ?? NaN), `${from} before ${to}`);
}

const told = ({ nodes, edges }: LineageGraph): readonly string[] => {
  const name = (id: string): string => {
    const node = nodes.find(each => each.id === id);
    return `${node?.kind ?? ''} ${node?.label ?? ''}`;
  };
  return edges.map(({ from, to, role }) => `${name(from)} → ${name(to)}: ${role}`).sort();
};

describe('the lineage of a version', () => {
  let world: Assessable;
  let shared: ModelRegistry;
  beforeEach(async () => {
    world = await openAssessable();
    shared = createMemoryRegistry({ name: 'shared' });
  });
  afterEach(() => world.close());
  const graphOf = async (reference: RegistryReference): Promise<LineageGraph> => {
    const { store } = world.ports;
    const graph = await lineageGraph(reference, registriesOf(store.registry, { shared }), store, signal);
    assert.ok(validateLineageGraph(graph), JSON.stringify(validateLineageGraph.errors));
    assertAcyclic(graph);
    return graph;
  };

  it('leads from data and base through run and version to benchmark and assessment', async () => {
    await world.recordTraining();
    await world.measure([world.version]);
    await world.recordOf();
    const graph = await graphOf({ model: 'triage', version: 'candidate' });
    assert.deepEqual(graph.version, { model: 'triage', version: '1' });
    const lines = told(graph);
    for (const line of [
      /^base-model .* → run .*: tuned from$/,
      /^dataset .* → run .*: trained on$/,
      /^tuning-job .* → run .*: defined by$/,
      /^run .* → version triage@1: made by/,
      /^version triage@1 → run core: asked by$/,
      /^dataset rows\.jsonl → run core: measured on$/,
      /^run core → assessment .*: evidence for$/,
      /^policy corp 1\.1\.0 → assessment .*: judged by$/,
      /^version triage@1 → assessment .*: assessed in$/,
    ])
      assert.ok(
        lines.some(each => line.test(each)),
        `${String(line)}\n${lines.join('\n')}`,
      );
    const opens = graph.nodes.flatMap(({ open }) => (open === undefined ? [] : [open.kind]));
    assert.deepEqual([...new Set(opens)].sort(), ['assessment', 'file', 'run', 'version']);
    assert.deepEqual(await graphOf({ model: 'triage', version: '1' }), graph, 'the same however it is asked for');
  });

  it('offers no run that is not in the store', async () => {
    const { nodes } = await graphOf({ model: 'triage' });
    assert.deepEqual(
      nodes.filter(({ kind }) => kind === 'run').map(({ open }) => open),
      [undefined],
    );
  });

  it('follows versions before and after, and never in a circle', async () => {
    const make = (digit: string, parentVersion?: string) =>
      shared.createVersion(
        newVersion('m', digit, {
          name: digit,
          lineage: { datasets: [], prompts: [], ...(parentVersion === undefined ? {} : { parentVersion }) },
        }),
        { name: 'm' },
        ada,
      );
    await make('a', 'c');
    await make('b', 'a');
    await make('c', 'b');
    const graph = await graphOf({ registry: 'shared', model: 'm', version: 'b' });
    assert.equal(graph.nodes.length, 3);
    assert.ok(told(graph).includes('registry-version shared/m@a → registry-version shared/m@b: tuned from'));
    assert.equal(graph.edges.length, 2);
    const own = await make('d', 'd');
    assert.equal((await graphOf({ registry: 'shared', model: 'm', version: own.version })).edges.length, 0);
  });

  it('reads versions of other registries from their properties and artifacts', async () => {
    const { version } = await shared.createVersion(
      newVersion('triage', 'e', {
        lineage: { datasets: [], prompts: [] },
        customProperties: {
          'aiw.train_run_id': 'run-9',
          'aiw.tuning_job': 'triage-tuned',
          'aiw.base_name': 'acme/small',
          'aiw.base_digest': 'b'.repeat(64),
        },
        artifacts: [
          { artifactType: 'dataset-artifact', name: 'run-9/core/train', uri: 'data/t.jsonl', role: 'train', rows: 5 },
          {
            artifactType: 'dataset-artifact',
            name: 'run-1/core',
            digest: 'f'.repeat(64),
            uri: 'data/b.jsonl',
            role: 'benchmark',
          },
          newFigure('accuracy', 0.5),
        ],
      }),
      { name: 'triage' },
      ada,
    );
    const graph = await graphOf({ registry: 'shared', model: 'triage', version });
    assert.deepEqual(told(graph), [
      'base-model acme/small → run triage-tuned: tuned from',
      'dataset data/b.jsonl → run core: measured on',
      'dataset data/t.jsonl → run triage-tuned: trained on',
      'registry-version shared/triage@1 → run core: asked by',
      'run triage-tuned → registry-version shared/triage@1: made by',
      'tuning-job triage-tuned → run triage-tuned: defined by',
    ]);
  });

  it('says what is not there', async () => {
    await assert.rejects(graphOf({ model: 'triage', version: '9' }), refused('registry-not-found', /9/));
    await assert.rejects(graphOf({ registry: 'nowhere', model: 'triage' }), refused('registry-unknown', /nowhere/));
  });

  it('is told as two trees, and as a chart that texts of others do not break', async () => {
    await world.measure([world.version]);
    await world.recordOf();
    const text = renderLineage(await graphOf({ model: 'triage' }));
    assert.match(text, /^version triage@1 \(\w+, sha256 [0-9a-f]{12}\)\n\nMade from\n└─ made by.*: run/);
    assert.match(text, /\nLed to\n├─ asked by: run core \(benchmark run [^]*│ {2}└─ evidence for: assessment/);
    assert.match(text, /└─ assessed in: assessment .*\(above\)$/);
    const hostile: LineageGraph = {
      version: { model: 'm', version: '1' },
      nodes: [
        { id: 'a', kind: 'dataset', label: 'x"]\n  click a "javascript:alert(1)" <b>\u001b[31m' },
        { id: 'b', kind: 'version', label: 'm@1', open: { kind: 'version', id: 'm', version: '1' } },
      ],
      edges: [{ from: 'a', to: 'b', role: '"|' }],
    };
    const lines = renderMermaid(hostile).split('\n');
    assert.equal(lines.length, 4);
    assert.match(lines[1] ?? '', /^ {2}n0\["dataset: x#34;#93; click a #34;javascript:alert\(1\)#34; #60;b#62;"\]$/);
    assert.equal(renderLineage(hostile).includes('\u001b'), false);
  });
});

describe('a lineage draft', () => {
  it('has no circle and one order, whatever it is told in whichever order', () => {
    const random = createSeeded(3);
    for (let round = 0; round < 50; round += 1) {
      const ids = Array.from({ length: 12 }, (_each, index) => `n${String(index)}`);
      const pairs = Array.from({ length: 30 }, () => {
        const pick = (): string => ids[Math.floor(random() * ids.length)] ?? '';
        return [pick(), pick()] as const;
      });
      const draft = createLineageDraft();
      for (const id of [...ids].sort(() => random() - 0.5)) draft.add({ id, kind: 'run', label: id });
      for (const [from, to] of pairs) draft.connect(from, to, 'then');
      const graph = draft.finish({ model: 'm', version: '1' });
      assertAcyclic(graph);
      const other = createLineageDraft();
      for (const id of ids) other.add({ id, kind: 'run', label: id });
      for (const [from, to] of pairs) other.connect(from, to, 'then');
      assert.deepEqual(other.finish({ model: 'm', version: '1' }), graph);
    }
  });

  it('stops growing, and connects nothing that it left out', () => {
    const draft = createLineageDraft();
    for (let index = 0; index < 300; index += 1) {
      draft.add({ id: `n${String(index)}`, kind: 'run', label: 'r' });
      draft.connect('n0', `n${String(index)}`, 'then');
    }
    const { nodes, edges } = draft.finish({ model: 'm', version: '1' });
    assert.deepEqual([nodes.length, edges.length], [200, 199]);
  });
});
