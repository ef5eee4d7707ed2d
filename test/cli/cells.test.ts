import assert from 'node:assert/strict';
import path from 'node:path';
import { unpackOutput } from '../../schemas/packed-output.ts';
import { parse } from 'yaml';
import type { NamedResult, RunSummary } from '../../schemas/generated/messages.ts';
import { createWorkspace } from './aiwb.ts';
import { ended, Window } from './window.ts';

const rows = Array.from({ length: 40 }, (_, index) => ({
  text: index % 2 === 0 ? `The bill ${String(index)} is wrong.` : `I cannot log in, try ${String(index)}.`,
  label: index % 2 === 0 ? 'billing' : 'access',
  split: index < 20 ? 'train' : 'test',
}));
const dataset =
  '{path: ../data/rows.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}';

describe('aiwb serve: cells of a notebook', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof createWorkspace>;
  let window: Window;
  const results: NamedResult[] = [];
  const at = (name: string): string => path.join(workspace.folder, name);
  const source = (text: string, language = 'aiwb-bench') => ({
    notebook: at('notes/story.ipynb'),
    cell: 'c1',
    language,
    text,
  });

  before(async () => {
    workspace = createWorkspace({
      'data/rows.jsonl': rows.map(row => `${JSON.stringify(row)}\n`).join(''),
      'benches/triage.bench.yaml': `# Ours.\nname: triage\ndataset: ${dataset}\nmodels: [embedded:majority]\nmetrics: [accuracy]\n`,
    });
    window = new Window({ GIT_AUTHOR_EMAIL: 'ada@x.example' });
    await window.open(workspace.folder);
  });
  after(() => {
    window.close();
    workspace.remove();
  });

  /** Runs a cell to its end and keeps its result's name, as a kernel does. */
  async function run(text: string, language?: string): Promise<RunSummary> {
    const { as, run: started } = await window.request('cells/start', { source: source(text, language), results });
    assert.ok(started);
    const done = await window.waitFor(started.id, ended);
    assert.equal(done.state, 'succeeded', JSON.stringify(done.failure));
    if (as !== undefined) results.push({ name: as, kind: done.kind, id: done.id, createdAt: done.createdAt });
    return done;
  }

  it('go on from one another: a file that is used and changed, its checkpoint, their comparison', async () => {
    const first = await run('use: ../benches/triage.bench.yaml\nas: first\nmodels: [embedded:keyword]');
    assert.deepEqual(
      [first.file, first.cell, first.origin, first.name],
      ['benches/triage.bench.yaml', 'c1', 'notebook', 'triage'],
    );
    assert.equal(first.headlines[0]?.model, 'embedded:keyword');
    const job = `as: tuned\nname: job\nbase: embedded:linear\naspects:\n  core-performance:\n    dataset: ${dataset}\nhyperparameters: {epochs: 2}\n`;
    const tuned = await run(job, 'aiwb-tune');
    assert.equal(tuned.file, 'notes/story.ipynb');
    const second = await run(
      `as: second\nuse: ../benches/triage.bench.yaml\nmodels: [checkpoint:tuned@last, embedded:keyword]\ncompare: {against: first}`,
      'yaml',
    );
    assert.equal(second.headlines[0]?.model, `checkpoint:${tuned.id}@last`);
    const { regressions } = await window.request('runs/report', { runIds: [second.id] });
    assert.equal(regressions?.[0]?.againstRun, first.id);
    const compared = await window.request('cells/start', {
      source: source('compare: [first, second]\nconfidence: 0.9', 'yaml'),
      results,
    });
    assert.equal(compared.kind, 'finished');
    const output = unpackOutput((compared.bundle as Record<string, unknown>)['application/vnd.aiwb.comparison+json']);
    const { runIds, names, report } = output as { runIds: unknown; names: unknown; report: { confidence: number } };
    assert.deepEqual([runIds, names, report.confidence], [[first.id, second.id], ['first', 'second'], 0.9]);
  });

  it('are refused with the place in the cell, and start nothing', async () => {
    const before = (await window.request('runs/list', {})).runs.length;
    const refuse = async (text: string) => {
      const failure = await window.fail('cells/start', { source: source(text), results });
      return [failure.code, path.basename(failure.place?.path ?? ''), failure.place?.line, failure.place?.column];
    };
    assert.deepEqual(await refuse('use: ../benches/triage.bench.yaml\ndataset: {input: txet}'), [
      'file-invalid',
      'story.ipynb',
      2,
      18,
    ]);
    assert.deepEqual(await refuse('compare: [first, thrid]'), ['file-invalid', 'story.ipynb', 1, 18]);
    assert.deepEqual(await refuse('# so\nas: x\nname: a\nmodels: [embedded:knn]\n'), [
      'file-invalid',
      'story.ipynb',
      2,
      1,
    ]);
    assert.equal((await window.request('runs/list', {})).runs.length, before);
  });

  it('can be estimated, and their gates listed and judged, as what they mean', async () => {
    const text =
      'as: x\nuse: ../benches/triage.bench.yaml\nmodels: [embedded:keyword]\ncompare: {against: first}\ngate:\n  - {metric: accuracy, model: embedded:keyword, atLeast: 0.1}\n';
    const cell = { path: at('notes/story.ipynb'), text, cell: 'c1', kind: 'benchmark' as const, results };
    const estimate = await window.request('runs/dryRun', { source: cell, origin: 'notebook' });
    assert.deepEqual([estimate.name, estimate.rows, estimate.variants.length], ['triage', 20, 1]);
    const { name, gates } = await window.request('gates/list', cell);
    assert.deepEqual([name, gates.map(({ line }) => line)], ['triage', [6]]);
    const judged = await window.request('gates/judge', { source: cell });
    assert.deepEqual(
      judged.gates.map(one => one.results.map(({ outcome }) => outcome)),
      [['met']],
    );
    const failure = await window.fail('runs/dryRun', { source: { ...cell, results: [] }, origin: 'notebook' });
    assert.match(failure.message, /No result is called `first`/);
  });

  it('become files, and files cells', async () => {
    const text = 'as: x\nuse: ../benches/triage.bench.yaml\nmodels: [checkpoint:tuned]\n';
    const saved = await window.request('cells/toFile', { source: source(text), results, path: at('all.bench.yaml') });
    assert.ok(saved.text.startsWith('# Ours.\nname: triage\n'));
    assert.deepEqual((parse(saved.text) as { dataset: { path: string } }).dataset.path, 'data/rows.jsonl');
    const file = { path: at('benches/triage.bench.yaml'), notebook: at('story.ipynb') };
    const copied = await window.request('cells/fromFile', { ...file, how: 'copy' });
    assert.match(copied.text, /^# Ours\.\nname: triage\ndataset: \{path: data\/rows\.jsonl/);
    assert.deepEqual(await window.request('cells/fromFile', { ...file, how: 'use' }), {
      language: 'aiwb-bench',
      text: 'use: benches/triage.bench.yaml',
    });
    assert.equal(
      (await window.fail('cells/fromFile', { ...file, path: at('data/rows.jsonl'), how: 'use' })).code,
      'usage',
    );
  });
});
