import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { PromptReport, RunSummary } from '../../schemas/generated/messages.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { createWorkspace, runAiwb, startAiwb, type Finished } from './aiwb.ts';

const canary = 'canary-51d7-secret';
const prompt = 'name: Greeting\nmessages: [{role: user, content: "Greet {{name}} ANSWER={{name}}!"}]\n';

describe('aiwb prompt', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  let server: FakeOpenAi;

  beforeEach(async () => {
    server = await startFakeOpenAi({ requireKey: canary, delay: 20 });
    const connection = (model: string): string =>
      `{provider: openai, baseUrl: "${server.url}", model: ${model}, apiKey: {env: FAKE_KEY}, price: {input: 1, output: 2}}`;
    workspace = createWorkspace({
      'workbench.yaml': `connections:\n  gpt: ${connection('a')}\n  other: ${connection('b')}\n`,
      'prompts/greet.prompt.yml': prompt,
      'names.jsonl': ['Ada', 'Grace', 'Edsger'].map(name => `${JSON.stringify({ name })}\n`).join(''),
    });
  });
  afterEach(async () => {
    await server.close();
    workspace.remove();
  });

  const aiwb = (...args: readonly string[]): Promise<Finished> =>
    runAiwb([...args, ...(args[0] === 'prompt' ? ['--allow-origin', server.origin] : [])], {
      cwd: workspace.folder,
      env: { FAKE_KEY: canary },
    });
  const runs = async (): Promise<RunSummary[]> =>
    (JSON.parse((await aiwb('runs', 'list', '--json')).stdout) as { runs: RunSummary[] }).runs;
  const file = 'prompts/greet.prompt.yml';

  it('prints the answers side by side, keeps them as a run and exports them in every form', async () => {
    const tried = await aiwb('prompt', file, '-m', 'gpt', '-m', 'other', '--set', 'name=Ada=Lovelace');
    assert.equal(tried.code, 0, tried.stderr);
    assert.match(tried.stdout, /Greeting: 1 case, 2 models/);
    assert.match(tried.stdout, /── gpt: [^\n]+── other: /);
    assert.match(tried.stdout, /Ada=Lovelace/);
    const [run] = await runs();
    assert.deepEqual([run?.kind, run?.name, run?.file, run?.state], ['prompt', 'Greeting', file, 'succeeded']);
    const shown = await aiwb('runs', 'show', 'latest', '--json');
    const report = JSON.parse(shown.stdout) as PromptReport;
    assert.equal(report.cases[0]?.answers.length, 2);
    assert.match((await aiwb('runs', 'show', 'latest')).stdout, /── gpt: /);
    assert.match((await aiwb('runs', 'show', `${run?.id ?? ''}#1`)).stdout, /Answer:/);
    for (const [format, expected] of [
      ['json', /"kind": "prompt"/],
      ['jsonl', /"model":"gpt"/],
      ['csv', /^model,prompt,row/],
      ['markdown', /```text/],
      ['html', /id="aiwb-prompt"/],
    ] as const) {
      const exported = await aiwb('runs', 'export', 'latest', '--to', format);
      assert.equal(exported.code, 0, exported.stderr);
      assert.match(exported.stdout, expected, format);
      assert.ok(!exported.stdout.includes(canary));
    }
    const junit = await aiwb('runs', 'export', 'latest', '--to', 'junit');
    assert.equal(junit.code, 2);
    assert.match(junit.stderr, /The trial of a prompt has no junit export/);
  });

  it('takes cases from a file, and the first rows of a dataset', async () => {
    const cases = await aiwb('prompt', file, '-m', 'gpt', '--values', 'names.jsonl', '--repeats', '2', '--json');
    assert.equal(cases.code, 0, cases.stderr);
    const report = JSON.parse(cases.stdout) as PromptReport;
    assert.deepEqual(
      report.cases.map(({ input, answers }) => [input, answers.length]),
      ['Ada', 'Grace', 'Edsger'].map(name => [name, 2]),
    );
    const rows = await aiwb('prompt', file, '-m', 'gpt', '--dataset', 'names.jsonl', '-n', '2', '--html', 'out.html');
    assert.equal(rows.code, 0, rows.stderr);
    assert.match(rows.stdout, /2\. Grace/);
    assert.doesNotMatch(rows.stdout, /Edsger/);
    assert.match(readFileSync(path.join(workspace.folder, 'out.html'), 'utf8'), /Content-Security-Policy/);
  });

  it('sends nothing on a dry run, and refuses what is wrong before anything is recorded', async () => {
    const dry = await aiwb('prompt', file, '-m', 'gpt', '--set', 'name=x', '--dry-run');
    assert.equal(dry.code, 0, dry.stderr);
    assert.match(dry.stdout, /Nothing was sent/);
    for (const [args, expected] of [
      [[], /No prompt was named/],
      [[file, '-m', 'gpt'], /Nothing says what `name` stands for/],
      [[file, '-m', 'gpt', '--set', 'nam=x'], /Did you mean `nam`\?/],
      [[file, '-m', 'gpt', '--set', 'x'], /"x" sets no variable/],
      [[file, '-m', 'gtp', '--set', 'name=x'], /Did you mean `gpt`\?/],
      [[file, '-m', 'embedded:knn', '--set', 'name=x'], /reads no prompt/],
      [[file, '--set', 'name=x'], /Missing `models`/],
      [[file, '-m', 'gpt', '--set', 'name=x', '--dataset', 'names.jsonl'], /not from both/],
      [[file, '-m', 'gpt', '--set', 'name=x', '--budget', 'much'], /no amount of US dollars/],
      [['names.bench.yaml', '-m', 'gpt'], /is a benchmark/],
      [['gone.prompt.yml', '-m', 'gpt'], /gone\.prompt\.yml/],
    ] as const) {
      const refused = await aiwb('prompt', ...args);
      assert.equal(refused.code, 2, `${args.join(' ')}: ${refused.stderr}`);
      assert.match(refused.stderr, expected);
    }
    assert.match((await aiwb('run', file)).stderr, /Try it with `aiwb prompt/);
    assert.equal(server.stats.requests, 0);
    assert.deepEqual(await runs(), []);
  });

  it('goes on in the background, and can be killed and resumed without asking twice what is stored', async () => {
    const many = Array.from({ length: 100 }, (_, index) => `${JSON.stringify({ name: `n${String(index)}` })}\n`).join(
      '',
    );
    workspace.write('many.jsonl', many);
    workspace.write('slow.prompt.yml', `${prompt}limits: {concurrency: 1}\n`);
    const args = ['prompt', 'slow.prompt.yml', '-m', 'gpt', '--values', 'many.jsonl', '--allow-origin', server.origin];
    const started = startAiwb(args, { cwd: workspace.folder, env: { FAKE_KEY: canary } });
    while (server.stats.answered < 20 && started.child.exitCode === null) await wait(5);
    await wait(300);
    started.child.kill('SIGKILL');
    await started.finished;
    const [lost] = await runs();
    assert.equal(lost?.state, 'lost');
    const kept = (JSON.parse((await aiwb('runs', 'show', lost.id, '--json')).stdout) as PromptReport).cases.length;
    assert.ok(kept > 0 && kept < 100, `${String(kept)} answers were stored`);
    const before = server.stats.requests;
    const wrong = await aiwb('run', '--resume', lost.id);
    assert.match(wrong.stderr, /is a prompt trial\.\n {2}Go on with it by `aiwb prompt --resume/);
    const resumed = await aiwb('prompt', '--resume', lost.id, '--json');
    assert.equal(resumed.code, 0, resumed.stderr);
    const report = JSON.parse(resumed.stdout) as PromptReport;
    assert.equal(report.cases.length, 100);
    assert.equal(new Set(report.cases.map(({ input }) => input)).size, 100);
    assert.ok(server.stats.requests - before <= 100 - kept, 'no stored answer was asked for again');

    const detached = await aiwb('prompt', file, '-m', 'other', '--set', 'name=later', '--detach', '--json');
    assert.equal(detached.code, 0, detached.stderr);
    const { id } = JSON.parse(detached.stdout) as RunSummary;
    for (let tries = 0; tries < 200; tries += 1) {
      if ((await runs()).find(run => run.id === id)?.state === 'succeeded') break;
      await wait(100);
    }
    assert.match((await aiwb('runs', 'show', id)).stdout, /later/);
  });

  it('is cancelled by Ctrl-C with what was answered kept', async () => {
    const many = Array.from({ length: 80 }, (_, index) => `${JSON.stringify({ name: `n${String(index)}` })}\n`).join(
      '',
    );
    workspace.write('many.jsonl', many);
    workspace.write('slow.prompt.yml', `${prompt}limits: {concurrency: 1}\n`);
    const args = ['prompt', 'slow.prompt.yml', '-m', 'gpt', '--values', 'many.jsonl', '--allow-origin', server.origin];
    const started = startAiwb(args, { cwd: workspace.folder, env: { FAKE_KEY: canary } });
    while (server.stats.answered < 5 && started.child.exitCode === null) await wait(5);
    started.child.kill('SIGINT');
    const { code, stdout, stderr } = await started.finished;
    assert.equal(code, 130);
    assert.match(stderr, /Go on with: aiwb prompt --resume \S+/);
    assert.match(stdout, /Partial: \d+ of 80 answers are there/);
  });
});
