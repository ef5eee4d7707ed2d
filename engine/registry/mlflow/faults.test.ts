import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openMlflowAt } from '../../../test/fakes/mlflow-registry.ts';
import {
  startMlflowServer,
  type MlflowFault,
  type MlflowServer,
  type MlflowServerOptions,
} from '../../../test/fakes/mlflow-server.ts';
import { ada, newFigure, newVersion } from '../../../test/fakes/registry-contract.ts';
import { createHurriedClock } from '../../../test/fakes/clock.ts';
import type { Artifact } from '../../../schemas/generated/messages.ts';
import { createClock } from '../../../platform/host/clock.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { ModelRegistry } from '../../ports/registry.ts';

const never = new AbortController().signal;
const artifacts: readonly Artifact[] = [
  newFigure('accuracy', 0.5),
  { artifactType: 'parameter', name: 'run-1/seed', value: 7, runId: 'run-1' },
  { artifactType: 'dataset-artifact', name: 'run-1/core/test', digest: 'b'.repeat(64), rows: 9 },
];

describe('MLflow registry that breaks', () => {
  const open: { close(): Promise<void> }[] = [];
  async function start(options: MlflowServerOptions = {}): Promise<MlflowServer> {
    const server = await startMlflowServer(options);
    open.push(server);
    return server;
  }
  function connect(url: string, settings: Parameters<typeof openMlflowAt>[1] = {}): ModelRegistry {
    const opened = openMlflowAt(url, settings);
    open.unshift(opened);
    return opened.registry;
  }
  afterEach(async () => {
    for (const one of open.splice(0)) await one.close();
  });

  const publish = (registry: ModelRegistry) =>
    registry.createVersion(
      newVersion('whisper', 'a', { artifacts, alias: 'candidate', status: 'candidate', description: 'First' }),
      { name: 'whisper', provider: 'Acme' },
      ada,
    );

  /** What a publication must have come to, however often it was tried. */
  async function requireWhole(registry: ModelRegistry): Promise<void> {
    const { items } = await registry.pageVersions({ model: 'whisper' }, never);
    assert.deepEqual(
      items.map(({ version, status, aliases, description }) => [version, status, aliases, description]),
      [[items[0]?.version, 'candidate', ['candidate'], 'First']],
    );
    assert.deepEqual(await registry.listArtifacts('whisper', 'candidate', never), artifacts);
    const model = await registry.getModel('whisper', never);
    assert.deepEqual([model.provider, model.versions], ['Acme', 1]);
  }

  /** Every route that a publication asks. */
  async function routesOfPublication(): Promise<string[]> {
    const server = await start();
    await publish(connect(server.url));
    return [...new Set(server.calls.map(({ route }) => route))];
  }

  it('publishes one version whichever answer is lost, or request never arrives', async () => {
    const routes = await routesOfPublication();
    assert.ok(routes.length >= 12);
    for (const route of routes) {
      for (const drop of ['before', 'after'] as const) {
        const server = await start({
          fault: call => (call.route === route && call.earlier === 0 ? { drop } : undefined),
        });
        const registry = connect(server.url);
        await publish(registry);
        await requireWhole(registry);
        const made = server.calls.filter(one => one.route === 'POST model-versions/create').length;
        assert.ok(made <= (route === 'POST model-versions/create' && drop === 'before' ? 2 : 1), `${route} ${drop}`);
      }
    }
  });

  it('waits as long as an overloaded server asks', async () => {
    const clock = createHurriedClock(createClock());
    const server = await start({
      fault: ({ earlier }) => (earlier === 0 ? { status: 429, retryAfter: '7' } : undefined),
    });
    const registry = connect(server.url, { clock });
    await publish(registry);
    await requireWhole(registry);
    const routes = new Set(server.calls.map(({ route }) => route));
    assert.equal(clock.sleeps.filter(wait => wait >= 7000).length, routes.size);
  });

  for (const status of [500, 502, 503] as const) {
    it(`looks before it asks again where the first creation of each kind is answered ${status}`, async () => {
      const server = await start({
        fault: ({ route, earlier }) => (earlier === 0 && route.endsWith('/create') ? { status } : undefined),
      });
      const registry = connect(server.url);
      await publish(registry);
      await requireWhole(registry);
    });
  }

  it('tries again where two write the same tag at once and the database of the server complains', async () => {
    const body = { error_code: 'BAD_REQUEST', message: '(sqlite3.IntegrityError) UNIQUE constraint failed' };
    const server = await start({
      fault: ({ route, earlier }) => (earlier === 0 && /-tag$|alias$/.test(route) ? { status: 400, body } : undefined),
    });
    const registry = connect(server.url);
    await publish(registry);
    await requireWhole(registry);
  });

  it('finishes what was killed after any request, and lists nothing that is half made', async () => {
    const whole = await start();
    await publish(connect(whole.url));
    const { length } = whole.calls;
    for (let last = 1; last < length; last += 1) {
      let isDead = false;
      let count = 0;
      const fault = (): MlflowFault | undefined => {
        count += 1;
        return isDead && count > last ? { drop: 'before' } : undefined;
      };
      const server = await start({ fault });
      isDead = true;
      await assert.rejects(publish(connect(server.url)), code('registry-unreachable'));
      isDead = false;
      const registry = connect(server.url);
      if (server.calls.some(({ route }) => route === 'POST model-versions/create')) {
        for (const { version } of (await registry.pageVersions({}, never)).items) {
          assert.deepEqual(await registry.listArtifacts('whisper', version, never), artifacts, `${last}`);
        }
      }
      await publish(registry);
      await requireWhole(registry);
    }
  });

  it('lists one version where two publishers make it at the same time', async () => {
    const gate = Promise.withResolvers<undefined>();
    let waiting = 0;
    const server = await start({
      fault({ route }) {
        if (route !== 'POST model-versions/create') return undefined;
        waiting += 1;
        if (waiting === 2) gate.resolve(undefined);
        return { hold: gate.promise };
      },
    });
    const [first, second] = await Promise.all([publish(connect(server.url)), publish(connect(server.url))]);
    assert.equal(first.version, second.version);
    const registry = connect(server.url);
    await requireWhole(registry);
    const all = await registry.pageVersions({ model: 'whisper', archived: true }, never);
    assert.deepEqual(
      all.items.map(({ version, state, customProperties }) => [version, state, customProperties['aiw.duplicate_of']]),
      [
        ['2', 'ARCHIVED', '1'],
        ['1', 'LIVE', undefined],
      ],
    );
    assert.equal((await registry.getVersion('whisper', undefined, never)).version, '1');
    // Publishing again gives the one that stayed.
    assert.equal((await publish(registry)).version, '1');
  });

  it('keeps the results of two who add them at the same time', async () => {
    const server = await start();
    const registry = connect(server.url);
    await registry.createVersion(newVersion('whisper', 'a'), { name: 'whisper' }, ada);
    const others = [1, 2, 3, 4].map(at =>
      connect(server.url).addArtifacts('whisper', '1', [newFigure(`m${at}`, at)], ada),
    );
    await Promise.all(others);
    const names = (await registry.listArtifacts('whisper', '1', never)).map(({ name }) => name);
    assert.deepEqual(
      names.sort(),
      ['m1', 'm2', 'm3', 'm4'].map(name => `run-1/core/${name}`),
    );
  });

  it('goes on after a restart', async () => {
    const server = await start();
    const registry = connect(server.url);
    await registry.createModel({ name: 'whisper', provider: 'Acme' }, ada);
    await server.restart();
    await publish(registry);
    await server.restart();
    await requireWhole(registry);
  });

  it('stops waiting when it is cancelled', async () => {
    const server = await start({ fault: () => ({ hold: new Promise(() => undefined) }) });
    const registry = connect(server.url);
    const cancel = new AbortController();
    const page = registry.pageVersions({}, cancel.signal);
    cancel.abort(new Error('enough'));
    await assert.rejects(page, /enough/);
  });

  it('tells what to do where the server guards its host name', async () => {
    const server = await start({ allowedHosts: ['mlflow.example'] });
    await assert.rejects(
      connect(server.url).pageModels({}, never),
      (error: unknown) =>
        code('registry-refused')(error) && /--allowed-hosts/.test((error as WorkbenchError).remedy ?? ''),
    );
  });

  it('sends its token, and is told where that is not accepted', async () => {
    const server = await start({ requireToken: 'canary-token' });
    assert.deepEqual((await connect(server.url, { token: 'canary-token' }).pageModels({}, never)).items, []);
    const refused = connect(server.url, { token: 'other-token' }).pageModels({}, never);
    await assert.rejects(
      refused,
      (error: unknown) => code('registry-refused')(error) && !String(error).includes('other-token'),
    );
  });

  it('takes no answer that is not one of MLflow', async () => {
    const answers = [
      '[]',
      'null',
      '<!doctype html>',
      '{"registered_models": 5}',
      '{"registered_models": [5]}',
      '{"registered_models": [{"name": 7}]}',
      '{"registered_models": [{"name": "a", "tags": "x"}]}',
      '{"registered_models": [{"name": "a", "latest_versions": [{"name": "a", "version": "../1"}]}]}',
    ];
    let answer = '';
    let status = 200;
    const server = createServer((_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(answer);
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    open.push({ close: async () => void server.close() });
    const registry = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    for (const one of answers) {
      answer = one;
      await assert.rejects(registry.pageModels({}, never), code('registry-malformed'), one);
    }
    [answer, status] = ['<!doctype html><title>404</title>', 404];
    await assert.rejects(registry.pageModels({}, never), code('registry-malformed'));
  });
});

function code(wanted: WorkbenchError['code']) {
  return (error: unknown): boolean => error instanceof WorkbenchError && error.code === wanted;
}
