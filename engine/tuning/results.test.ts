import assert from 'node:assert/strict';
import {
  adapterOf,
  createRemotePlatform,
  measured,
  reportOf,
  type RemoteOptions,
} from '../../test/fakes/tuning-platforms.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { openTuning, toJsonLines, type TuningWorld } from '../../test/fakes/tuning.ts';
import { describeHost } from '../../platform/host/describe.ts';
import { WorkbenchError } from '../base/errors.ts';
import { compareTuning } from './compare.ts';
import type { JobBundle, JobEvent } from './platform.ts';

/** Rows whose expected answer is their number's name; every second one is of the accent `b`. */
const rows = Array.from({ length: 160 }, (_, row) => ({
  q: `question ${String(row)}`,
  a: `this is the answer ${String(row % 4)}`,
  accent: row % 2 === 0 ? 'a' : 'b',
  split: row < 60 ? 'train' : 'test',
}));

const job = (more = '') => `name: chat
base: hub:org/tiny@v1
platform: cluster
task: text-generation
aspects:
  core-performance:
    dataset: {path: chat.jsonl, input: q, target: a, slices: [accent], split: {field: split, train: train, test: test}}
evaluation: {metrics: [exact-match, bleu], every: 5 steps}
hyperparameters: {epochs: 2}
${more}`;

type Tell = RemoteOptions['tell'];

/** Base and tuned model answer the test rows by these functions of the row's number; undefined is no answer. */
const telling =
  (
    base: (row: number) => string | undefined,
    tuned: (row: number) => string | undefined,
    more: readonly JobEvent[] = [],
  ): Tell =>
  async (bundle, ports) => {
    const test = bundle.inputs.find(({ role }) => role === 'test');
    const numbers = test?.rows.map(({ text }) => Number(text.split(' ')[1])) ?? [];
    return [
      measured(0, 2, { 'exact-match': 0.1 }),
      { type: 'loss', point: { step: 5, epoch: 0.5, loss: 1.5, learningRate: 0.0001 } },
      measured(1, 1.2, { 'exact-match': 0.4 }),
      { type: 'cost', dollars: 0.25 },
      measured(2, 0.9, { 'exact-match': 0.6 }),
      { type: 'usage', usage: { wallSeconds: 90, cpuSeconds: 80, tokens: 5000, gpu: '1 × L40S', gpuSeconds: 60 } },
      ...more,
      {
        type: 'result',
        result: {
          checkpoints: [await adapterOf(ports, 2)],
          answers: {
            base: { 'core-performance': numbers.map(base) },
            tuned: { 'core-performance': numbers.map(tuned) },
          },
          stoppedEarly: false,
          notes: ['2 rows were cut at 1024 tokens.'],
        },
      },
    ];
  };
const right = (row: number) => `this is the answer ${String(row % 4)}`;
const wrong = () => 'nothing';

describe('a tuning run on a platform elsewhere', () => {
  let world: TuningWorld;
  beforeEach(async () => {
    world = await openTuning();
    world.write('chat.jsonl', toJsonLines(rows));
    world.write(
      'workbench.yaml',
      'compute: {cluster: {type: ray, url: "http://127.0.0.1:9", storage: {type: folder, path: /tmp/x}}}\n',
    );
  });
  afterEach(() => world.close());
  const run = async (options: RemoteOptions, text = job()) => {
    const remote = createRemotePlatform(options);
    return { remote, record: await world.execute(await world.create(text), { createPlatform: remote.create }) };
  };

  it('bundles everything the platform needs, and of the test rows only what they ask', async () => {
    const { remote, record } = await run({ tell: telling(wrong, right) });
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const [bundle] = remote.bundles as [JobBundle];
    assert.deepEqual(bundle.base, { kind: 'hub', id: 'org/tiny', revision: 'v1' });
    assert.deepEqual(bundle.method, { name: 'lora', rank: 16, alpha: 32, dropout: 0.05, merge: false });
    assert.deepEqual(
      [bundle.task, bundle.hyperparameters.learningRate, bundle.hyperparameters.batchSize, bundle.labels],
      ['text-generation', 0.0002, 8, []],
    );
    assert.deepEqual(bundle.evaluation.every, { steps: 5 });
    const test = bundle.inputs.find(({ role }) => role === 'test');
    assert.equal(test?.rows.length, 100);
    assert.ok(!JSON.stringify(test).includes('answer'), 'no expected answer leaves the workbench');
    assert.ok(bundle.inputs.some(({ role, rows: own }) => role === 'validation' && own.length > 0));
  });

  it('scores the answers itself, and compares both models row by row', async () => {
    const { record } = await run({ tell: telling(row => (row % 5 === 0 ? right(row) : wrong()), right) });
    const report = reportOf(record);
    const [core] = report.aspects;
    assert.deepEqual(
      core?.metrics.map(({ metric, value, n }) => [metric, Math.round((value ?? 0) * 1000) / 1000, n]),
      [
        ['exact-match', 1, 100],
        ['bleu', 100, 100],
      ],
    );
    assert.equal(core.base?.[0]?.value, 0.2);
    const [exact, bleu] = core.changes ?? [];
    assert.deepEqual(
      [exact?.metric, exact?.base, exact?.tuned, exact?.n, exact?.verdict],
      ['exact-match', 0.2, 1, 100, 'better'],
    );
    assert.match(exact?.test ?? '', /McNemar, exact, Holm-adjusted/);
    assert.match(exact?.sentence ?? '', /Exact match: The tuned model is better than the base by 0\.80/);
    assert.match(bleu?.test ?? '', /randomisation/);
    assert.deepEqual(
      core.sliceChanges?.map(({ column, value, change }) => [column, value, change.n, change.verdict]),
      [
        ['accent', 'a', 50, 'better'],
        ['accent', 'b', 50, 'better'],
      ],
    );
    assert.deepEqual(report.regressions, undefined);
    assert.deepEqual(report.losses, [{ step: 5, epoch: 0.5, loss: 1.5, learningRate: 0.0001 }]);
    assert.deepEqual(
      [report.task, report.method, report.hyperparameters['rank'], report.hyperparameters['l2'], report.labels],
      ['text-generation', 'lora', 16, undefined, undefined],
    );
    const { infrastructure } = report;
    assert.deepEqual(
      [infrastructure?.cost, infrastructure?.gpuSeconds, infrastructure?.tokens, infrastructure?.hardware],
      [0.25, 60, 5000, '8 × rented'],
    );
    assert.equal(infrastructure?.hourlyPrice, 2);
    assert.equal(report.job?.id, 'job-1');
    assert.ok(report.notes.includes('2 rows were cut at 1024 tokens.'));
  });

  it('flags a slice that got worse, a gap that grew, and test rows that did not follow the validation rows', async () => {
    const odd = (row: number) => row % 2 === 1;
    const worse = await run({
      tell: telling(
        row => (odd(row) || row % 8 === 0 ? right(row) : wrong()),
        row => (odd(row) ? wrong() : right(row)),
      ),
    });
    const messages =
      reportOf(worse.record).regressions?.map(({ column, value, message }) => [column, value, message]) ?? [];
    const slice = messages.find(([, value]) => value === 'b');
    assert.match(String(slice?.[2]), /accent “b”: exact match: The tuned model is worse than the base by 1\.00/i);
    const gap = messages.find(([column, value]) => column === 'accent' && value === undefined);
    assert.match(String(gap?.[2]), /largest gap in exact match by accent grew from 0\.\d+ .* to 1\.00/);
    assert.ok(
      messages.some(([, , message]) =>
        /got better on the validation rows \(0\.100 to 0\.600\) and not on the test rows/.test(String(message)),
      ),
      JSON.stringify(messages),
    );
    const gaps = reportOf(worse.record).aspects[0]?.gaps[0];
    assert.equal(gaps?.figure.value, 1);
    assert.ok((gaps.base?.value ?? 1) < 1);
  });

  it('counts a row without an answer in no figure, and tells it', async () => {
    const { record } = await run({ tell: telling(wrong, row => (row < 70 ? undefined : right(row))) });
    const report = reportOf(record);
    assert.equal(report.aspects[0]?.metrics[0]?.n, 90);
    assert.equal(report.aspects[0].base?.[0]?.n, 100);
    assert.equal(report.aspects[0].changes?.[0]?.n, 90);
    assert.match(report.notes.join('\n'), /10 test rows of core performance have no answer of the tuned model/);
  });

  it('goes on with the job that is there after its process was killed, and leaves it to who took over', async () => {
    let open = (): void => undefined;
    const gate = new Promise<void>(resolve => (open = resolve));
    let isHanging = (): void => undefined;
    const hangs = new Promise<void>(resolve => (isHanging = resolve));
    const remote = createRemotePlatform({
      tell: telling(wrong, right),
      before: async (event, attached) => {
        if (attached !== 1 || event.type !== 'cost') return;
        isHanging();
        await gate;
      },
    });
    const created = await world.create(job());
    const gone = { ...describeHost(), pid: 2 ** 22 + 1 };
    const first = world.execute(created, { createPlatform: remote.create, owner: gone });
    await hangs;
    const second = await world.execute(created, { createPlatform: remote.create });
    assert.equal(second.summary.state, 'succeeded', JSON.stringify(second.summary.failure));
    open();
    await assert.rejects(first, (error: unknown) => error instanceof WorkbenchError && error.code === 'run-lease-lost');
    assert.deepEqual([remote.bundles.length, remote.attached, remote.cancelled], [1, 2, []]);
    assert.deepEqual(
      reportOf(second).epochs.map(({ epoch }) => epoch),
      [0, 1, 2],
    );
  });

  it('makes no second job when it died between making one and knowing its id', async () => {
    let deaths = 0;
    const remote = createRemotePlatform({
      tell: telling(wrong, right),
      afterCreate: () => {
        deaths += 1;
        if (deaths === 1) throw new WorkbenchError('internal', 'The power went.');
      },
    });
    const created = await world.create(job());
    const failed = await world.execute(created, { createPlatform: remote.create });
    assert.equal(failed.summary.failure?.message, 'The power went.');
    assert.equal((await world.store.readTraining(created.summary.id)).job?.state, 'intended');
    const resumed = await world.execute(created, { createPlatform: remote.create });
    assert.deepEqual([resumed.summary.state, remote.bundles.length], ['succeeded', 1]);
  });

  it('asks nothing of the platform any more once its result is stored', async () => {
    const remote = createRemotePlatform({ tell: telling(wrong, right) });
    const { registry } = world.store;
    await registry.createModel({ name: 'chat' }, identity('trainer'));
    await registry.setArchived('chat', true, identity('trainer'));
    const created = await world.create(job('register: {model: chat}\n'));
    const blocked = await world.execute(created, { createPlatform: remote.create });
    assert.match(blocked.summary.failure?.message ?? '', /The model chat is archived/);
    assert.equal(reportOf(blocked).checkpoints.length, 1);
    await registry.setArchived('chat', false, identity('trainer'));
    const resumed = await world.execute(created, { createPlatform: remote.create });
    assert.equal(resumed.summary.state, 'succeeded', JSON.stringify(resumed.summary.failure));
    assert.deepEqual([remote.attached, reportOf(resumed).registered?.version], [1, '1']);
    assert.equal(reportOf(resumed).aspects[0]?.metrics[0]?.value, 1);
  });

  it('starts nothing where the platform cannot do it, and tells every finding', async () => {
    const preflight = [
      { check: 'credentials', level: 'error', message: 'The key may not create pods.', remedy: 'Use another key.' },
      { check: 'price', level: 'ok', message: 'It costs 2.00 USD an hour.' },
    ] as const;
    const { remote, record } = await run({ tell: telling(wrong, right), preflight });
    assert.equal(record.summary.failure?.code, 'preflight-failed');
    assert.match(record.summary.failure.message, /cluster cannot train this job: The key may not create pods/);
    assert.equal(remote.bundles.length, 0);
    const told = reportOf(record).preflight ?? [];
    assert.deepEqual(
      told.filter(({ check }) => check === 'credentials' || check === 'price'),
      preflight,
    );
    assert.ok(told.some(({ check }) => check === 'data') && told.some(({ check }) => check === 'memory'));
  });

  it('ends the job when it is cancelled, over budget or diverged, and says when it cannot', async () => {
    const stop = new AbortController();
    const before = (event: JobEvent) => {
      if (event.type === 'cost') stop.abort(new WorkbenchError('cancelled', 'Enough.'));
    };
    const remote = createRemotePlatform({ tell: telling(wrong, right), before });
    const cancelled = await world.execute(await world.create(job()), { createPlatform: remote.create }, stop.signal);
    assert.deepEqual([cancelled.summary.state, remote.cancelled], ['cancelled', ['job-1']]);

    const poor = await run({ tell: telling(wrong, right) }, job('limits: {budget: 0.20 USD}\n'));
    assert.deepEqual([poor.record.summary.failure?.code, poor.remote.cancelled], ['budget-exceeded', ['job-1']]);

    const lost = await run({ tell: telling(wrong, right, [measured(2, 21)]) });
    assert.deepEqual([lost.record.summary.failure?.code, lost.remote.cancelled], ['training-diverged', ['job-1']]);
    assert.match(lost.record.summary.failure?.message ?? '', /21\.0 nats a token, over ten times the 2\.00/);

    const stuck = await run({ tell: telling(wrong, right), cannotCancel: true }, job('limits: {budget: 0.20 USD}\n'));
    assert.equal(stuck.record.summary.failure?.code, 'budget-exceeded', 'what ended it stays the reason');
    assert.match(
      reportOf(stuck.record).notes.join(),
      /could not be ended and may still cost money: 500 from the platform/,
    );
  });

  it('refuses results that name no best checkpoint, or answers of other rows', async () => {
    const none = await run({
      tell: async (bundle, ports) => {
        const events = await telling(wrong, right)(bundle, ports);
        return events.map(event =>
          event.type === 'result' ? { ...event, result: { ...event.result, checkpoints: [] } } : event,
        );
      },
    });
    assert.match(none.record.summary.failure?.message ?? '', /it names 0 best checkpoints/);
    const short = await run({
      tell: async (bundle, ports) => {
        const events = await telling(wrong, right)(bundle, ports);
        return events.map(event =>
          event.type === 'result'
            ? { ...event, result: { ...event.result, answers: { tuned: { 'core-performance': ['one'] } } } }
            : event,
        );
      },
    });
    assert.match(
      short.record.summary.failure?.message ?? '',
      /its tuned answers to core-performance are 1 for 100 rows/,
    );
    const silent = await run({ tell: () => [measured(0, 2), measured(2, 1)] });
    assert.match(silent.record.summary.failure?.message ?? '', /it ended without a result/);
  });

  it('shows what goes on in the platform’s own words', async () => {
    const phases: (string | undefined)[] = [];
    const remote = createRemotePlatform({
      tell: telling(wrong, right),
      before: async event => {
        if (event.type === 'epoch') await new Promise(resolve => setTimeout(resolve, 300));
      },
    });
    await world.execute(await world.create(job()), {
      createPlatform: remote.create,
      onProgress: ({ phase }) => phases.push(phase),
    });
    assert.ok(phases.includes('Waiting for a GPU'), phases.join());
  });

  it('registers an adapter with its files and base, and resolves it by name', async () => {
    const { record } = await run({ tell: telling(wrong, right) }, job('register: {model: chat}\n'));
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const { signal } = new AbortController();
    const version = await world.store.registry.getVersion('chat', '1', signal);
    const [checkpoint] = reportOf(record).checkpoints;
    assert.equal(version.weightsDigest, checkpoint?.files?.[0]?.digest, 'one weights file names itself');
    assert.deepEqual(
      [version.customProperties['aiw.model_format'], version.customProperties['aiw.task'], version.lineage.base?.name],
      ['peft', 'text-generation', 'hub:org/tiny@v1'],
    );
    const artifacts = await world.store.registry.listArtifacts('chat', '1', signal);
    assert.deepEqual(
      artifacts.flatMap(({ artifactType, name }) =>
        /model-artifact|doc-/.test(artifactType) ? [`${artifactType} ${name}`] : [],
      ),
      ['model-artifact adapter_model.safetensors', 'doc-artifact adapter_config.json'],
    );
    for (const base of ['checkpoint:chat', 'registry:chat@1', 'registry:chat@candidate']) {
      const next = await world.create(job().replace('hub:org/tiny@v1', base).replace('name: chat', 'name: next'));
      const reference = next.spec.trained?.[base];
      assert.deepEqual(
        [reference?.format, reference?.base, reference?.task, reference?.files?.map(({ path }) => path)],
        ['peft', 'hub:org/tiny@v1', 'text-generation', ['adapter_model.safetensors', 'adapter_config.json']],
        base,
      );
      const remote = createRemotePlatform({ tell: telling(wrong, right) });
      await world.execute(next, { createPlatform: remote.create });
      const [bundle] = remote.bundles;
      assert.ok(bundle?.base.kind === 'stored');
      assert.deepEqual(bundle.base.base, { kind: 'hub', id: 'org/tiny', revision: 'v1' });
    }
  });

  it('is compared with others by quality and cost, where both were measured on the same rows', async () => {
    const half = (row: number) => (row % 2 === 0 ? right(row) : wrong());
    const good = await run({ tell: telling(wrong, right, [{ type: 'cost', dollars: 3 }]) });
    const cheap = await run({ tell: telling(wrong, half) });
    const bad = await run({ tell: telling(wrong, half, [{ type: 'cost', dollars: 9 }]) });
    world.write('chat.jsonl', toJsonLines(rows.slice(0, 150)));
    const other = await run({ tell: telling(wrong, right) });
    const ids = [good, cheap, bad, other].map(({ record }) => record.summary.id);
    const { tradeoff, notes, differences } = await compareTuning(ids, world.store);
    assert.deepEqual(
      tradeoff?.map(({ quality, cost, costUnit, isBest }) => [quality, cost, costUnit, isBest]),
      [
        [1, 3, 'USD', true],
        [0.5, 0.25, 'USD', true],
        [0.5, 9, 'USD', false],
      ],
    );
    assert.match(notes?.join() ?? '', new RegExp(`1 run left out .*${ids[3] ?? ''}`));
    assert.ok(differences.some(({ name }) => name === 'Cost'));
    assert.ok(differences.some(({ name }) => name === 'Test rows, core performance'));
  });
});

describe('a tuning run of a service', () => {
  let world: TuningWorld;
  beforeEach(async () => {
    world = await openTuning();
    world.write('chat.jsonl', toJsonLines(rows));
    world.write(
      'workbench.yaml',
      'connections: {gpt: {provider: openai, model: base-1, apiKey: {env: KEY}}}\ncompute: {cluster: {type: openai, connection: gpt}}\n',
    );
  });
  afterEach(() => world.close());
  const text = job('register: {model: served}\n')
    .replace('hub:org/tiny@v1', 'service:base-1')
    .replace('every: 5 steps', 'every: 1');
  const service = { connection: 'gpt', model: 'ft:base-1:x' };
  const tell: Tell = () => [
    measured(0, 2),
    measured(2, 1),
    {
      type: 'result',
      result: {
        checkpoints: [
          { epoch: 2, digest: service.model, bytes: 0, best: true, last: true, format: 'service', service },
        ],
        stoppedEarly: false,
        notes: [],
      },
    },
  ];

  it('asks base and tuned model itself, and registers the service’s name', async () => {
    const asked: string[] = [];
    const remote = createRemotePlatform({ tell });
    const record = await world.execute(await world.create(text), {
      createPlatform: remote.create,
      askModel: async ({ model }, { plan, onCost }) => {
        asked.push(model);
        onCost(0.1);
        const answer = (row: { label: string }) => (model === service.model ? row.label : 'no');
        return { answers: Object.fromEntries(plan.aspects.map(({ name, test }) => [name, test.map(answer)])) };
      },
    });
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    assert.deepEqual(asked, ['ft:base-1:x', 'base-1']);
    const report = reportOf(record);
    assert.deepEqual([report.method, report.hyperparameters['learningRate']], ['service', undefined]);
    assert.equal(report.aspects[0]?.changes?.[0]?.verdict, 'better');
    assert.equal(report.infrastructure?.cost, 0.2);
    const { signal } = new AbortController();
    const version = await world.store.registry.getVersion('served', '1', signal);
    assert.deepEqual(
      ['aiw.model_format', 'aiw.service_provider', 'aiw.service_connection', 'aiw.service_model'].map(
        key => version.customProperties[key],
      ),
      ['service', 'openai', 'gpt', 'ft:base-1:x'],
    );
    assert.match(version.weightsDigest, /^[0-9a-f]{64}$/);
    const { unavailable } = await world.store.backup(`${world.folder}/backup.db`);
    assert.deepEqual(unavailable, [], 'a name is no blob');
    const next = await world.create(
      text.replace('service:base-1', 'registry:served@1').replace('name: chat', 'name: on'),
    );
    assert.deepEqual(next.spec.trained?.['registry:served@1']?.service, service);
  });

  it('keeps what was trained when its model cannot be asked', async () => {
    const remote = createRemotePlatform({ tell });
    const record = await world.execute(await world.create(text), {
      createPlatform: remote.create,
      askModel: async () => ({ note: 'It is not deployed.' }),
    });
    assert.equal(record.summary.state, 'succeeded');
    assert.deepEqual(reportOf(record).aspects[0]?.metrics, []);
    assert.match(
      reportOf(record).notes.join(),
      /The tuned model \(ft:base-1:x\) could not be asked: It is not deployed/,
    );
  });
});
