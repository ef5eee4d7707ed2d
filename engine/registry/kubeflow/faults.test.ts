import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createHurriedClock } from '../../../test/fakes/clock.ts';
import {
  openKubeflowAt,
  type KubeflowClient,
  type KubeflowClientOptions,
} from '../../../test/fakes/kubeflow-client.ts';
import { askAt } from '../../../test/fakes/kubeflow-cases.ts';
import { everyArtifact } from '../../../test/fakes/kubeflow/fixtures.ts';
import { startKubeflowFake, type KubeflowFake, type KubeflowRequest } from '../../../test/fakes/kubeflow-registry.ts';
import { ada, newFigure, newVersion } from '../../../test/fakes/registry-contract.ts';
import { createClock } from '../../../platform/host/clock.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { NewModelVersion } from '../../ports/registry.ts';

const never = new AbortController().signal;
const name = 'claims';

describe('A Kubeflow registry that fails', () => {
  let server: KubeflowFake;
  let clients: KubeflowClient[] = [];
  let time = 1_800_000_000_000;

  const open = (options?: KubeflowClientOptions, url = server.origin) => {
    const client = openKubeflowAt(url, options);
    clients.push(client);
    return client.registry;
  };
  const version = (changes: Partial<NewModelVersion> = {}) =>
    newVersion(name, 'a', { artifacts: everyArtifact, alias: 'newest', status: 'candidate', ...changes });
  /** That everything a version is made with is there, once. */
  const requireOne = async () => {
    const registry = open();
    const model = await registry.getModel(name, never);
    assert.equal(model.versions, 1);
    assert.deepEqual(model.aliases, { newest: '1' });
    const read = await registry.getVersion(name, 'newest', never);
    assert.equal(read.status, 'candidate');
    const artifacts = await registry.listArtifacts(name, '1', never);
    assert.deepEqual(artifacts.map(one => one.name).sort(), everyArtifact.map(one => one.name).sort());
    await requireOneEvaluation();
    assert.deepEqual(server.violations, []);
  };
  /** Among the artifacts are those of one run on a team's own data. */
  const requireOneEvaluation = async () => {
    const ask = askAt(server.origin);
    const list = async (path: string) =>
      (await ask('GET', `${path}?pageSize=100`))['items'] as readonly Record<string, unknown>[];
    const runs = await list('/experiment_runs');
    assert.deepEqual([(await list('/experiments')).length, runs.map(({ status }) => status)], [1, ['FINISHED']]);
    const results = await list(`/experiment_runs/${String(runs[0]?.['id'])}/artifacts`);
    const ofRun = everyArtifact.filter(one => 'runId' in one && one.runId === 'run-1');
    assert.equal(results.length, ofRun.length);
  };
  const creates = (path: string) => (request: KubeflowRequest) =>
    request.method === 'POST' && request.path.endsWith(path);
  const patches = ({ method }: KubeflowRequest) => method === 'PATCH';

  beforeEach(async () => {
    server = await startKubeflowFake({ now: () => (time += 1) });
  });
  afterEach(async () => {
    for (const client of clients) await client.close();
    clients = [];
    await server.stop();
  });

  for (const [what, path] of [
    ['experiment', '/experiments'],
    ['evaluation', '/experiment_runs'],
    ['model', '/registered_models'],
    ['version', '/versions'],
    ['artifact', '/artifacts'],
  ] as const) {
    for (const after of [true, false]) {
      it(`makes one ${what} where the connection breaks ${after ? 'after' : 'before'} it was made`, async () => {
        server.faults.push({ when: creates(path), drop: true, after });
        await open().createVersion(version(), { name }, ada);
        await requireOne();
      });
      it(`makes one ${what} where the server answers 500 ${after ? 'after' : 'before'} it was made`, async () => {
        server.faults.push({ when: creates(path), status: 500, after, times: 2 });
        await open().createVersion(version(), { name }, ada);
        await requireOne();
      });
    }
  }

  it('loses no change where a PATCH breaks, done or not', async () => {
    for (const after of [true, false]) {
      server.faults.push({ when: patches, drop: true, after }, { when: patches, status: 503, after });
    }
    await open().createVersion(version(), { name }, ada);
    await requireOne();
  });

  it('waits as long as a busy server asks', async () => {
    const clock = createHurriedClock(createClock());
    const registry = open({ clock });
    await registry.createModel({ name }, ada);
    server.faults.push({ when: patches, status: 429, headers: { 'retry-after': '7' } });
    server.faults.push({
      when: ({ method }) => method === 'GET',
      status: 429,
      headers: { 'retry-after': '5' },
      times: 2,
    });
    await registry.updateModel(name, { description: 'd', customProperties: { a: 1 } }, ada);
    assert.equal(clock.sleeps.filter(sleep => sleep >= 5000 && sleep < 7000).length, 2);
    assert.ok(clock.sleeps.some(sleep => sleep >= 7000));
    assert.deepEqual((await registry.getModel(name, never)).customProperties, { a: 1 });
  });

  it('goes on where a publication was broken off, and doubles nothing', async () => {
    const registry = open();
    for (let request = 1; request < 40; request += 3) {
      const until = server.requests.length + request;
      let stops = 0;
      server.before = async () => {
        if (stops > 0 || server.requests.length < until) return;
        stops += 1;
        await server.stop();
      };
      await registry.createVersion(version(), { name }, ada).catch((error: unknown) => {
        assert.ok(error instanceof WorkbenchError && error.code === 'registry-unreachable', String(error));
      });
      if (stops > 0) await server.start();
      server.before = undefined;
    }
    await registry.createVersion(version(), { name }, ada);
    await requireOne();
  });

  it('writes the status when all else is there', async () => {
    await open().createVersion(version(), { name }, ada);
    const writes = server.requests.filter(({ method }) => method !== 'GET');
    const status = writes.findIndex(({ body }) => JSON.stringify(body ?? {}).includes('"aiw.status"'));
    assert.equal(status, writes.length - 1);
    const ofVersion = writes.filter(({ path }) => /^\/model_versions\/\d+\/artifacts$/.test(path));
    assert.equal(ofVersion.length, everyArtifact.length);
    // The evaluation is finished before anything of it stands with the version.
    const finished = writes.findIndex(({ body }) => body?.['status'] === 'FINISHED');
    assert.ok(finished >= 0 && finished < writes.indexOf(ofVersion[0] as KubeflowRequest));
  });

  it('keeps everything with the version where the server knows no experiments', async () => {
    const older = await startKubeflowFake({ knowsExperiments: false });
    try {
      const registry = open({}, older.origin);
      await registry.createVersion(version(), { name }, ada);
      const whole = await registry.readVersion(name, 'newest', never);
      assert.equal(whole.artifacts.length, everyArtifact.length);
      assert.equal(whole.version.status, 'candidate');
    } finally {
      await older.stop();
    }
  });

  it('makes one model and one version where two publish them at once', async () => {
    const [one, two] = [open(), open()];
    const made = await Promise.all([one, two].map(registry => registry.createVersion(version(), { name }, ada)));
    assert.deepEqual(
      made.map(each => each.version),
      ['1', '1'],
    );
    await requireOne();
  });

  it('gives two versions made at once two numbers', async () => {
    const registries = [open(), open(), open()];
    await registries[0]?.createModel({ name }, ada);
    const made = await Promise.all(
      registries.map((registry, index) => registry.createVersion(newVersion(name, String(index)), { name }, ada)),
    );
    assert.deepEqual(made.map(each => each.version).sort(), ['1', '2', '3']);
  });

  describe('with another writer', () => {
    /** Has `act` done in the middle of the next request that `when` holds for, before it is carried out. */
    const between = (when: (request: KubeflowRequest) => boolean, act: () => Promise<unknown>) => {
      server.before = async request => {
        if (!when(request)) return;
        server.before = undefined;
        await act();
      };
    };

    it('keeps what was written between its reading and its writing once the other looks', async () => {
      const [mine, theirs] = [open({ name: 'mine' }), open({ name: 'theirs' })];
      await mine.createModel({ name, customProperties: { old: 'kept' } }, ada);
      // They have written and seen it, and rest; my PATCH, made from what was there before, then undoes it.
      let finished: Promise<unknown> = Promise.resolve();
      const order: string[] = [];
      between(patches, async () => {
        let reads = 0;
        const seen = new Promise<void>(resolve => {
          server.after = ({ method, path }) => {
            order.push(`${method} ${path}`);
            if (method === 'GET' && path === '/registered_models/1' && (reads += 1) === 2) resolve();
          };
        });
        finished = theirs.updateModel(name, { customProperties: { b: 2 } }, ada);
        await seen;
        server.after = undefined;
      });
      await Promise.all([mine.updateModel(name, { customProperties: { a: 1 } }, ada)]);
      await finished;
      assert.ok(order.includes('PATCH /registered_models/1'), 'they wrote in between');
      assert.deepEqual((await mine.getModel(name, never)).customProperties, { old: 'kept', a: 1, b: 2 });
    });

    it('merges again where its own change was undone', async () => {
      const [mine, theirs] = [open(), open()];
      await mine.createModel({ name, customProperties: { old: 'kept' } }, ada);
      let released: (() => void) | undefined;
      let changed: Promise<unknown> = Promise.resolve();
      // Their PATCH is held until mine is written and read again.
      server.before = async request => {
        if (!patches(request) || !JSON.stringify(request.body).includes('"b"')) return;
        server.before = undefined;
        changed = mine.updateModel(name, { customProperties: { a: 1 } }, ada);
        let reads = 0;
        await new Promise<void>(resolve => {
          released = resolve;
          server.after = ({ method }) => {
            if (method === 'GET' && (reads += 1) === 3) released?.();
          };
        });
        server.after = undefined;
      };
      await theirs.updateModel(name, { customProperties: { b: 2 } }, ada);
      await changed;
      assert.deepEqual((await mine.getModel(name, never)).customProperties, { old: 'kept', a: 1, b: 2 });
    });

    it('has many writers of different properties all win', async () => {
      const registries = Array.from({ length: 4 }, (_, index) => open({ name: `w${index}`, clock: createClock() }));
      await registries[0]?.createVersion(newVersion(name, 'a'), { name }, ada);
      await Promise.all(
        registries.flatMap((registry, index) =>
          [0, 1, 2].map(round =>
            registry.updateVersion(name, '1', { customProperties: { [`p${index}.${round}`]: round } }, ada),
          ),
        ),
      );
      const { customProperties } = await open().getVersion(name, '1', never);
      assert.equal(Object.keys(customProperties).filter(key => /^p\d\.\d$/.test(key)).length, 12);
    });

    it('tells who comes second to the same property', async () => {
      const [mine, theirs] = [open(), open()];
      await mine.createVersion(newVersion(name, 'a', { status: 'candidate' }), { name }, ada);
      server.after = async request => {
        if (!patches(request)) return;
        server.after = undefined;
        await theirs.setStatus(name, '1', 'revoked', ada);
      };
      await assert.rejects(
        mine.setStatus(name, '1', 'approved', ada),
        (error: unknown) =>
          error instanceof WorkbenchError && error.code === 'registry-conflict' && /revoked/.test(error.message),
      );
      assert.equal((await mine.getVersion(name, '1', never)).status, 'revoked');
    });

    it('gives up where somebody undoes it again and again', async () => {
      const registry = open();
      await registry.createModel({ name }, ada);
      let undone = 0;
      server.after = async request => {
        if (!patches(request) || request.body?.['owner'] !== undefined) return;
        undone += 1;
        const body = JSON.stringify({ owner: 'them', customProperties: {} });
        await fetch(`${server.origin}/api/model_registry/v1alpha3${request.path}`, { method: 'PATCH', body });
      };
      await assert.rejects(registry.updateModel(name, { customProperties: { a: 1 } }, ada), {
        code: 'registry-conflict',
      });
      assert.ok(undone > 1 && undone < 20);
    });
  });

  it('tells the newest version by its id where the server’s clock goes back', async () => {
    const registry = open();
    await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    time -= 86_400_000;
    await registry.createVersion(newVersion(name, 'b'), { name }, ada);
    assert.equal((await registry.getModel(name, never)).latest, '2');
    assert.equal((await registry.getVersion(name, undefined, never)).version, '2');
    const { items } = await registry.pageVersions({ model: name }, never);
    assert.deepEqual(
      items.map(one => one.version),
      ['2', '1'],
    );
  });

  it('loses and repeats nothing of what was changed in one millisecond', async () => {
    const still = await startKubeflowFake({ now: () => 1_800_000_000_000 });
    try {
      const registry = open({}, still.origin);
      for (let model = 0; model < 4; model += 1) {
        for (let digit = 0; digit < 5; digit += 1) {
          const lineage = { datasets: [], prompts: [], runId: `${model}` };
          await registry.createVersion(newVersion(`m${model}`, String(digit), { lineage }), { name: `m${model}` }, ada);
        }
      }
      for (const limit of [1, 3, 7, 20]) {
        const seen: string[] = [];
        let after: string | undefined;
        do {
          const more = after === undefined ? {} : { after };
          const page = await registry.pageVersions({ order: 'updated', limit, ...more }, never);
          seen.push(...page.items.map(one => `${one.model}@${one.version}`));
          after = page.next;
        } while (after !== undefined);
        assert.equal(seen.length, 20);
        assert.equal(new Set(seen).size, 20);
      }
      await assert.rejects(registry.pageVersions({ order: 'updated', after: "0:1' OR id > 0" }, never), {
        code: 'usage',
      });
      assert.deepEqual(still.violations, []);
    } finally {
      await still.stop();
    }
  });

  it('reads on where pages are slow or fail for a while', async () => {
    const registry = open();
    for (let model = 0; model < 5; model += 1) await registry.createModel({ name: `m${model}` }, ada);
    server.faults.push({ when: ({ query }) => query['nextPageToken'] !== undefined, status: 503, times: 3 });
    server.before = () => new Promise(resolve => setTimeout(resolve, 5));
    const names: string[] = [];
    let after: string | undefined;
    do {
      const page = await registry.pageModels({ limit: 2, ...(after === undefined ? {} : { after }) }, never);
      names.push(...page.items.map(one => one.name));
      after = page.next;
    } while (after !== undefined);
    assert.deepEqual(names, ['m0', 'm1', 'm2', 'm3', 'm4']);
  });

  it('stops when it is cancelled', async () => {
    const registry = open();
    await registry.createModel({ name }, ada);
    const controller = new AbortController();
    server.before = () => controller.abort(new Error('enough'));
    await assert.rejects(registry.getModel(name, controller.signal), /enough/);
  });

  it('writes nothing where it is only read', async () => {
    await open().createVersion(newVersion(name, 'a'), { name }, ada);
    const registry = open({ readOnly: true });
    const before = server.requests.filter(({ method }) => method !== 'GET').length;
    for (const write of [
      () => registry.createModel({ name: 'other' }, ada),
      () => registry.updateModel(name, { description: 'x' }, ada),
      () => registry.createVersion(newVersion(name, 'b'), { name }, ada),
      () => registry.updateVersion(name, '1', { description: 'x' }, ada),
      () => registry.setStatus(name, '1', 'approved', ada),
      () => registry.addArtifacts(name, '1', [newFigure('f', 1)], ada),
      () => registry.setAlias(name, 'a', '1', ada),
      () => registry.setArchived(name, true, ada),
      () => registry.setVersionArchived(name, '1', true, ada),
      () => registry.putContent(name, '1', 'f', new Uint8Array(), ada),
    ]) {
      await assert.rejects(write(), { code: 'usage', message: /only read/ });
    }
    assert.equal((await registry.getVersion(name, '1', never)).version, '1');
    assert.equal(server.requests.filter(({ method }) => method !== 'GET').length, before);
  });

  it('keeps no files, and says so', async () => {
    const registry = open();
    await assert.rejects(registry.putContent(name, '1', 'f', new Uint8Array(), ada), { code: 'usage' });
    await assert.rejects(registry.readContent('s3://b/x', never), { code: 'blob-missing' });
    assert.equal(registry.capabilities.keepsContent, false);
  });

  it('leads to the pages of the dashboard', async () => {
    const registry = open({ ui: 'https://dash.example/model-registry/team/' });
    const made = await registry.createVersion(newVersion(name, 'a'), { name }, ada);
    const model = await registry.getModel(name, never);
    const page = `https://dash.example/model-registry/team/registered-models/${model.id ?? ''}`;
    assert.equal(registry.pageOf(model), page);
    assert.equal(registry.pageOf(model, made), `${page}/versions/${made.id ?? ''}`);
    assert.equal(open().pageOf(model), undefined);
  });

  it('takes an address with or without the path of the API', async () => {
    await open().createModel({ name }, ada);
    for (const path of ['/', '/api/model_registry', '/api/model_registry/v1alpha3', '/api/model_registry/v1alpha3/']) {
      assert.equal((await open({}, server.origin + path).getModel(name, never)).name, name);
    }
  });

  it('says what a server is not', async () => {
    await assert.rejects(open({}, `${server.origin}/elsewhere`).getModel(name, never), { code: 'registry-malformed' });
    await server.stop();
    await assert.rejects(open().getModel(name, never), { code: 'registry-unreachable' });
  });

  it('asks with its token, and shows it nowhere', async () => {
    const guarded = await startKubeflowFake({ token: 'very-secret-token' });
    try {
      await open({ token: 'very-secret-token' }, guarded.origin).createModel({ name }, ada);
      await assert.rejects(
        open({ token: 'another-secret-token' }, guarded.origin).getModel(name, never),
        (error: unknown) =>
          error instanceof WorkbenchError && error.code === 'registry-refused' && !/secret-token/.test(error.message),
      );
    } finally {
      await guarded.stop();
    }
  });
});
