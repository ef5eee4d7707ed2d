import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { unpackOutput } from '../../schemas/packed-output.ts';
import type { RunOutput, RunSummary } from '../../schemas/generated/messages.ts';
import {
  validateAssessmentOutput,
  validateComparisonOutput,
  validateRunOutput,
} from '../../schemas/generated/validators.js';
import { bundleRun } from '../../engine/notebooks/bundles.ts';
import { createClock } from '../../platform/host/clock.ts';
import { openStore } from '../../platform/store/store.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { copyExamples, createWorkspace, runAiwb, startAiwb, type Finished, type Started } from './aiwb.ts';

interface Cell {
  readonly id: string;
  readonly cell_type: string;
  readonly execution_count?: number | null;
  readonly source: string[];
  readonly outputs?: { output_type: string; text?: string[]; data?: Record<string, unknown> }[];
}

const runMime = 'application/vnd.aiwb.run+json';
const canary = 'canary-19bd44-secret';

const metadata = {
  kernelspec: { display_name: 'AI Workbench', language: 'yaml', name: 'ai-workbench' },
  language_info: { name: 'yaml' },
};

const code = (id: string, source: string, languageId?: string) => ({
  cell_type: 'code',
  execution_count: null,
  id,
  metadata: languageId === undefined ? {} : { vscode: { languageId } },
  outputs: [],
  source: source.split(/(?<=\n)/),
});

const notebookOf = (...cells: readonly unknown[]): string =>
  `${JSON.stringify({ cells, metadata, nbformat: 4, nbformat_minor: 5 }, undefined, 1)}\n`;

const benchOf = (name: string, rest = ''): string =>
  `name: ${name}\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nmetrics: [exact-match]\nlimits: {concurrency: 4}\n${rest}`;

const rowsOf = (count: number): string =>
  Array.from({ length: count }, (_, i) => `${JSON.stringify({ q: `row ${i} ANSWER=a`, a: 'a' })}\n`).join('');

const workbenchOf = (url: string): string =>
  `connections:\n  fake: {provider: openai, baseUrl: "${url}", model: fake, apiKey: {env: FAKE_KEY}}\n`;

describe('aiwb notebook run', function () {
  this.timeout(120_000);
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi | undefined;
  afterEach(async () => {
    await server?.close();
    server = undefined;
    workspace.remove();
  });

  const text = (name = 'nb.ipynb'): string => readFileSync(path.join(workspace.folder, name), 'utf8');
  const cellsOf = (name?: string): Cell[] => (JSON.parse(text(name)) as { cells: Cell[] }).cells;
  const cellOf = (id: string, name?: string): Cell => cellsOf(name).find(cell => cell.id === id) ?? assert.fail(id);
  const runOf = (id: string, name?: string): RunOutput => {
    const run = unpackOutput(cellOf(id, name).outputs?.[0]?.data?.[runMime]);
    assert.ok(validateRunOutput(run), JSON.stringify(validateRunOutput.errors));
    return run;
  };
  const allowed = (): string[] => (server === undefined ? [] : ['--allow-origin', new URL(server.url).origin]);
  const notebook = (verb: string, ...args: string[]): Promise<Finished> => start(verb, ...args).finished;
  const start = (verb: string, ...args: string[]): Started =>
    startAiwb(['notebook', verb, ...args, ...(verb === 'run' ? allowed() : [])], {
      cwd: workspace.folder,
      env: { FAKE_KEY: canary },
    });
  const listRuns = async (): Promise<RunSummary[]> =>
    (
      JSON.parse((await runAiwb(['runs', 'list', '--json'], { cwd: workspace.folder })).stdout) as {
        runs: RunSummary[];
      }
    ).runs;

  /** A workspace whose model answers slowly enough to be interrupted. */
  async function createSlow(rows: number, ...cells: readonly unknown[]): Promise<FakeOpenAi> {
    server = await startFakeOpenAi({ delay: 25 });
    workspace = createWorkspace({
      'rows.jsonl': rowsOf(rows),
      'workbench.yaml': workbenchOf(server.url),
      'nb.ipynb': notebookOf(...cells),
    });
    return server;
  }

  it('does the whole workflow of the sample notebook, and changes nothing but outputs and numbers', async () => {
    workspace = copyExamples();
    const before = text('model-workflow.ipynb');
    const run = await notebook('run', 'model-workflow.ipynb', '--json');
    assert.equal(run.code, 0, run.stderr);
    const { cells } = JSON.parse(run.stdout) as { cells: { kind: string; state: string; gate?: string }[] };
    assert.deepEqual(
      cells.map(({ kind }) => kind),
      ['benchmark', 'tune', 'tune', 'comparison', 'benchmark', 'benchmark', 'benchmark', 'assessment'],
    );
    assert.ok(cells.every(({ state, gate }) => state === 'succeeded' && gate !== 'not-met'));

    const executed = cellsOf('model-workflow.ipynb').filter(({ outputs }) => (outputs ?? []).length > 0);
    assert.deepEqual(
      executed.map(({ execution_count }) => execution_count),
      [1, 2, 3, 4, 5, 6, 7, 8],
    );
    for (const { outputs } of executed) {
      const [output] = outputs ?? [];
      const data = output?.data ?? {};
      assert.equal(output?.output_type, 'display_data');
      assert.deepEqual(Object.keys(data).slice(1), ['text/html', 'text/markdown']);
      const valid =
        validateRunOutput(unpackOutput(data[runMime])) ||
        validateComparisonOutput(unpackOutput(data['application/vnd.aiwb.comparison+json'])) ||
        validateAssessmentOutput(unpackOutput(data['application/vnd.aiwb.assessment+json']));
      assert.ok(valid);
      assert.match((data['text/html'] as string[]).join(''), /<table/);
      assert.match((data['text/markdown'] as string[]).join(''), /\| ---/);
    }
    const cleared = JSON.parse(text('model-workflow.ipynb')) as { cells: Record<string, unknown>[] };
    for (const cell of cleared.cells)
      if ('outputs' in cell) Object.assign(cell, { outputs: [], execution_count: null });
    assert.equal(`${JSON.stringify(cleared, undefined, 1)}\n`, before);

    const results = await notebook('results', 'model-workflow.ipynb');
    assert.equal(results.code, 0, results.stderr);
    for (const name of ['clean', 'tuned', 'training']) assert.match(results.stdout, new RegExp(`${name} .*succeeded`));
  });

  it('changes only the lines of the cell that is run again, and gives one run one output', async () => {
    workspace = copyExamples();
    const first = await notebook('run', 'ticket-triage.ipynb');
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /triage.*benchmark.*succeeded/);
    const before = text('ticket-triage.ipynb');
    const again = await notebook('run', 'ticket-triage.ipynb', '--cell', 'wording');
    assert.equal(again.code, 0, again.stderr);
    const after = text('ticket-triage.ipynb');
    const [start, end] = ['"id": "wording"', '"id": "covenants"'].map(mark => before.indexOf(mark)) as [number, number];
    const without = (whole: string): string =>
      JSON.stringify((JSON.parse(whole) as { cells: Cell[] }).cells.filter(({ id }) => id !== 'wording'));
    assert.ok(start > 0 && end > start);
    assert.notEqual(before, after);
    assert.equal(without(before), without(after));
    assert.equal(cellOf('wording', 'ticket-triage.ipynb').execution_count, 4);
    assert.equal(after.slice(after.indexOf('"id": "covenants"')), before.slice(end));

    const store = await openStore({ folder: path.join(workspace.folder, '.aiwb'), clock: createClock() });
    try {
      const { runId } = runOf('triage', 'ticket-triage.ipynb');
      const { summary } = await store.getRun(runId);
      const { signal } = new AbortController();
      const bundle = await bundleRun(summary, undefined, store, createClock(), signal);
      const later = await bundleRun(summary, undefined, store, { ...createClock(), now: () => 1 }, signal);
      assert.equal(JSON.stringify(bundle), JSON.stringify(later));
      const data = cellOf('triage', 'ticket-triage.ipynb').outputs?.[0]?.data ?? {};
      assert.equal(JSON.stringify(data[runMime]), JSON.stringify((bundle as Record<string, unknown>)[runMime]));
    } finally {
      await store.close();
    }
  });

  it('merges without a conflict where two branches ran different cells', async () => {
    workspace = copyExamples();
    const git = (...args: string[]): string =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.example', ...args], {
        cwd: workspace.folder,
        encoding: 'utf8',
      });
    git('init', '-q', '-b', 'main');
    writeFileSync(path.join(workspace.folder, '.gitignore'), '.aiwb\n.config\n');
    git('add', '-A');
    git('commit', '-qm', 'start');
    for (const cell of ['triage', 'covenants']) {
      git('checkout', '-q', '-b', cell, 'main');
      const run = await notebook('run', 'ticket-triage.ipynb', '--cell', cell);
      assert.equal(run.code, 0, run.stderr);
      git('commit', '-qam', cell);
    }
    git('merge', '-q', '-m', 'both', 'triage');
    for (const cell of ['triage', 'covenants']) assert.equal(runOf(cell, 'ticket-triage.ipynb').state, 'succeeded');
  });

  it('hands named results on to later cells, of this execution and of earlier ones', async () => {
    await createSlow(
      6,
      code('one', `as: first\n${benchOf('first')}`),
      code('two', `as: second\n${benchOf('second', 'cache: false\n')}`),
      code(
        'try',
        'as: tried\nmessages: [{role: user, content: "{{q}} ANSWER=b"}]\nmodels: [fake]\nvalues: {q: hello}\n',
      ),
      code('both', 'as: both\ncompare: [first, second]\n'),
      code('unknown', 'compare: [first, third]\n'),
    );
    const run = await notebook('run', 'nb.ipynb', '--allow-errors');
    assert.equal(run.code, 0, run.stderr);
    const [output] = cellOf('both').outputs ?? [];
    const compared = unpackOutput(output?.data?.['application/vnd.aiwb.comparison+json']);
    assert.ok(validateComparisonOutput(compared), JSON.stringify(validateComparisonOutput.errors));
    assert.deepEqual(compared.runIds, [runOf('one').runId, runOf('two').runId]);
    assert.match((output?.data?.['text/markdown'] as string[]).join(''), /first is run .*; second is run/);
    assert.equal(runOf('try').kind, 'prompt');
    assert.match((cellOf('try').outputs?.[0]?.data?.['text/html'] as string[]).join(''), /<pre[^>]*>b<\/pre>/);
    assert.match(cellOf('unknown').outputs?.[0]?.text?.join('') ?? '', /^Line 1: /);

    const shown = await notebook('results', 'nb.ipynb');
    assert.match(shown.stdout, /first +benchmark +succeeded +6 +fake: Exact match/i);
    assert.match(shown.stdout, /tried +prompt +succeeded +1 +1 answer of 1 model/);
    assert.match(shown.stdout, /both +comparison/);
    const again = await notebook('run', 'nb.ipynb', '--cell', 'both', '--json');
    assert.equal(again.code, 0, again.stderr);
    assert.deepEqual(cellOf('both').outputs, [output], 'the same comparison is the same output');
  });

  it('killed, leaves a valid file that names its run, and goes on with it when told', async () => {
    const { stats } = await createSlow(
      200,
      code('one', benchOf('first')),
      code('two', benchOf('second', 'cache: false\n')),
    );
    const started = start('run', 'nb.ipynb');
    while (stats.answered < 240 && started.child.exitCode === null) await wait(5);
    started.child.kill('SIGKILL');
    await started.finished;
    assert.equal(runOf('one').state, 'succeeded');
    const left = runOf('two');
    assert.equal(left.state, 'running');
    assert.ok(left.host !== undefined && left.report === undefined);
    assert.match((cellOf('two').outputs?.[0]?.data?.['text/markdown'] as string[]).join(''), /aiwb runs show/);
    const first = runOf('one').runId;

    const answered = stats.answered;
    const resumed = await notebook('run', 'nb.ipynb', '--resume');
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.match(resumed.stderr, new RegExp(`going on with run ${left.runId}`));
    assert.equal(runOf('one').runId, first, 'what is done is kept');
    assert.equal(runOf('two').runId, left.runId);
    assert.equal(runOf('two').state, 'succeeded');
    assert.equal(runOf('two').report?.variants[0]?.samples, 200);
    assert.ok(stats.answered - answered < 200, 'answers are not asked for again');
    assert.deepEqual([cellOf('one').execution_count, cellOf('two').execution_count], [1, 2]);

    const nothing = await notebook('run', 'nb.ipynb', '--resume');
    assert.equal(nothing.code, 0);
    assert.match(nothing.stderr, /Every cell of nb.ipynb is done/);
    assert.ok(!text().includes(canary), 'no key is written');
  });

  it('interrupted, cancels the run, writes that and stops; the copy it wrote is gone on with', async () => {
    const { stats } = await createSlow(300, code('one', benchOf('first')), code('two', benchOf('second')));
    const source = text();
    const started = start('run', 'nb.ipynb', '-o', 'out.ipynb');
    while (stats.answered < 40 && started.child.exitCode === null) await wait(5);
    started.child.kill('SIGINT');
    const finished = await started.finished;
    assert.equal(finished.code, 130, finished.stderr);
    assert.match(finished.stderr, /1 of 2 cells were not executed.*--resume/s);
    assert.equal(text(), source, 'the notebook itself is left alone');
    const { runId, state } = runOf('one', 'out.ipynb');
    assert.equal(state, 'cancelled');
    assert.deepEqual(cellOf('two', 'out.ipynb').outputs, []);
    const resumed = await notebook('run', 'nb.ipynb', '-o', 'out.ipynb', '--resume');
    assert.equal(resumed.code, 0, resumed.stderr);
    assert.equal(runOf('one', 'out.ipynb').runId, runId);
    assert.equal(runOf('two', 'out.ipynb').state, 'succeeded');
    assert.equal(text(), source);
    assert.equal((await listRuns()).length, 2);
  });

  it('cancels a cell whose time is up', async () => {
    await createSlow(2_000, code('one', benchOf('first')));
    const run = await notebook('run', 'nb.ipynb', '--timeout', '1');
    assert.equal(run.code, 3, run.stderr);
    assert.match(run.stderr, /Cell 1 \(one\) took longer than 1 s/);
    assert.equal(runOf('one').state, 'cancelled');
  });

  it('keeps what others change in the file meanwhile', async () => {
    const { stats } = await createSlow(120, code('one', benchOf('first')), code('note', 'print(1)', 'python'));
    const started = start('run', 'nb.ipynb');
    while (stats.answered < 20 && started.child.exitCode === null) await wait(5);
    writeFileSync(path.join(workspace.folder, 'nb.ipynb'), text().replace('print(1)', 'print(2)'));
    const finished = await started.finished;
    assert.equal(finished.code, 0, finished.stderr);
    assert.equal(runOf('one').state, 'succeeded');
    assert.deepEqual(cellOf('note').source, ['print(2)']);
  });

  it('does not put an output under another text', async () => {
    const { stats } = await createSlow(120, code('one', benchOf('first')));
    const started = start('run', 'nb.ipynb');
    while (stats.answered < 20 && started.child.exitCode === null) await wait(5);
    const edited = text().replace('name: first', 'name: other');
    writeFileSync(path.join(workspace.folder, 'nb.ipynb'), edited);
    const finished = await started.finished;
    assert.equal(finished.code, 2, finished.stderr);
    assert.match(finished.stderr, /was changed while its cells ran: cell 1 \(one\)/);
    assert.equal(text(), edited);
  });

  const gated = 'gate: [{metric: exact-match, model: fake, atLeast: 1}]\n';

  it('tells by its exit code that a gate was not met, and stops there when told', async () => {
    const cells = [code('one', benchOf('first', gated)), code('two', benchOf('second'))];
    await createSlow(4, ...cells);
    const all = await notebook('run', 'nb.ipynb');
    assert.equal(all.code, 1, all.stderr);
    assert.match(all.stdout, /one.*not-met/);
    assert.equal(runOf('two').state, 'succeeded');
    workspace.write('nb.ipynb', notebookOf(...cells));
    const stopped = await notebook('run', 'nb.ipynb', '--stop-at-gate');
    assert.equal(stopped.code, 1, stopped.stderr);
    assert.equal(runOf('one').state, 'succeeded');
    assert.deepEqual(cellOf('two').outputs, []);
    assert.equal(cellOf('two').execution_count, null);
  });

  it('stops at a cell that is wrong and says so in it, unless errors are allowed', async () => {
    const cells = [
      code('prose', 'not: ours\n'),
      code('wrong', 'name: x\ndataset: {path: rows.jsonl}\nmodels: [fake]\nmetrics: [no-such]\n'),
      code('gone', benchOf('gone').replace('rows.jsonl', 'gone.jsonl')),
      code('right', benchOf('right')),
      code('python', 'print(1)', 'python'),
    ];
    await createSlow(4, ...cells);
    const run = await notebook('run', 'nb.ipynb', '--cell', 'wrong', '--cell', '4');
    assert.equal(run.code, 2, run.stderr);
    const [output] = cellOf('wrong').outputs ?? [];
    assert.equal(output?.output_type, 'stream');
    assert.match(output.text?.join('') ?? '', /^Line \d+: /);
    assert.ok(!text().includes(workspace.folder), 'no path of this machine is written');
    assert.deepEqual(cellOf('right').outputs, []);
    const lenient = await notebook('run', 'nb.ipynb', '--allow-errors', '--json');
    assert.equal(lenient.code, 0, lenient.stderr);
    const { cells: outcomes } = JSON.parse(lenient.stdout) as { cells: { id: string; failure?: { code: string } }[] };
    assert.deepEqual(
      outcomes.map(({ id, failure }) => [id, failure?.code]),
      [
        ['prose', 'usage'],
        ['wrong', 'file-invalid'],
        ['gone', 'file-invalid'],
        ['right', undefined],
      ],
    );
    assert.equal(runOf('right').state, 'succeeded');
    assert.equal(runOf('gone').state, 'failed');
    assert.match(runOf('gone').failure?.message ?? '', /gone\.jsonl/);
    assert.ok(!text().includes(workspace.folder), 'no path of this machine is written');
    assert.deepEqual(cellOf('python').outputs, []);
  });

  it('refuses what is no notebook, cells that are not there and times that are none', async () => {
    workspace = createWorkspace({
      'old.ipynb': '{"nbformat": 3, "worksheets": []}',
      'broken.ipynb': '{"cells": [\n<<<<<<< HEAD\n',
      'nb.ipynb': notebookOf(code('python', 'print(1)', 'python')),
    });
    const refusals: readonly (readonly [RegExp, string, ...string[]])[] = [
      [/nbformat 3.*jupyter nbconvert/s, 'run', 'old.ipynb'],
      [/no valid JSON/, 'run', 'broken.ipynb'],
      [/not-there\.ipynb/, 'run', 'not-there.ipynb'],
      [/No cell of .* is called 9/, 'run', 'nb.ipynb', '--cell', '9'],
      [/nothing to execute here/, 'run', 'nb.ipynb', '--cell', 'python'],
      [/no number of seconds/, 'run', 'nb.ipynb', '--timeout', 'soon'],
      [/no valid JSON/, 'export', 'broken.ipynb', '--to', 'html'],
      [/"pdf" is no format/, 'export', 'nb.ipynb', '--to', 'pdf'],
      [/nbformat 3/, 'results', 'old.ipynb'],
    ];
    for (const [message, verb, ...args] of refusals) {
      const refused = await notebook(verb, ...args);
      assert.equal(refused.code, 2, `${verb} ${args.join(' ')}: ${refused.stderr}`);
      assert.match(refused.stderr, message);
    }
    const empty = await notebook('run', 'nb.ipynb');
    assert.equal(empty.code, 0);
    assert.match(empty.stderr, /no cell to execute/);
  });
});
