import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import type { JobEvent, JobResult } from '../../platform.ts';
import {
  makeLearningRows,
  makeServiceBundle,
  openService,
  serviceKey,
  trainOnService,
  type ServiceWorld,
  type ServiceWorldOptions,
} from '../../../../test/fakes/service-jobs.ts';

const never = new AbortController().signal;

describe('a fine-tuning service', () => {
  const worlds: ServiceWorld[] = [];
  afterEach(async () => {
    for (const world of worlds.splice(0)) await world.close();
  });
  async function open(options?: ServiceWorldOptions): Promise<ServiceWorld> {
    const world = await openService(options);
    worlds.push(world);
    return world;
  }

  it('trains a model, tells its curves and names what it made', async () => {
    const world = await open();
    const events = await trainOnService(world, world.connect({ price: 3 }), makeServiceBundle());
    assert.deepEqual(statesOf(events), [
      'validating_files provisioning',
      'queued queued',
      'running running',
      'succeeded succeeded',
    ]);
    const { book } = world.server;
    const [job] = book.jobs.values();
    assert.ok(job !== undefined);
    assert.deepEqual(job.metadata, { aiwb: 'aiwb-r-20261130-abc' });
    assert.equal(job.hyperparameters.n_epochs, 3);
    const losses = events.flatMap(event => (event.type === 'loss' ? [event.point] : []));
    assert.deepEqual(
      losses.map(({ step }) => step),
      Array.from({ length: 15 }, (_, at) => at + 1),
    );
    assert.deepEqual(losses[4], { step: 5, epoch: 1, loss: 1.6667 });
    const epochs = events.flatMap(event => (event.type === 'epoch' ? [event.point] : []));
    assert.deepEqual(
      epochs.map(({ epoch, step, aspects }) => [epoch, step, aspects[0]?.rows, aspects[0]?.loss]),
      [
        [1, 5, 6, 0.8667],
        [2, 10, 6, 0.5333],
        [3, 15, 6, 0.8],
      ],
    );
    const { checkpoints, notes } = resultOf(events);
    assert.deepEqual(
      checkpoints.map(({ epoch, best, last, format }) => [epoch, best, last, format]),
      [
        [1, false, false, 'service'],
        [2, true, false, 'service'],
        [3, false, true, 'service'],
      ],
    );
    assert.equal(checkpoints[2]?.digest, job.fine_tuned_model);
    assert.deepEqual(checkpoints[2].service, { connection: 'gpt', model: job.fine_tuned_model });
    assert.deepEqual(notes, []);
    const cost = events.find(event => event.type === 'cost');
    assert.equal(cost?.dollars, ((job.trained_tokens ?? 0) * 3) / 1e6);
    const usage = events.find(event => event.type === 'usage');
    assert.equal(usage?.usage.tokens, job.trained_tokens);
    assert.deepEqual(leftFiles(world), [], 'uploaded files are removed');
  });

  it('sends the rows as conversations, with the last answer alone to learn', async () => {
    const world = await open();
    const rows = makeLearningRows(12);
    const [first] = rows;
    assert.ok(first?.messages !== undefined);
    const talk = [
      ...first.messages,
      { role: 'assistant', content: 'Hm' } as const,
      { role: 'user', content: 'So?' } as const,
    ];
    const inputs = [
      {
        role: 'train' as const,
        aspect: 'core-performance' as const,
        digest: 'x',
        weight: 1,
        rows: [{ ...first, messages: talk }, ...rows],
      },
    ];
    await trainOnService(world, world.connect(), makeServiceBundle({ inputs }));
    const upload = world.server.requests.find(({ method, path }) => method === 'POST' && path === '/files');
    const sent = upload?.body.toString().split('\r\n\r\n').at(-1)?.split('\n')[0] ?? '';
    assert.deepEqual(JSON.parse(sent), {
      messages: [
        { role: 'system', content: 'Answer with one word.' },
        { role: 'user', content: 'question 0' },
        { role: 'assistant', content: 'Hm', weight: 0 },
        { role: 'user', content: 'So?' },
        { role: 'assistant', content: 'answer-0' },
      ],
    });
  });

  it('takes no more than the job knows: no validation, no checkpoints, no metadata', async () => {
    const world = await open({ withoutCheckpoints: true, withoutMetadata: true });
    const { inputs, ...bundle } = makeServiceBundle();
    const events = await trainOnService(world, world.connect(), { ...bundle, inputs: inputs.slice(0, 1) });
    const { checkpoints } = resultOf(events);
    assert.deepEqual(
      checkpoints.map(({ epoch, best, last }) => [epoch, best, last]),
      [[3, true, true]],
    );
    const epochs = events.flatMap(event => (event.type === 'epoch' ? [event.point] : []));
    assert.deepEqual(
      epochs.map(({ epoch, aspects }) => [epoch, aspects.length]),
      [
        [1, 0],
        [2, 0],
        [3, 0],
      ],
    );
    assert.equal(world.server.book.created.jobs.length, 1);
  });

  for (const kind of ['expired', 'garbage', 'plain'] as const) {
    it(`succeeds with a result file that is ${kind}`, async () => {
      const world = await open({ resultFile: kind });
      const { notes } = resultOf(await trainOnService(world, world.connect(), makeServiceBundle()));
      if (kind === 'plain') assert.deepEqual(notes, []);
      else assert.match(notes.join(' '), kind === 'expired' ? /no longer has the result file/ : /no table of steps/);
    });
  }

  it('keeps a status that nobody has published, and follows it', async () => {
    const world = await open({ strangeStatus: 'warming_up' });
    const events = await trainOnService(world, world.connect(), makeServiceBundle());
    assert.ok(statesOf(events).includes('warming_up running'));
    assert.equal(statesOf(events).at(-1), 'succeeded succeeded');
  });

  it('tells why the service gave up', async () => {
    const world = await open({ failure: 'The training file has 3 rows that break our policies.' });
    await assert.rejects(trainOnService(world, world.connect(), makeServiceBundle()), {
      code: 'run-failed',
      message: 'Training at gpt failed: The training file has 3 rows that break our policies.',
    });
    assert.deepEqual(leftFiles(world), []);
  });

  it('tells that a job was cancelled elsewhere, and starts anew when it is resumed', async () => {
    const world = await open();
    const platform = world.connect({ price: 3 });
    const handle = await platform.submit(makeServiceBundle(), undefined, job => world.record(job), never);
    world.server.book.cancelJob(handle.job);
    const job = world.server.book.requireJob(handle.job);
    job.trained_tokens = 1_000_000;
    const events: JobEvent[] = [];
    for await (const event of platform.events(handle, never)) events.push(event);
    assert.equal(statesOf(events).at(-1), 'cancelled cancelled');
    assert.deepEqual(
      events.find(event => event.type === 'cost'),
      { type: 'cost', dollars: 3 },
    );
    const more = await trainOnService(world, world.connect({ price: 3 }), makeServiceBundle({ counted: 3 }));
    assert.equal(world.server.book.created.jobs.length, 2);
    assert.equal(world.records.at(-1)?.spent, 3);
    const second = world.server.book.requireJob(world.records.at(-1)?.id ?? '');
    const cost = more.find(one => one.type === 'cost')?.dollars ?? 0;
    assert.ok(
      Math.abs(cost - ((second.trained_tokens ?? 0) * 3) / 1e6) < 1e-12,
      'what was told before is not told again',
    );
  });

  it('counts what a job has cost once, however often it is attached to', async () => {
    const world = await open();
    const cost = (events: readonly JobEvent[]): number => events.find(event => event.type === 'cost')?.dollars ?? 0;
    const first = cost(await trainOnService(world, world.connect({ price: 3 }), makeServiceBundle()));
    assert.ok(first > 0);
    const again = await trainOnService(world, world.connect({ price: 3 }), makeServiceBundle({ counted: first }));
    assert.equal(cost(again), 0);
    assert.equal(world.server.book.created.jobs.length, 1);
  });

  it('cancels a job and takes its files back', async () => {
    const world = await open({ runningLooks: 1000 });
    const platform = world.connect();
    const handle = await platform.submit(makeServiceBundle(), undefined, job => world.record(job), never);
    await platform.cancel(handle);
    assert.equal(world.server.book.requireJob(handle.job).status, 'cancelled');
    assert.deepEqual(leftFiles(world), []);
    await platform.cancel(handle);
    await platform.cancel({ platform: 'tuner', job: 'ftjob-gone' });
  });

  it('starts nothing that would pass its budget', async () => {
    const world = await open();
    await assert.rejects(trainOnService(world, world.connect({ price: 1e6 }), makeServiceBundle({ budget: 1 })), {
      code: 'budget-exceeded',
    });
    assert.deepEqual(world.server.book.created, { jobs: [], files: [] });
  });

  it('asks for what the service needs before anything is uploaded', async () => {
    const world = await open();
    const few = [
      {
        role: 'train' as const,
        aspect: 'core-performance' as const,
        digest: 'x',
        weight: 1,
        rows: makeLearningRows(9),
      },
    ];
    await assert.rejects(trainOnService(world, world.connect(), makeServiceBundle({ inputs: few })), {
      code: 'dataset-invalid',
      message: 'gpt needs 10 training rows, and the job has 9.',
    });
    await assert.rejects(
      trainOnService(world, world.connect(), makeServiceBundle({ base: { kind: 'hub', id: 'a/b' } })),
      {
        code: 'model-unsuitable',
      },
    );
    assert.deepEqual(world.server.book.created, { jobs: [], files: [] });
  });

  it('fetches a token anew when it has expired midway', async () => {
    let issued = 0;
    let valid = '';
    const world = await open({
      secret: () => (valid = `token-${(issued += 1)}`),
      accepts: key => key === valid,
      fault: ({ number }) => {
        if (number % 4 === 0) valid = 'revoked';
        return undefined;
      },
    });
    const events = await trainOnService(world, world.connect(), makeServiceBundle());
    assert.equal(statesOf(events).at(-1), 'succeeded succeeded');
    assert.ok(issued > 3, String(issued));
    assert.equal(world.server.book.created.jobs.length, 1);
  });

  it('gives up on a key that is refused, and never shows it', async () => {
    const world = await open({ accepts: () => false });
    const failure = await trainOnService(world, world.connect(), makeServiceBundle()).catch((error: unknown) => error);
    assert.match(String(failure), /did not accept the credentials/);
    assert.ok(!inspect(failure, { depth: 10 }).includes(serviceKey));
    assert.equal(world.server.requests.length, 1, 'a key that does not change is not tried again');
  });

  it('outlasts storms of 429 and 500, as the service asks', async () => {
    let storm = 0;
    const world = await open({
      fault: ({ method, path }) => {
        storm += 1;
        if (storm % 3 !== 0) return { status: 429, headers: { 'retry-after': '7' } };
        return method === 'GET' && storm % 6 === 0 && path !== '' ? { status: 500 } : undefined;
      },
    });
    const events = await trainOnService(world, world.connect(), makeServiceBundle());
    assert.equal(statesOf(events).at(-1), 'succeeded succeeded');
    assert.equal(world.server.book.created.jobs.length, 1);
    assert.ok(world.sleeps.some(sleep => sleep >= 7000));
  });

  it('waits out a service that is away or talks nonsense while its job goes on', async () => {
    let looks = 0;
    const world = await open({
      fault: ({ method, path }) => {
        if (method !== 'GET' || !/^\/fine_tuning\/jobs\/[^/]+$/.test(path)) return undefined;
        looks += 1;
        return looks > 2 && looks < 30 ? (looks % 2 === 0 ? 'drop' : 'garbage') : undefined;
      },
    });
    const events = await trainOnService(world, world.connect(), makeServiceBundle());
    assert.equal(statesOf(events).at(-1), 'succeeded succeeded');
  });

  it('finds a job whose creation was never answered', async () => {
    const world = await open({
      fault: ({ method, path }) => (method === 'POST' && path === '/fine_tuning/jobs' ? 'lose' : undefined),
    });
    await trainOnService(world, world.connect(), makeServiceBundle());
    assert.equal(world.server.book.created.jobs.length, 1);
    assert.equal(world.records.at(-1)?.id, world.server.book.created.jobs[0]);
  });

  it('finds it where the server failed after it had made the job', async () => {
    let creations = 0;
    const world = await open({
      fault: ({ method, path }) =>
        method === 'POST' && path === '/fine_tuning/jobs' && ++creations === 1
          ? { status: 500, acts: true }
          : undefined,
    });
    await trainOnService(world, world.connect(), makeServiceBundle());
    assert.equal(world.server.book.created.jobs.length, 1);
  });

  it('creates it once more only after it has looked for the first', async () => {
    let creations = 0;
    const world = await open({
      fault: ({ method, path }) =>
        method === 'POST' && path === '/fine_tuning/jobs' && ++creations === 1 ? { status: 500 } : undefined,
    });
    await trainOnService(world, world.connect(), makeServiceBundle());
    assert.equal(world.server.book.created.jobs.length, 1);
    const asked = world.server.requests.map(({ method, path }) => `${method} ${path}`);
    const first = asked.indexOf('POST /fine_tuning/jobs');
    const second = asked.indexOf('POST /fine_tuning/jobs', first + 1);
    assert.ok(asked.slice(first, second).filter(one => one === 'GET /fine_tuning/jobs').length >= 4);
  });

  it('keeps one of two jobs of the same run and cancels the other', async () => {
    const world = await open({ runningLooks: 1000 });
    const platform = world.connect();
    const first = await platform.submit(makeServiceBundle(), undefined, job => world.record(job), never);
    const { book } = world.server;
    const [request] = world.server.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/jobs'));
    const double = book.addJob(JSON.parse(request?.body.toString() ?? ''));
    const again = await world
      .connect()
      .submit(makeServiceBundle(), world.records.at(-1), job => world.record(job), never);
    assert.equal(again.job, first.job);
    assert.equal(book.requireJob(double.id).status, 'cancelled');
  });

  it('ends what was made while the run was being stopped', async () => {
    const stop = new AbortController();
    const world = await open({
      runningLooks: 1000,
      fault: ({ method, path }) => {
        if (method === 'POST' && path === '/fine_tuning/jobs') stop.abort(new Error('the user stopped'));
        return undefined;
      },
    });
    await assert.rejects(
      world.connect().submit(makeServiceBundle(), undefined, job => world.record(job), stop.signal),
      /the user stopped/,
    );
    assert.deepEqual(
      [...world.server.book.jobs.values()].map(({ status }) => status),
      ['cancelled'],
    );
  });

  it('lists what carries our tags, files that nobody needs too, and ends it', async () => {
    const world = await open({ runningLooks: 1000 });
    const platform = world.connect();
    const { inventory } = platform;
    assert.ok(inventory !== undefined);
    const handle = await platform.submit(makeServiceBundle(), undefined, job => world.record(job), never);
    const { book } = world.server;
    const line = `${JSON.stringify({
      messages: [
        { role: 'user', content: 'a' },
        { role: 'assistant', content: 'b' },
      ],
    })}\n`;
    const forgotten = book.addFile('fine-tune', `aiwb-r-gone-train-${'0'.repeat(16)}.jsonl`, Buffer.from(line));
    book.addFile('fine-tune', 'mine.jsonl', Buffer.from(line));
    const listed = await inventory.list(never);
    assert.deepEqual(
      listed.map(({ id, tag, raw, ended }) => [id, tag, raw, ended]),
      [
        [handle.job, 'aiwb-r-20261130-abc', 'validating_files', false],
        [forgotten.id, 'aiwb-r-gone', 'uploaded file', false],
      ],
    );
    for (const { id } of listed) await inventory.terminate(id, never);
    await inventory.terminate('ftjob-gone', never);
    assert.equal(book.requireJob(handle.job).status, 'cancelled');
    assert.ok(!book.files.has(forgotten.id));
  });

  describe('Azure', () => {
    it('is asked with its own header and waits until the files were looked through', async () => {
      const world = await open({ azure: true });
      const events = await trainOnService(
        world,
        world.connect({ trainingType: 'GlobalStandard' }),
        makeServiceBundle(),
      );
      const { notes, checkpoints } = resultOf(events);
      assert.match(notes.join(' '), /az cognitiveservices account deployment create/);
      assert.match(checkpoints.at(-1)?.service?.model ?? '', /^gpt-4o-mini-2024-07-18\.ft-/);
      const [first] = world.server.requests;
      assert.equal(first?.headers['api-key'], serviceKey);
      assert.equal(first.headers.authorization, undefined);
      const creation = world.server.requests.find(
        ({ method, path }) => method === 'POST' && path === '/fine_tuning/jobs',
      );
      const { trainingType } = JSON.parse(creation?.body.toString() ?? '') as { trainingType?: string };
      assert.equal(trainingType, 'GlobalStandard');
    });

    it('asks the tuned model where the platform names its deployment, and says what is missing there', async () => {
      const world = await open({ azure: true });
      const bundle = makeServiceBundle();
      const first = resultOf(await trainOnService(world, world.connect({ deployment: 'triage' }), bundle));
      const best = first.checkpoints.find(checkpoint => checkpoint.best);
      assert.equal(best?.service?.model, 'triage');
      assert.match(first.notes.join(' '), /there is no deployment triage yet/);
      world.server.book.deployments.set('triage', best.digest);
      const second = resultOf(await trainOnService(world, world.connect({ deployment: 'triage' }), bundle));
      assert.deepEqual(second.notes, []);
      assert.equal(world.server.book.created.jobs.length, 1, 'the finished job was found again');
    });
  });
});

function statesOf(events: readonly JobEvent[]): string[] {
  return events.flatMap(event => (event.type === 'state' ? [`${event.raw} ${event.state}`] : []));
}

function resultOf(events: readonly JobEvent[]): JobResult {
  const found = events.find(event => event.type === 'result');
  assert.ok(found?.type === 'result');
  return found.result;
}

function leftFiles({ server }: ServiceWorld): string[] {
  return [...server.book.files.values()].flatMap(({ purpose, filename }) =>
    purpose === 'fine-tune' ? [filename] : [],
  );
}
