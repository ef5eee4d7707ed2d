import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { DryRunEstimate, Report, RunSummary, TuningComparison } from '../../schemas/generated/messages.ts';
import { coreAspect, makeJob, makeTickets, toJsonLines } from '../fakes/tuning.ts';
import { createWorkspace, runAiwb, startAiwb, type Finished } from './aiwb.ts';

const identity = { GIT_AUTHOR_EMAIL: 'ada@x.example', GIT_AUTHOR_NAME: 'Ada' };
const long = 'hyperparameters: {epochs: 400}\ncheckpoints: {every: 100}\n';

describe('aiwb tune', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(() => {
    workspace = createWorkspace({
      'tickets.jsonl': toJsonLines(makeTickets(240)),
      'a.tune.yaml': makeJob('hyperparameters: {epochs: 4}\nregister: {model: triage-model}\n'),
      'ask.bench.yaml':
        'name: ask\ndataset: {path: tickets.jsonl, input: text, target: topic, split: {field: split, train: train, test: test}}\nmodels: [checkpoint:triage, registry:triage-model@candidate, embedded:majority]\nmetrics: [accuracy]\n',
      'workbench.yaml': '{}\n',
    });
  });
  afterEach(() => workspace.remove());

  const run = (...args: string[]): Promise<Finished> => runAiwb(args, { cwd: workspace.folder, env: identity });
  const json = ({ stdout, stderr }: Finished): unknown => {
    assert.notEqual(stdout, '', stderr);
    return JSON.parse(stdout);
  };
  const readText = (name: string): string => readFileSync(path.join(workspace.folder, name), 'utf8');
  const listRuns = async (): Promise<RunSummary[]> =>
    (json(await run('runs', 'list', '--json')) as { runs: RunSummary[] }).runs;
  const waitFor = async (reached: (run: RunSummary) => boolean): Promise<RunSummary> => {
    for (let tries = 0; tries < 300; tries += 1) {
      const found = (await listRuns()).find(reached);
      if (found !== undefined) return found;
      await wait(50);
    }
    assert.fail('No run got so far.');
  };

  it('trains, registers, and its checkpoint is asked by a benchmark', async () => {
    const tuned = await run('tune', 'a.tune.yaml');
    assert.equal(tuned.code, 0, tuned.stderr);
    assert.match(tuned.stdout, /core performance\s+tuned\s+0\.\d+ \(0\.\d+ to [01]\.\d+\)/);
    assert.match(tuned.stdout, /Registered as triage-model, version 1\./);
    const [summary] = await listRuns();
    assert.deepEqual([summary?.kind, summary?.state, summary?.progress.done], ['tune', 'succeeded', 4]);
    const asked = json(await run('run', 'ask.bench.yaml', '--json')) as Report;
    const [checkpoint, registered, majority] = asked.variants.map(({ metrics }) => metrics[0]?.value ?? 0);
    const { reports } = json(await run('runs', 'show', summary!.id, '--json')) as TuningComparison;
    assert.equal(checkpoint, reports[0]?.aspects[0]?.metrics[0]?.value);
    assert.equal(registered, checkpoint);
    assert.ok((checkpoint ?? 0) > (majority ?? 1));
    const markdown = await run('runs', 'export', summary!.id, '--to', 'markdown');
    assert.match(markdown.stdout, /\*\*triage\*\* — run/);
    const other = (await listRuns()).find(({ kind }) => kind === 'benchmark')!;
    const unlike = await run('runs', 'compare', summary!.id, other.id);
    assert.equal(unlike.code, 2);
    assert.match(unlike.stderr, /is a tuning run and .* is a benchmark run/);
    const page = await run('runs', 'export', summary!.id, '--to', 'html');
    assert.match(page.stdout, /Content-Security-Policy[^]*id="aiwb-tuning"/);
    const samples = await run('runs', 'export', summary!.id, '--to', 'csv');
    assert.equal(samples.code, 2, samples.stderr);
    assert.equal((await run('run', '--resume', summary!.id)).code, 2);
    assert.match((await run('run', 'a.tune.yaml')).stderr, /aiwb tune a\.tune\.yaml/);
  });

  it('is evaluated by the benchmarks of its aspects, which ask base and tuned model in place of their own', async function () {
    // Five programs, one after the other.
    this.timeout(150_000);
    const benchmark = '    benchmark: ask.bench.yaml\n';
    workspace.write('base.tune.yaml', makeJob('hyperparameters: {epochs: 1}\n').replace('name: triage', 'name: first'));
    workspace.write(
      'warm.tune.yaml',
      makeJob('hyperparameters: {epochs: 3}\n', coreAspect(benchmark))
        .replace('name: triage', 'name: warm')
        .replace('embedded:linear', 'checkpoint:first'),
    );
    assert.equal((await run('tune', 'base.tune.yaml')).code, 0);
    const tuned = await run('tune', 'warm.tune.yaml', '--html', 'warm.html');
    assert.equal(tuned.code, 0, tuned.stderr);
    assert.match(readText('warm.html'), /<noscript>[^]*<caption[^]*id="aiwb-tuning"/);
    const { id } = (await listRuns()).find(({ name }) => name === 'warm')!;
    const evaluated = await run('tune', 'evaluate', id, '--html', 'evaluated.html');
    assert.equal(evaluated.code, 0, evaluated.stderr);
    assert.match(evaluated.stdout, /checkpoint:first@1/);
    assert.match(evaluated.stdout, /checkpoint:warm/);
    assert.doesNotMatch(evaluated.stdout, /embedded:majority/);
    assert.match(readText('evaluated.html'), /id="aiwb-report"/);
    const [report] = json(await run('tune', 'evaluate', id, '--json')) as Report[];
    assert.ok(report);
    assert.equal(report.comparisons[0]?.baseline, 0);
    assert.deepEqual(
      report.variants.map(({ model }) => model),
      ['checkpoint:first@1', 'checkpoint:warm'],
    );
  });

  it('says why a base is not asked, and which benchmark is missing', async () => {
    assert.equal((await run('tune', 'a.tune.yaml')).code, 0);
    const [{ id } = assert.fail()] = await listRuns();
    const refused = await run('tune', 'evaluate', id);
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /embedded:linear had learnt nothing/);
    assert.match(refused.stderr, /names a benchmark[^]*--benchmark my\.bench\.yaml/);
    const alone = await run('tune', 'evaluate', id, '--benchmark', 'ask.bench.yaml');
    assert.equal(alone.code, 0, alone.stderr);
    assert.match(alone.stdout, /registry:triage-model@1/);
  });

  it('says what it would do, and refuses leaking data, without a trace', async () => {
    const dry = await run('tune', 'a.tune.yaml', '--dry-run', '--json');
    assert.equal(dry.code, 0, dry.stderr);
    assert.match((json(dry) as DryRunEstimate).notes.join('\n'), /4 epochs from embedded:linear/);
    const rows = makeTickets(240);
    workspace.write(
      'tickets.jsonl',
      toJsonLines([...rows, { ...rows.find(({ split }) => split === 'train')!, split: 'test' }]),
    );
    for (const args of [['--dry-run'], []]) {
      const refused = await run('tune', 'a.tune.yaml', ...args);
      assert.equal(refused.code, 2);
      assert.match(
        refused.stderr,
        /1 test row has the text of a training row: tickets\.jsonl:241 is tickets\.jsonl:\d+/,
      );
    }
    assert.deepEqual(await listRuns(), []);
    assert.match((await run('tune', 'a.tune.yaml', '--platform', 'moon')).stderr, /No platform is called "moon"/);
  });

  it('killed and resumed gives the weights of a run that was never stopped', async () => {
    workspace.write('long.tune.yaml', makeJob(long, coreAspect()));
    const whole = (json(await run('tune', 'long.tune.yaml', '--json')) as TuningComparison).reports[0]!;
    const digests = whole.checkpoints.map(({ epoch, digest }) => `${epoch} ${digest}`);
    assert.ok(digests.length >= 4);
    const killed = startAiwb(['tune', 'long.tune.yaml'], { cwd: workspace.folder, env: identity });
    const { id } = await waitFor(({ state, progress }) => state === 'running' && progress.done > 20);
    killed.child.kill('SIGKILL');
    await killed.finished;
    await waitFor(found => found.id === id && found.state === 'lost');
    const resumed = await run('tune', '--resume', id, '--json');
    assert.equal(resumed.code, 0, resumed.stderr);
    const report = (json(resumed) as TuningComparison).reports[0]!;
    assert.equal(report.run.id, id);
    assert.deepEqual(
      report.checkpoints.map(({ epoch, digest }) => `${epoch} ${digest}`),
      digests,
    );
    assert.match(report.notes.join(), /Resumed: \d+ epochs kept/);
  });

  it('goes on in the background, is cancelled there and goes on again', async () => {
    workspace.write('long.tune.yaml', makeJob('hyperparameters: {epochs: 1000}\n'));
    const started = await run('tune', 'long.tune.yaml', '--detach', '--json');
    assert.equal(started.code, 0, started.stderr);
    const { id } = json(started) as RunSummary;
    await waitFor(found => found.id === id && found.progress.done > 3);
    assert.equal((await run('runs', 'cancel', id)).code, 0);
    const cancelled = await waitFor(found => found.id === id && found.endedAt !== undefined);
    assert.equal(cancelled.state, 'cancelled');
    assert.ok(cancelled.progress.done < 1000);
    const shown = await run('runs', 'show', id);
    assert.match(shown.stdout, /Partial: \d+ of 1,000 epochs/);
    const controlC = startAiwb(['tune', '--resume', id], { cwd: workspace.folder, env: identity });
    await waitFor(
      found => found.id === id && found.state === 'running' && found.progress.done > cancelled.progress.done,
    );
    controlC.child.kill('SIGINT');
    const ended = await controlC.finished;
    assert.equal(ended.code, 130, ended.stderr);
    assert.match(ended.stderr, new RegExp(`aiwb tune --resume ${id}`));
  });

  it('tells a failed run by its exit code, and that nobody can be named', async () => {
    workspace.write('tickets.jsonl', toJsonLines(makeTickets(240, { noise: 0.6 })));
    workspace.write('wild.tune.yaml', makeJob('hyperparameters: {epochs: 3, learningRate: 100000}\n'));
    const wild = await run('tune', 'wild.tune.yaml');
    assert.equal(wild.code, 3);
    assert.match(wild.stderr, /diverged in epoch 1 with learning rate 100000/);
    const env = {
      GIT_AUTHOR_EMAIL: '',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CEILING_DIRECTORIES: '/',
    };
    const nobody = await runAiwb(['tune', 'a.tune.yaml'], { cwd: workspace.folder, env });
    assert.equal(nobody.code, 2);
    assert.match(nobody.stderr, /git does not know who you are/);
  });
});
