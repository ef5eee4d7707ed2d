import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { createHttpClient } from '../../../platform/http/client.ts';
import { describeHost } from '../../../platform/host/describe.ts';
import type { DryRunEstimate, PreflightFinding, RunSummary } from '../../../schemas/generated/messages.ts';
import { createHurriedClock } from '../../../test/fakes/clock.ts';
import {
  startFineTuningService,
  type FineTuningServer,
  type FineTuningServiceOptions,
} from '../../../test/fakes/fine-tuning-service.ts';
import { openTuning, toJsonLines, type TuningWorld } from '../../../test/fakes/tuning.ts';
import type { RunPorts } from '../../runs/ports.ts';
import type { RunRecord } from '../../ports/store.ts';
import { bundleJob } from '../bundle.ts';
import { estimateTuning } from '../estimate.ts';
import { executeTuning } from '../execute.ts';
import { forecastTraining } from '../forecast.ts';
import { createHubReader } from '../hub.ts';
import { readModelShape } from '../model-shape.ts';
import { planTuning, type TuningPlan } from '../plan.ts';
import { checkMemory } from './check-memory.ts';

const never = new AbortController().signal;
const key = 'sk-canary-5d6e7f8a9b0c';

const rows = Array.from({ length: 60 }, (_, at) => ({
  messages: [
    { role: 'system', content: 'Answer with one word.' },
    { role: 'user', content: `question ${at}` },
    { role: 'assistant', content: `answer${at % 5}` },
  ],
}));

function job(more = '', base = 'service:gpt-4o-mini-2024-07-18', platform = 'tuner'): string {
  return `name: talk
base: ${base}
platform: ${platform}
aspects:
  core-performance:
    dataset: {path: talk.jsonl, messages: messages, split: {test: 30%, validation: 0.2}}
${more}`;
}

function workbench(server: FineTuningServer, price: string): string {
  return `connections:
  gpt: {provider: openai, baseUrl: "${server.url}", model: gpt-4o-mini-2024-07-18, apiKey: {env: KEY}}
compute:
  tuner: {type: openai, connection: gpt${price}}
`;
}

interface Setup {
  readonly world: TuningWorld;
  readonly server: FineTuningServer;
  readonly ports: RunPorts;
  estimate(text: string): Promise<DryRunEstimate>;
}

describe('what is told before a job is started', () => {
  const cleanups: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const clean of cleanups.splice(0)) await clean();
  });

  async function open(options: FineTuningServiceOptions = {}, price = ', price: 3'): Promise<Setup> {
    const server = await startFineTuningService({ accepts: given => given === key, ...options });
    const world = await openTuning(createHurriedClock);
    cleanups.push(
      () => world.close(),
      () => server.close(),
    );
    world.write('talk.jsonl', toJsonLines(rows));
    world.write('workbench.yaml', workbench(server, price));
    const ports = { ...world.ports, createHttp: createHttpClient, secrets: { resolve: () => Promise.resolve(key) } };
    return {
      ...{ world, server, ports },
      estimate: async text => estimateTuning((await world.create(text)).spec, ports, world.store, never),
    };
  }

  it('adds up what a service would learn from and take, and finds nothing against it', async () => {
    const { estimate } = await open();
    const { preflight, cost, notes } = await estimate(job());
    assert.ok(cost !== undefined && cost > 0 && cost < 0.1, String(cost));
    assert.match(notes.join('\n'), /About [\d,]+ tokens are learnt from × 3 USD a million: about 0\.0\d+ USD\./);
    assert.deepEqual(levelsOf(preflight, 'error'), []);
    assert.deepEqual(
      new Set(preflight?.map(({ check }) => check)),
      new Set(['data', 'price', 'credentials', 'scope', 'quota', 'availability']),
    );
  });

  it('tells everything that stands in the way together', async () => {
    const { estimate } = await open({ models: ['gpt-5-nano'] }, '');
    const { preflight } = await estimate(job('limits: {budget: 0.01 USD}\n'));
    const words = (level: PreflightFinding['level']): string =>
      levelsOf(preflight, level)
        .map(({ check, message }) => `${check}: ${message}`)
        .join('\n');
    assert.match(words('error'), /price: Training on about .* costs nobody knows how much, and the job has a budget/);
    assert.match(words('warning'), /availability: gpt does not list the model gpt-4o-mini-2024-07-18/);
  });

  it('names the key, the scope or the address as what it is', async () => {
    const cases: readonly (readonly [number, string, RegExp])[] = [
      [401, 'credentials', /did not accept the credentials/],
      [403, 'scope', /may not do this/],
      [404, 'availability', /has no fine-tuning API/],
    ];
    for (const [status, check, words] of cases) {
      const { estimate } = await open({ fault: () => ({ status, body: { error: { message: 'No.' } } }) });
      const errors = levelsOf((await estimate(job())).preflight, 'error');
      assert.deepEqual(
        errors.map(one => one.check),
        [check],
      );
      assert.match(errors[0]?.message ?? '', words);
      assert.ok(!JSON.stringify(errors).includes(key));
    }
  });

  it('stops a run before anything is uploaded', async () => {
    const { world, server, ports } = await open();
    const record = await world.create(job('limits: {budget: 0.0001 USD}\n'));
    const ended = await executeTuning(record.summary.id, world.store, ports, { owner: describeHost() }, never);
    assert.equal(ended.summary.state, 'failed');
    assert.match(ended.summary.failure?.message ?? '', /budget/);
    assert.deepEqual(server.book.created, { jobs: [], files: [] });
  });

  it('runs a job to a measured model when nothing stands in the way', async () => {
    const { world, server, ports } = await open();
    const record = await world.create(job('evaluation: {metrics: [exact-match]}\n'));
    const ended = await executeTuning(record.summary.id, world.store, ports, { owner: describeHost() }, never);
    assert.equal(ended.summary.state, 'succeeded', JSON.stringify(ended.summary.failure));
    assert.equal(server.book.created.jobs.length, 1);
    const { tuning } = ended;
    assert.ok(tuning !== undefined);
    assert.ok(tuning.epochs.length === 3 && (tuning.losses?.length ?? 0) > 10);
    assert.ok(tuning.checkpoints.every(({ format }) => format === 'service'));
    assert.ok((tuning.preflight?.length ?? 0) > 3);
    assert.equal(tuning.job?.type, 'openai');
    assert.ok((ended.summary.progress.cost ?? 0) > 0);
    const asked = server.requests.filter(({ path: at }) => at === '/chat/completions');
    const models = new Set(asked.map(({ body }) => (JSON.parse(body.toString()) as { model: string }).model));
    const best = tuning.checkpoints.find(checkpoint => checkpoint.best);
    assert.deepEqual(
      models,
      new Set(['gpt-4o-mini-2024-07-18', best?.service?.model]),
      'base and tuned model were asked',
    );
  });

  it('holds a base of this machine against the accelerator that is named', async () => {
    const { world, ports } = await open();
    const folder = path.join(world.folder, 'models/llama');
    mkdirSync(folder, { recursive: true });
    const shape = {
      ...{ model_type: 'llama', num_hidden_layers: 32, hidden_size: 4096, intermediate_size: 14_336 },
      ...{ vocab_size: 128_256, num_attention_heads: 32, num_key_value_heads: 8 },
    };
    writeFileSync(path.join(folder, 'config.json'), JSON.stringify(shape));
    const finding = async (more: string): Promise<PreflightFinding | undefined> => {
      const { spec } = await world.create(job(more, 'folder:models/llama', 'local'));
      const plan = await planTuning(spec, ports, world.store.blobs, never);
      return (await checkMemory(plan, ports, world.store.blobs, never))[0];
    };
    const big = await finding('hardware: {gpu: NVIDIA H200}\nhyperparameters: {gradientCheckpointing: true}\n');
    assert.equal(big?.level, 'ok', big?.message);
    const small = await finding('hardware: {gpu: NVIDIA L40S}\nmethod: full\n');
    assert.equal(small?.level, 'warning');
    assert.match(small.message, /about \d+ GiB of memory, by estimate, and NVIDIA L40S has 48 GiB/);
    assert.match(small.remedy ?? '', /method: lora/);
  });

  it('asks the hub only where that is allowed', async () => {
    const { world, ports } = await open();
    const hub = createServer((request, response) => {
      const isConfig = request.url === '/acme/llama/resolve/main/config.json';
      const shape = { model_type: 'llama', num_hidden_layers: 16, hidden_size: 2048, vocab_size: 128_256 };
      const facts = { safetensors: { total: 1_235_814_400 } };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(isConfig ? shape : facts));
    });
    await new Promise<void>(resolve => hub.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise(resolve => hub.close(() => resolve())));
    const address = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
    const shapeWith = (requireOrigin?: () => Promise<void>) => {
      const secrets = { ...ports.secrets, ...(requireOrigin === undefined ? {} : { requireOrigin }) };
      const { files } = ports;
      const reader = createHubReader({ ...ports, secrets }, address);
      return readModelShape({ kind: 'hub', id: 'acme/llama' }, { files, blobs: world.store.blobs, hub: reader }, never);
    };
    assert.match((await shapeWith()).why ?? '', /The hub was not asked: nobody has allowed http:/);
    const { shape } = await shapeWith(() => Promise.resolve());
    assert.deepEqual([shape?.parameters, shape?.layers], [1_235_814_400, 16]);
  });

  it('tells the time by an earlier run of the same kind alone', async () => {
    const { world, ports } = await open();
    const { spec } = await world.create(job());
    const plan = {
      ...(await planTuning(spec, ports, world.store.blobs, never)),
      base: { kind: 'hub', id: 'a/b' },
    } as const;
    const rented = { ...plan, platform: { name: 'rented', settings: { type: 'ray' } } } as unknown as TuningPlan;
    const bundle = bundleJob(rented, 'r', { epochs: [], checkpoints: [] }, 0, ports.digest);
    const infrastructure = {
      platform: 'rented',
      wallSeconds: 1,
      cpuSeconds: 1,
      peakMemoryBytes: 1,
      rowsPerSecond: 4,
      hourlyPrice: 2,
    };
    const report = {
      base: 'service:gpt-4o-mini-2024-07-18',
      method: 'full',
      platform: 'rented',
      hyperparameters: {},
      infrastructure,
      run: { id: 'r-1' },
    };
    const store = (tuning: object) => ({
      listRuns: () => Promise.resolve([{ id: 'r-1', state: 'succeeded' }] as unknown as RunSummary[]),
      getRun: () => Promise.resolve({ tuning } as unknown as RunRecord),
    });
    const forecast = await forecastTraining(rented, bundle, store(report));
    const learnt = rented.aspects[0]?.training.length ?? 0;
    assert.deepEqual([forecast.seconds, forecast.like, forecast.hourlyPrice], [(learnt * 3) / 4, 'r-1', 2]);
    for (const other of [
      { base: 'hub:c/d' },
      { method: 'lora' },
      { platform: 'local' },
      { hyperparameters: { batchSize: 64 } },
    ])
      assert.equal((await forecastTraining(rented, bundle, store({ ...report, ...other }))).seconds, undefined);
  });

  it('has nothing to say of the embedded model', async () => {
    const { world, estimate } = await open();
    const tickets = Array.from({ length: 60 }, (_, at) => ({
      ...{ text: `t ${at}`, topic: at % 2 === 0 ? 'a' : 'b', split: at % 3 === 0 ? 'test' : 'train' },
    }));
    world.write('tickets.jsonl', toJsonLines(tickets));
    const dataset =
      '{path: tickets.jsonl, input: text, target: topic, split: {field: split, train: train, test: test}}';
    const text = `name: triage\nbase: embedded:linear\naspects:\n  core-performance:\n    dataset: ${dataset}\n`;
    const { preflight, variants } = await estimate(text);
    assert.equal(preflight, undefined);
    assert.equal(variants[0]?.cost, 0);
  });
});

function levelsOf(
  findings: readonly PreflightFinding[] | undefined,
  level: PreflightFinding['level'],
): PreflightFinding[] {
  return (findings ?? []).filter(finding => finding.level === level);
}
