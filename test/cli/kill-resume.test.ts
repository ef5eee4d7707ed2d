import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import type { Report } from '../../schemas/generated/messages.ts';
import { createSeeded } from '../fakes/seeded.ts';
import { startFakeOpenAi } from '../fakes/openai-server.ts';
import { createWorkspace, runAiwb, startAiwb } from './aiwb.ts';

const rows = 600;
const concurrency = 8;
const kills = Number(process.env['AIWB_KILLS'] ?? 4);
const seed = Number(process.env['AIWB_KILL_SEED'] ?? Date.now() % 100_000);

describe('a run killed at random moments', function () {
  this.timeout(120_000);

  it(`loses nothing committed, counts nothing twice and asks again only what was under way (seed ${seed})`, async () => {
    const random = createSeeded(seed);
    const server = await startFakeOpenAi({ delay: 15 });
    const dataset = Array.from({ length: rows }, (_, i) =>
      JSON.stringify({ q: `row ${i % 590} ANSWER=${i % 3 === 0 ? 'x' : 'a'}`, a: 'a' }),
    ).join('\n');
    const workspace = createWorkspace({
      'rows.jsonl': dataset,
      'a.bench.yaml': `name: killed\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nmetrics: [exact-match]\nlimits: {concurrency: ${concurrency}}\n`,
      'workbench.yaml': `connections: {fake: {provider: openai, baseUrl: "${server.url}", model: fake}}\n`,
    });
    try {
      const cwd = workspace.folder;
      let id: string | undefined;
      let committed = 0;
      for (let kill = 0; kill < kills; kill += 1) {
        const answeredBefore = server.stats.answered;
        const started = startAiwb(id === undefined ? ['run', 'a.bench.yaml'] : ['run', '--resume', id], { cwd });
        const goal = answeredBefore + 5 + Math.floor(random() * 80);
        while (server.stats.answered < goal && started.child.exitCode === null) await wait(2);
        await wait(random() * 300);
        started.child.kill('SIGKILL');
        await started.finished;
        const { runs } = JSON.parse((await runAiwb(['runs', 'list', '--json'], { cwd })).stdout) as {
          runs: { id: string; state: string }[];
        };
        assert.equal(runs.length, 1);
        id = runs[0]?.id ?? '';
        const kept = await countSamples(cwd, id);
        assert.ok(kept >= committed, `${kept} samples after ${committed} were committed`);
        committed = kept;
        if (runs[0]?.state === 'succeeded') break;
        assert.equal(runs[0]?.state, 'lost');
      }
      const shown = await runAiwb(['runs', 'show', id ?? '', '--json'], { cwd });
      const ended = (JSON.parse(shown.stdout) as Report).runs[0]?.state === 'succeeded';
      const last = ended ? shown : await runAiwb(['run', '--resume', id ?? '', '--json'], { cwd });
      assert.equal(last.code, 0, last.stderr);
      const report = JSON.parse(last.stdout) as Report;
      assert.equal(report.variants[0]?.samples, rows);
      assert.equal(await countSamples(cwd, id ?? ''), rows);
      const exact = report.variants[0].metrics.find(({ metric }) => metric === 'exact-match');
      assert.equal(exact?.n, rows);
      const straight = JSON.parse((await runAiwb(['run', 'a.bench.yaml', '--json'], { cwd })).stdout) as Report;
      assert.equal(exact.value, straight.variants[0]?.metrics.find(({ metric }) => metric === 'exact-match')?.value);
    } finally {
      await server.close();
      workspace.remove();
    }
  });
});

describe('a judged run killed at random moments', function () {
  this.timeout(120_000);

  it(`keeps every stored answer, and judges each once it is resumed (seed ${seed})`, async () => {
    const random = createSeeded(seed + 1);
    const server = await startFakeOpenAi({ delay: 5 });
    const judge = await startFakeOpenAi({ delay: 20, answers: () => '{"reasons": "so", "verdict": 4}' });
    const dataset = Array.from({ length: 400 }, (_, i) => JSON.stringify({ q: `row ${i} ANSWER=a`, a: 'a' })).join(
      '\n',
    );
    // The cache of answers is written at its own pace: what it holds beyond the samples would not be asked for again either.
    const workspace = createWorkspace({
      'rows.jsonl': dataset,
      'a.bench.yaml': `name: judged\ndataset: {path: rows.jsonl, input: q, target: a}\nmodels: [fake]\nmetrics: [exact-match, {judge: {criteria: Be right., model: judge}}]\nlimits: {concurrency: ${concurrency}}\ncache: false\n`,
      'workbench.yaml': `connections:\n  fake: {provider: openai, baseUrl: "${server.url}", model: fake}\n  judge: {provider: openai, baseUrl: "${judge.url}", model: fake}\n`,
    });
    try {
      const cwd = workspace.folder;
      let id = '';
      let state = '';
      let committed = 0;
      for (let kill = 0; kill < 2; kill += 1) {
        const goal = judge.stats.answered + 10 + Math.floor(random() * 40);
        const started = startAiwb(id === '' ? ['run', 'a.bench.yaml'] : ['run', '--resume', id], { cwd });
        while (judge.stats.answered < goal && started.child.exitCode === null) await wait(2);
        await wait(random() * 300);
        started.child.kill('SIGKILL');
        await started.finished;
        const listed = JSON.parse((await runAiwb(['runs', 'list', '--json'], { cwd })).stdout) as {
          runs: { id: string; state: string }[];
        };
        id = listed.runs[0]?.id ?? '';
        state = listed.runs[0]?.state ?? '';
        const kept = await countSamples(cwd, id);
        assert.ok(kept >= committed, `${kept} samples after ${committed} were committed`);
        committed = kept;
        if (state === 'succeeded') break;
      }
      const asked = server.stats.answered;
      const ended = state === 'succeeded' ? ['runs', 'show', id] : ['run', '--resume', id];
      const last = await runAiwb([...ended, '--json'], { cwd });
      assert.equal(last.code, 0, last.stderr);
      const report = JSON.parse(last.stdout) as Report;
      const judged = report.variants[0]?.metrics.find(({ metric }) => metric === 'judge');
      assert.deepEqual([judged?.n, judged?.value], [400, 4]);
      assert.equal(await countSamples(cwd, id), 400);
      assert.equal(server.stats.answered - asked, 400 - committed, 'no stored answer was asked for again');
    } finally {
      await server.close();
      await judge.close();
      workspace.remove();
    }
  });
});

async function countSamples(cwd: string, id: string): Promise<number> {
  const exported = await runAiwb(['runs', 'export', id, '--to', 'jsonl'], { cwd });
  assert.equal(exported.code, 0, exported.stderr);
  const lines = exported.stdout.split('\n').filter(line => line !== '');
  const keys = new Set(
    lines.map(line => {
      const { model, row, repeat } = JSON.parse(line) as { model: string; row: number; repeat: number };
      return `${model}/${row}/${repeat}`;
    }),
  );
  assert.equal(keys.size, lines.length, 'no sample is counted twice');
  return lines.length;
}
