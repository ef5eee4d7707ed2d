import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createWorkspace } from './aiwb.ts';
import { ended, Window } from './window.ts';

const rows = [
  { text: 'My bill is wrong.', label: 'billing', split: 'train' },
  { text: 'I cannot log in.', label: 'access', split: 'train' },
  { text: 'The bill again.', label: 'billing', split: 'test' },
  { text: 'Log in fails.', label: 'access', split: 'test' },
  { text: 'No bill came.', label: 'billing', split: 'test' },
];
const bench = `# Ours.
name: gated
dataset: {path: rows.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}
models: [embedded:majority]
metrics: [accuracy]
gate:
  - {metric: accuracy, model: embedded:majority, atLeast: 0.2, on: point}
  - {metric: accuracy, model: embedded:majority, atLeast: 0.99}
`;

describe('aiwb serve: files of a window', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  let window: Window;
  const file = (name: string): string => path.join(workspace.folder, name);
  beforeEach(async () => {
    workspace = createWorkspace({
      'gated.bench.yaml': bench,
      'rows.jsonl': rows.map(row => `${JSON.stringify(row)}\n`).join(''),
    });
    window = new Window();
    await window.open(workspace.folder);
  });
  afterEach(() => {
    window.close();
    workspace.remove();
  });

  it('lists the conditions of a gate with their lines, and reads no data', async () => {
    workspace.write('rows.jsonl', '');
    assert.deepEqual(await window.request('gates/list', { path: file('gated.bench.yaml') }), {
      name: 'gated',
      line: 2,
      gates: [
        { label: 'accuracy of embedded:majority at least 0.2 (the figure itself)', line: 7 },
        { label: 'accuracy of embedded:majority at least 0.99', line: 8 },
      ],
    });
    assert.equal(
      (await window.fail('gates/list', { path: file('x.bench.yaml'), text: 'name: 1' })).code,
      'file-invalid',
    );
  });

  it('lists, describes and previews datasets, and drafts a benchmark over one that runs', async () => {
    const { datasets } = await window.request('datasets/list', {});
    assert.deepEqual(
      datasets.map(({ path: name, uses }) => [name, uses.map(use => use.name)]),
      [['rows.jsonl', ['gated']]],
    );
    const details = await window.request('datasets/describe', { path: 'rows.jsonl' });
    assert.deepEqual([details.rows, details.splits.map(({ name }) => name)], [5, ['train', 'test']]);
    const preview = await window.request('datasets/preview', { dataset: { path: 'rows.jsonl' }, limit: 2 });
    assert.deepEqual([preview.rows.length, preview.more, preview.rows[0]?.cells[1]], [2, true, 'billing']);
    assert.equal((await window.fail('datasets/describe', { path: 'none.csv' })).code, 'file-not-found');
    assert.equal((await window.fail('datasets/preview', { dataset: { path: '' } })).code, 'usage');
    assert.deepEqual(await window.request('prompts/list', {}), { prompts: [] });
    const draft = await window.request('benchmarks/draft', { dataset: { path: 'rows.jsonl' } });
    workspace.write(draft.path, draft.text);
    const started = await window.request('runs/start', { source: { path: file(draft.path) }, origin: 'editor' });
    const done = await window.waitFor(started.id, ended);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
  });

  it('judges a stored run without asking anything, and says what has changed since', async () => {
    const source = { path: file('gated.bench.yaml') };
    const none = await window.request('gates/judge', { source });
    assert.deepEqual(none, { gates: [{ results: [] }, { results: [] }], stale: [] });
    const run = await window.request('runs/start', { source, origin: 'editor' });
    await window.waitFor(run.id, ended);
    const judged = await window.request('gates/judge', { source });
    assert.equal(judged.run?.id, run.id);
    assert.deepEqual(judged.stale, []);
    assert.deepEqual(
      judged.gates.map(({ results }) => results.map(({ outcome }) => outcome)),
      [['met'], ['not-met']],
    );
    assert.match(judged.gates[1]?.results[0]?.sentence ?? '', /Accuracy of embedded:majority is at least/);

    // The gate is judged as the file has it now; that the file is another one is told.
    workspace.write('gated.bench.yaml', bench.replace('0.99', '0.01'));
    workspace.write('rows.jsonl', readFileSync(file('rows.jsonl'), 'utf8').replace('No bill', 'A bill'));
    const later = await window.request('gates/judge', { source });
    assert.deepEqual(
      later.gates.map(({ results }) => results[0]?.outcome),
      ['met', 'met'],
    );
    assert.deepEqual(later.stale, [
      `gated.bench.yaml has changed since run ${run.id}.`,
      `The data in rows.jsonl has changed since run ${run.id}.`,
    ]);
    workspace.write('rows.jsonl', '{');
    const broken = await window.request('gates/judge', { source });
    assert.match(broken.stale.join('\n'), /Whether the data has changed cannot be told/);
    assert.equal((await window.request('runs/list', {})).runs.length, 1);
  });

  it('converts a configuration without writing anything', async () => {
    const config =
      'prompts: ["Category of: {{text}}"]\nproviders: [openai:gpt-4o]\ntests:\n  - vars: {text: Late.}\n    assert: [{type: equals, value: shipping}]\n';
    workspace.write('sub/promptfooconfig.yaml', config);
    const { files } = await window.request('files/convert', { path: file('sub/promptfooconfig.yaml') });
    const [benchmark] = files;
    assert.match(benchmark?.path ?? '', /sub[\\/].+\.bench\.yaml$/);
    assert.ok(benchmark && !benchmark.exists && !existsSync(benchmark.path));
    workspace.write(path.relative(workspace.folder, benchmark.path), 'name: mine');
    workspace.write('workbench.yaml', 'connections:\n  mine: {provider: openai, model: x} # ours\n');
    const again = await window.request('files/convert', { path: file('sub/promptfooconfig.yaml') });
    assert.equal(again.files[0]?.exists, true);
    const extended = again.files.find(({ path: name }) => path.basename(name) === 'workbench.yaml');
    assert.equal(extended?.path, file('workbench.yaml'));
    assert.equal(extended.extends, true);
    assert.match(extended.text, /mine: \{provider: openai, model: x\} # ours\n {2}\S+:\n/);
    workspace.write('workbench.yaml', extended.text);
    const known = await window.request('files/convert', { path: file('sub/promptfooconfig.yaml') });
    assert.equal(
      known.files.some(({ path: name }) => path.basename(name) === 'workbench.yaml'),
      false,
    );
    assert.match(known.notes.join(), /has these connections already/);
    workspace.write('odd.yaml', 'a: 1');
    assert.equal((await window.fail('files/convert', { path: file('odd.yaml') })).code, 'file-invalid');
  });

  it('adds connections to the text that is being edited', async () => {
    const connections = ['oss: {provider: ollama, model: gpt-oss}'];
    const fresh = await window.request('connections/add', { connections });
    assert.equal(fresh.path, file('workbench.yaml'));
    assert.equal(fresh.after, 'connections:\n  oss:\n    provider: ollama\n    model: gpt-oss\n');
    assert.equal(existsSync(fresh.path), false);
    const edited = await window.request('connections/add', { connections, text: fresh.after });
    assert.deepEqual(edited.names, ['oss-2']);
    assert.ok(edited.after.startsWith(fresh.after));
  });
});
