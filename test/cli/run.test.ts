import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Report, RunSummary, SamplePage } from '../../schemas/generated/messages.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../fakes/openai-server.ts';
import { copyExamples, createWorkspace, runAiwb, startAiwb } from './aiwb.ts';

const canary = 'canary-7f3a9c-secret';

/** Rows whose answer the fake server echoes: every one of its answers is right but each tenth. */
function rowsOf(count: number): string {
  const rows = [];
  for (let i = 0; i < count; i += 1) {
    rows.push(
      JSON.stringify({
        q: `row ${i} ANSWER=${i % 10 === 0 ? 'wrong' : `a${i % 7}`}`,
        a: `a${i % 7}`,
        part: i % 2 === 0 ? 'even' : 'odd',
      }),
    );
  }
  return `${rows.join('\n')}\n`;
}

function benchOf(extra = ''): string {
  return `name: remote
dataset: {path: rows.jsonl, input: q, target: a, slices: [part]}
models: [fake]
metrics: [exact-match, latency, time-to-first-token, tokens, cost]
${extra}`;
}

function workbenchOf(url: string, model = 'fake', extra = ''): string {
  return `connections:
  fake: {provider: openai, baseUrl: "${url}", model: "${model}", apiKey: {env: FAKE_KEY}, price: {input: 1, output: 2}${extra}}
`;
}

describe('aiwb run, embedded models', function () {
  this.timeout(60_000);
  let workspace: ReturnType<typeof createWorkspace>;
  afterEach(() => workspace.remove());

  it('runs the sample benchmark, prints the comparison, writes the page and keeps the run', async () => {
    workspace = copyExamples();
    const { folder } = workspace;
    const run = await runAiwb(['run', 'triage.bench.yaml', '--html', 'reports/r.html'], { cwd: folder });
    assert.equal(run.code, 0, run.stderr);
    for (const model of ['majority', 'keyword', 'knn', 'linear']) assert.ok(run.stdout.includes(`embedded:${model}`));
    assert.match(run.stdout, /embedded:linear is better than embedded:majority by 0\.\d+/);
    const html = readFileSync(path.join(folder, 'reports/r.html'), 'utf8');
    assert.match(html, /Content-Security-Policy/);
    assert.ok(
      !/https?:\/\/(?!www\.w3\.org|[^"' ]*json-schema|vega\.github\.io|schema)[^"'\s]*\.(js|css)/.test(html),
      'the page fetches nothing',
    );

    const list = await runAiwb(['runs', 'list', '--json'], { cwd: folder });
    const { runs } = JSON.parse(list.stdout) as { runs: RunSummary[] };
    assert.equal(runs.length, 1);
    assert.equal(runs[0]?.state, 'succeeded');
    assert.equal(runs[0].progress.done, 480 * 4);
    assert.equal(readFileSync(path.join(folder, '.aiwb/.gitignore'), 'utf8').trim().split('\n').at(-1), '*');

    const again = await runAiwb(['run', 'triage.bench.yaml', '--json'], { cwd: folder });
    const report = JSON.parse(again.stdout) as Report;
    const first = JSON.parse((await runAiwb(['runs', 'show', runs[0].id, '--json'], { cwd: folder })).stdout) as Report;
    const quality = (of: Report) => of.variants.map(({ metrics }) => metrics.filter(({ kind }) => kind === 'quality'));
    assert.deepEqual(quality(report), quality(first), 'the same seed gives the same figures');

    const compared = await runAiwb(['runs', 'compare', runs[0].id, 'latest', '--html', 'reports/c.html', '--json'], {
      cwd: folder,
    });
    const comparison = JSON.parse(compared.stdout) as Report;
    assert.equal(comparison.variants.length, 8);
    const verdicts = comparison.comparisons.filter(({ kind }) => kind === 'quality');
    assert.equal(new Set(verdicts.map(({ metric }) => metric)).size, 4, 'every quality metric is compared');
    assert.ok(verdicts.every(({ difference, verdict }) => difference === 0 && verdict === 'not-distinguishable'));
    assert.deepEqual(
      comparison.regressions?.map(({ lost, gained }) => [lost, gained]),
      Array.from({ length: 4 }, () => [0, 0]),
    );
    assert.ok(existsSync(path.join(folder, 'reports/c.html')));
  });

  it('exports samples as JSON Lines and CSV, and reports as Markdown', async () => {
    workspace = copyExamples();
    const { folder } = workspace;
    assert.equal(
      (await runAiwb(['run', 'triage.bench.yaml', '-m', 'embedded:keyword', '-n', '50'], { cwd: folder })).code,
      0,
    );
    const jsonl = await runAiwb(['runs', 'export', 'latest', '--to', 'jsonl'], { cwd: folder });
    const samples = jsonl.stdout
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as { model: string; right: boolean });
    assert.equal(samples.length, 50);
    assert.ok(samples.every(({ model }) => model === 'embedded:keyword'));
    const csv = await runAiwb(['runs', 'export', 'latest', '--to', 'csv', '-o', 'out/s.csv'], { cwd: folder });
    assert.equal(csv.code, 0, csv.stderr);
    assert.match(
      readFileSync(path.join(folder, 'out/s.csv'), 'utf8'),
      /^model,prompt,row,.*score\.accuracy,.*slice\.channel\r\n/,
    );
    const wrong = await runAiwb(
      ['runs', 'show', 'latest', '--where', 'wrong', '--sort', 'row', '--limit', '3', '--json'],
      {
        cwd: folder,
      },
    );
    const { rows, total } = JSON.parse(wrong.stdout) as SamplePage;
    assert.equal(total, samples.filter(({ right }) => !right).length);
    assert.deepEqual(
      rows.map(({ right }) => right),
      [false, false, false],
    );
    const one = await runAiwb(['runs', 'show', `latest#${rows[0]?.id ?? ''}`], { cwd: folder });
    assert.match(one.stdout, /#\d+: embedded:keyword, row \d+\nwrong, [\s\S]*\nTarget:\n/);
    const markdown = await runAiwb(['runs', 'export', 'latest', '--to', 'markdown'], { cwd: folder });
    assert.match(markdown.stdout, /\| Model \|/);
  });

  it('exits with 1 when a gate is not met', async () => {
    workspace = copyExamples();
    const bench = readFileSync(path.join(workspace.folder, 'triage.bench.yaml'), 'utf8');
    workspace.write(
      'gated.bench.yaml',
      `${bench}\ngate: [{metric: accuracy, model: "embedded:majority", atLeast: 0.9}]\n`,
    );
    const run = await runAiwb(['run', 'gated.bench.yaml', '--junit', 'out/gates.xml'], { cwd: workspace.folder });
    assert.equal(run.code, 1);
    const junit = readFileSync(path.join(workspace.folder, 'out/gates.xml'), 'utf8');
    assert.match(junit, /tests="2" failures="1" errors="0"[\s\S]*<failure message="Accuracy of embedded:majority/);
    assert.match(run.stdout, /Gate NOT met: .*required at least 0\.900/);
  });
});

describe('aiwb run, an OpenAI-compatible endpoint', function () {
  this.timeout(60_000);
  let server: FakeOpenAi;
  let workspace: ReturnType<typeof createWorkspace>;
  const setUp = async (
    options: Parameters<typeof startFakeOpenAi>[0] = {},
    rows = 100,
    extra = '',
    model = 'fake',
  ): Promise<void> => {
    server = await startFakeOpenAi({ requireKey: canary, ...options });
    workspace = createWorkspace({
      'rows.jsonl': rowsOf(rows),
      'a.bench.yaml': benchOf(extra),
      'workbench.yaml': workbenchOf(server.url, model),
    });
  };
  const run = (...args: string[]) => runAiwb(args, { cwd: workspace.folder, env: { FAKE_KEY: canary } });
  const allow = (): string[] => ['--allow-origin', new URL(server.url).origin];
  afterEach(async () => {
    await server.close();
    workspace.remove();
  });

  it('scores, times, counts and prices what it answers', async () => {
    await setUp();
    const result = await run('run', 'a.bench.yaml', '--json', ...allow());
    assert.equal(result.code, 0, result.stderr);
    const report = JSON.parse(result.stdout) as Report;
    const [variant] = report.variants;
    const value = (metric: string) => variant?.metrics.find(figure => figure.metric === metric)?.value;
    assert.equal(value('exact-match'), 0.9);
    assert.equal(variant?.samples, 100);
    for (const figure of ['latency.mean', 'latency.p99', 'time-to-first-token.p50', 'tokens.input', 'tokens.output']) {
      assert.ok((value(figure) ?? 0) > 0, figure);
    }
    const expected = ((value('tokens.input') ?? 0) * 1 + (value('tokens.output') ?? 0) * 2) / 1e6;
    assert.ok(Math.abs((value('cost') ?? 0) - expected) < 1e-12);
    assert.deepEqual(
      variant.slices.map(({ value: slice, n }) => [slice, n]),
      [
        ['even', 50],
        ['odd', 50],
      ],
    );
    assert.equal(server.stats.requests, 100);
  });

  it('never writes the key anywhere, and never sends it to an address nobody allowed', async () => {
    await setUp();
    const refused = await run('run', 'a.bench.yaml');
    assert.equal(refused.code, 2);
    assert.match(refused.stderr, /--allow-origin/);
    assert.equal(server.stats.requests, 0);
    const allowed = await run('run', 'a.bench.yaml', '--verbose', '--html', 'r.html', ...allow());
    assert.equal(allowed.code, 0, allowed.stderr);
    const detached = await run('run', 'a.bench.yaml', '--detach', '--json', ...allow());
    const { id } = JSON.parse(detached.stdout) as RunSummary;
    const ended = await waitForEnd(id);
    assert.equal(ended.state, 'succeeded', JSON.stringify(ended.failure));
    await run('runs', 'export', id, '--to', 'jsonl', '-o', 's.jsonl');
    for (const text of [refused, allowed, detached].flatMap(({ stdout, stderr }) => [stdout, stderr]))
      assert.ok(!text.includes(canary));
    for (const file of filesUnder(workspace.folder))
      assert.ok(!readFileSync(file).includes(canary), `${file} holds the key`);
  });

  it('estimates without sending anything', async () => {
    await setUp();
    const result = await run('run', 'a.bench.yaml', '--dry-run');
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /100 rows × 1 variant = 100 samples. Nothing was sent/);
    assert.match(result.stdout, /Estimated cost/);
    assert.equal(server.stats.requests, 0);
  });

  it('retries what can succeed and counts the rest by its class', async () => {
    await setUp(
      {
        faults: [
          { fault: '429', probability: 0.05 },
          { fault: '500', probability: 0.05 },
          { fault: 'bad-json', probability: 0.03 },
        ],
        seed: 5,
      },
      200,
      'limits: {retries: 6, concurrency: 8}',
    );
    const result = await run('run', 'a.bench.yaml', '--json', ...allow());
    const report = JSON.parse(result.stdout) as Report;
    const [variant] = report.variants;
    assert.equal((variant?.samples ?? 0) + (variant?.failed ?? 0), 200);
    assert.equal(
      Object.keys(report.runs[0]?.progress.errors ?? {}).every(name => name === 'malformed'),
      true,
      JSON.stringify(report.runs[0]?.progress.errors),
    );
    assert.ok((report.runs[0]?.progress.retries ?? 0) > 0);
  });

  it('stops early and says why when nothing works, and keeps within its budget', async () => {
    await setUp({}, 300, 'limits: {budget: 0.0015 USD, concurrency: 4}');
    const broke = await run('run', 'a.bench.yaml', ...allow());
    assert.equal(broke.code, 3);
    assert.match(broke.stderr, /budget of 0\.0015 USD/);
    assert.ok(server.stats.requests < 300);
    assert.ok(server.stats.answered > 10, 'most of the budget was used');
    const wrongKey = await runAiwb(['run', 'a.bench.yaml', ...allow()], {
      cwd: workspace.folder,
      env: { FAKE_KEY: 'not-it' },
    });
    assert.equal(wrongKey.code, 3);
    assert.match(wrongKey.stderr, /key/i);
  });

  it('stops over the maximum error rate', async () => {
    await setUp({ faults: [{ fault: 'bad-json', probability: 0.3 }], seed: 2 }, 400, 'limits: {maxErrorRate: 5%}');
    const result = await run('run', 'a.bench.yaml', ...allow());
    assert.equal(result.code, 3);
    assert.match(result.stderr, /samples failed, over the limit of 5\.0 %/);
    assert.ok(server.stats.requests < 200);
  });

  it('is cancelled from another process, and resumes without asking twice', async () => {
    await setUp({ delay: 80 }, 300, 'limits: {concurrency: 4}');
    const started = startAiwb(['run', 'a.bench.yaml', ...allow()], {
      cwd: workspace.folder,
      env: { FAKE_KEY: canary },
    });
    let id = '';
    for (let tries = 0; tries < 200 && id === ''; tries += 1) {
      await wait(50);
      const { runs } = JSON.parse((await run('runs', 'list', '--json')).stdout) as { runs: RunSummary[] };
      if ((runs[0]?.progress.done ?? 0) > 10) id = runs[0]?.id ?? '';
    }
    await run('runs', 'cancel', id);
    const cancelled = await started.finished;
    assert.equal(cancelled.code, 130, cancelled.stderr);
    assert.match(cancelled.stderr, /aiwb run --resume/);
    const before = server.stats.answered;
    const resumed = await run('run', '--resume', id, '--json', ...allow());
    assert.equal(resumed.code, 0, resumed.stderr);
    const report = JSON.parse(resumed.stdout) as Report;
    assert.equal(report.variants[0]?.samples, 300);
    assert.ok(before > 0);
    assert.ok(server.stats.answered <= 300 + 4, `only what was in flight is asked again (${server.stats.answered})`);
  });

  it('cancels cleanly on Ctrl-C', async () => {
    await setUp({ delay: 20 }, 500, 'limits: {concurrency: 4}');
    const started = startAiwb(['run', 'a.bench.yaml', ...allow()], {
      cwd: workspace.folder,
      env: { FAKE_KEY: canary },
    });
    while (server.stats.answered < 20) await wait(20);
    started.child.kill('SIGINT');
    assert.equal((await started.finished).code, 130);
    const { runs } = JSON.parse((await run('runs', 'list', '--json')).stdout) as { runs: RunSummary[] };
    assert.equal(runs[0]?.state, 'cancelled');
    assert.ok(runs[0].progress.done >= 20);
  });

  async function waitForEnd(id: string): Promise<RunSummary> {
    for (let tries = 0; tries < 200; tries += 1) {
      await wait(100);
      const { runs } = JSON.parse((await run('runs', 'list', '--json')).stdout) as { runs: RunSummary[] };
      const found = runs.find(summary => summary.id === id);
      if (found?.endedAt !== undefined) return found;
    }
    assert.fail('The run did not end.');
  }
});

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map(name => path.join(folder, name))
    .filter(name => statSync(name).isFile());
}
