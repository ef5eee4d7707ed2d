import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import type { LineageGraph, ModelCard, VersionDetails } from '../../schemas/generated/messages.ts';
import { validateLineageGraph, validateModelCard } from '../../schemas/generated/validators.js';
import { copyExamples, people, runAiwb, type Finished } from './aiwb.ts';
import { Window } from './window.ts';

/** Model cards and lineage of a version of the sample workspace. Each test goes on where the one before ended. */
describe('aiwb registry card and lineage', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof copyExamples>;
  const aiwb = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder });
  const file = (name: string): string => path.join(workspace.folder, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  const json = async <T>(...args: string[]): Promise<T> => {
    const { code, stdout, stderr } = await aiwb(...args, '--json');
    assert.equal(code, 0, stderr);
    return JSON.parse(stdout) as T;
  };
  before(async () => {
    workspace = copyExamples();
    for (const job of ['core.tune.yaml', 'ticket-triage.tune.yaml']) {
      const { code, stderr } = await aiwb('tune', job);
      assert.equal(code, 0, stderr);
    }
    const { code, stderr } = await aiwb('run', 'evaluate-core.bench.yaml');
    assert.equal(code, 0, stderr);
  });
  after(() => workspace.remove());

  it('prints the card with the figures of the record and the words of people, and says what is missing', async () => {
    const { code, stdout, stderr } = await aiwb('registry', 'card', 'ticket-triage@candidate');
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^---\nlicense: mit\nlanguage: \[en\]\n/);
    assert.match(stdout, /Routing of support tickets at Marlo/);
    assert.match(stdout, /## Evaluation\n\nThree benchmarks[^]*\| triage-core \| Accuracy \| 0\.\d{3} \| /);
    assert.match(stderr, /Model card of ticket-triage@1: 7 of 9 required fields \(77 %\)\./);
    assert.match(stderr, /missing: Human oversight \(#human-oversight\): .*asked by marlo\.ai-policy/);
    assert.equal(read('cards/ticket-triage.md').includes('aiwb:'), false, 'nothing was written');
  });

  it('brings a file up to date once, and writes the page', async () => {
    const write = (): Promise<Finished> =>
      aiwb('registry', 'card', 'ticket-triage@1', '--output', 'new/card.md', '--html', 'new/card.html');
    const first = await write();
    assert.deepEqual([first.code, first.stdout], [0, ''], first.stderr);
    assert.match(first.stderr, /Written to .*card\.md/);
    const [text, modified] = [read('new/card.md'), statSync(file('new/card.md')).mtimeMs];
    assert.match((await write()).stderr, /card\.md is up to date/);
    assert.deepEqual([read('new/card.md'), statSync(file('new/card.md')).mtimeMs], [text, modified]);
    assert.match(read('new/card.html'), /<h2 id="Intended-use">Intended use<\/h2>/);
    assert.doesNotMatch(read('new/card.html'), /<script|aiwb:begin/);
  });

  it('keeps a newer card beside the one that was registered', async () => {
    workspace.write(
      'better.md',
      `${read('cards/ticket-triage.md')}\n## Human oversight\n\nA person reads every ticket.\n`,
    );
    const { code, stdout, stderr } = await aiwb('registry', 'card', 'ticket-triage@1', '--import', 'better.md');
    assert.deepEqual([code, stdout], [0, ''], stderr);
    assert.match(stderr, /better\.md is kept with ticket-triage@1 as model-card\.2/);
    assert.match(stderr, /8 of 9 required fields/);
    assert.match((await aiwb('registry', 'card', 'ticket-triage@1', '--import', 'better.md')).stderr, /already/);
    const { artifacts } = await json<VersionDetails>('registry', 'show', 'ticket-triage@1');
    const cards = artifacts.filter(each => each.artifactType === 'doc-artifact').map(({ name }) => name);
    assert.deepEqual(cards, ['model-card', 'model-card.2']);
    const { fields, completeness, digest } = await json<ModelCard>('registry', 'card', 'ticket-triage@1');
    assert.equal(fields.find(({ name }) => name === '#human-oversight')?.state, 'filled');
    assert.equal(completeness, 8 / 9);
    assert.match(digest ?? '', /^[0-9a-f]{64}$/);
  });

  it('refuses what is no card, and versions that there are none of', async () => {
    workspace.write('broken.md', '---\nlicense: mit\n');
    const broken = await aiwb('registry', 'card', 'ticket-triage@1', '--import', 'broken.md');
    assert.equal(broken.code, 2);
    assert.match(broken.stderr, /starts with `---` and is never closed/);
    const out = await aiwb('registry', 'card', 'ticket-triage@1', '--output', 'broken.md');
    assert.deepEqual([out.code, read('broken.md')], [2, '---\nlicense: mit\n']);
    assert.equal((await aiwb('registry', 'card', 'ticket-triage@9')).code, 2);
    assert.equal((await aiwb('registry', 'card', 'ticket-triage')).code, 2);
    assert.equal((await aiwb('registry', 'card', 'nowhere/ticket-triage@1')).code, 2);
  });

  it('tells the lineage as a tree, as JSON and as a chart', async () => {
    const tree = await aiwb('registry', 'lineage', 'ticket-triage@candidate');
    assert.equal(tree.code, 0, tree.stderr);
    assert.match(
      tree.stdout,
      /^version ticket-triage@1[^]*Made from\n└─ made by[^]*trained on: dataset data\/tickets\.jsonl/,
    );
    assert.match(tree.stdout, /Led to\n.*asked by: run triage-core/);
    const graph = await json<LineageGraph>('registry', 'lineage', 'ticket-triage');
    assert.ok(validateLineageGraph(graph));
    const chart = (await aiwb('registry', 'lineage', 'ticket-triage', '--mermaid')).stdout.trimEnd().split('\n');
    assert.deepEqual([chart[0], chart.length], ['flowchart LR', 1 + graph.nodes.length + graph.edges.length]);
  });

  it('serves both to windows, which write the file and keep it', async () => {
    const window = new Window({ ...people.author, XDG_CONFIG_HOME: file('.config') });
    try {
      await window.open(workspace.folder);
      const reference = { model: 'ticket-triage', version: '1' };
      const card = await window.request('registry/card', reference);
      assert.ok(validateModelCard(card));
      assert.equal(card.path, 'better.md');
      const saved = await window.request('registry/saveCard', { ...reference, path: file('cards/of-window.md') });
      assert.equal(read('cards/of-window.md'), saved.text);
      const kept = await window.request('registry/saveCard', {
        ...reference,
        path: file('cards/of-window.md'),
        keep: true,
      });
      assert.notEqual(kept.digest, card.digest);
      assert.equal(read('cards/of-window.md'), saved.text, 'what is kept is the file as it is');
      const graph = await window.request('registry/lineage', reference);
      assert.ok(graph.nodes.length > 5);
      assert.equal((await window.fail('registry/lineage', { model: 'nobody' })).code, 'registry-not-found');
    } finally {
      window.close();
    }
    assert.ok(existsSync(file('better.md')));
  });
});
