import assert from 'node:assert/strict';
import { startFakeOpenAi, type FakeOpenAi } from '../../test/fakes/openai-server.ts';
import { createRemotePlatform, measured, reportOf } from '../../test/fakes/tuning-platforms.ts';
import { openTuning, toJsonLines, type TuningWorld } from '../../test/fakes/tuning.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { trainedModelDigest } from '../models/trained.ts';
import { executeRun } from '../runs/execute.ts';
import type { RunPorts } from '../runs/ports.ts';
import { createRun, specifyRun } from '../runs/start.ts';
import { executeTuning } from './execute.ts';

const rows = Array.from({ length: 60 }, (_, row) => ({
  q: `question ${String(row)}`,
  a: `answer ${String(row % 4)}`,
  split: row < 30 ? 'train' : 'test',
}));
const { signal } = new AbortController();

describe('models that a service keeps', () => {
  let world: TuningWorld;
  let server: FakeOpenAi;
  let ports: RunPorts;
  let sent: string[];
  const service = { connection: 'gpt', model: 'ft:tuned' };
  const text = (more = '') => `name: served
base: service:base-1
platform: cluster
aspects:
  core-performance:
    dataset: {path: chat.jsonl, input: q, target: a, split: {field: split, train: train, test: test}}
hyperparameters: {epochs: 1}
${more}`;

  beforeEach(async () => {
    world = await openTuning();
    server = await startFakeOpenAi();
    sent = [];
    const createHttp: RunPorts['createHttp'] = (origin, options) => {
      const client = createHttpClient(origin, options);
      const send: typeof client.send = (request, receiver, until) => {
        sent.push(typeof request.body === 'string' ? request.body : '');
        return client.send(request, receiver, until);
      };
      return { send, close: () => client.close() };
    };
    ports = { ...world.ports, createHttp };
    world.write('chat.jsonl', toJsonLines(rows));
    world.write(
      'workbench.yaml',
      `connections: {gpt: {provider: openai, baseUrl: "${server.url}", model: base-1, price: {input: 1000, output: 1000}}}\ncompute: {cluster: {type: openai, connection: gpt}}\n`,
    );
  });
  afterEach(async () => {
    await server.close();
    await world.close();
  });
  const run = async (job: string) => {
    const remote = createRemotePlatform({
      tell: () => [
        measured(0, 2),
        measured(1, 1),
        {
          type: 'result',
          result: {
            checkpoints: [{ epoch: 1, digest: 'x', bytes: 0, best: true, last: true, format: 'service', service }],
            stoppedEarly: false,
            notes: [],
          },
        },
      ],
    });
    const record = await world.create(job);
    const options = { owner: describeHost(), createPlatform: remote.create };
    return executeTuning(record.summary.id, world.store, ports, options, signal);
  };
  const asked = () => sent.map(body => (JSON.parse(body) as { model?: string }).model);

  it('are asked every test row through their connection, and what that cost is counted', async () => {
    const record = await run(text());
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const report = reportOf(record);
    assert.deepEqual([report.aspects[0]?.metrics[0]?.n, report.aspects[0]?.base?.[0]?.n], [30, 30]);
    assert.equal(asked().filter(model => model === 'ft:tuned').length, 30);
    assert.equal(asked().filter(model => model === 'base-1').length, 30);
    assert.ok((report.infrastructure?.cost ?? 0) > 0);
    assert.ok(!sent.join().includes('answer 1'), 'expected answers stay here');
  });

  it('are not asked beyond the budget', async () => {
    const record = await run(text('limits: {budget: 0.01 USD}\n'));
    assert.equal(record.summary.failure?.code, 'budget-exceeded');
    assert.ok(asked().length < 10, String(asked().length));
  });

  it('are models of benchmarks by the name of their checkpoint, with a digest of their own', async () => {
    const tuned = await run(text());
    const request = {
      path: `${world.folder}/ask.bench.yaml`,
      text: 'name: ask\ndataset: {path: chat.jsonl, input: q, target: a, split: {field: split, test: test}}\nmetrics: [exact-match]\nmodels: [checkpoint:served, gpt]\n',
      folder: world.folder,
      origin: 'terminal',
    } as const;
    const who = { whoAmI: () => Promise.resolve(identity('ada')) };
    const spec = await specifyRun(request, ports.files, who, signal);
    const created = await createRun(spec, world.store, ports, signal);
    const before = sent.length;
    const record = await executeRun(created.summary.id, world.store, ports, { owner: describeHost() }, signal);
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    assert.deepEqual(new Set(asked().slice(before)), new Set(['ft:tuned', 'base-1']));
    const [checkpoint] = reportOf(tuned).checkpoints;
    assert.equal(record.variants[0]?.modelDigest, trainedModelDigest(ports.digest, checkpoint?.digest ?? ''));
    assert.notEqual(record.variants[0].modelDigest, record.variants[1]?.modelDigest);
  });
});
