import assert from 'node:assert/strict';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { openBench, makeRows, type BenchWorld } from '../../test/fakes/benchmarks.ts';
import { identity } from '../../test/fakes/evidence.ts';
import { startFakeOpenAi, type FakeOpenAi } from '../../test/fakes/openai-server.ts';
import { recordHttp, type SentRequest } from '../../test/fakes/recorded-http.ts';
import { makeJob, openTuning } from '../../test/fakes/tuning.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { ModelRegistry, NewModelVersion } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import { compareRuns } from '../reports/compare-runs.ts';
import { promptReport } from '../reports/prompt-report.ts';
import { renderText } from '../reports/text.ts';
import { loadWorkspace } from '../workspace/workspace.ts';
import { executeRun } from './execute.ts';
import { resolveNames, type ResolvedModels } from './resolve-models.ts';
import { createRun, specifyRun } from './start.ts';

const { signal } = new AbortController();
const weights = 'a1'.repeat(32);
const key = 'canary-7d1f0c9e5b4a';
const bench = 'name: ask\ndataset: {path: rows.jsonl, input: q, target: a}\nmetrics: [exact-match]\n';
const refuses = (code: ErrorCode, message: RegExp, remedy: RegExp) => (error: unknown) => {
  assert.ok(error instanceof WorkbenchError && error.code === code, String(error));
  assert.match(error.message, message);
  assert.match(error.remedy ?? '', remedy);
  return true;
};

describe('registered models in benchmarks', () => {
  let world: BenchWorld;
  let shared: ModelRegistry;
  let server: FakeOpenAi | undefined;
  let out = false;

  beforeEach(async () => {
    world = await openBench();
    out = false;
    shared = createMemoryRegistry({
      before: () => {
        if (out) throw new WorkbenchError('registry-unreachable', 'shared does not answer.');
      },
    });
    world.write('rows.jsonl', makeRows(['a', 'b', 'a']));
  });
  afterEach(async () => {
    await server?.close();
    server = undefined;
    await world.close();
  });

  const publish = (change: Partial<NewModelVersion> = {}) =>
    shared.createVersion(
      {
        model: 'granite',
        author: identity('ada'),
        weightsDigest: weights,
        lineage: { datasets: [], prompts: [] },
        artifacts: [],
        ...change,
      },
      { name: 'granite' },
      identity('ada'),
    );
  const publishLocal = () =>
    world.store.registry.createVersion(
      {
        model: 'granite',
        author: identity('ada'),
        weightsDigest: weights,
        modelDigest: trainedModelDigest(world.ports.digest, weights),
        lineage: { datasets: [], prompts: [] },
        artifacts: [],
      },
      { name: 'granite' },
      identity('ada'),
    );
  const registries = 'registries: {shared: {type: kubeflow, url: "http://127.0.0.1:9"}}\n';
  const declare = (connections: string) => world.write('workbench.yaml', `${registries}connections:\n${connections}`);
  const resolve = async (
    name: string,
    kind: 'benchmark' | 'tune' = 'benchmark',
    asks = true,
  ): Promise<ResolvedModels> => {
    const workspace = await loadWorkspace(world.ports.files, world.folder, signal);
    const registries = registriesOf(world.store.registry, { shared });
    return resolveNames([name], { kind }, { ...world, workspace, registries, asks }, signal);
  };
  /** Creates and executes a run as one would whose registries are those of the tests. */
  const ask = async (name: string, allowed: readonly string[] = []) => {
    const { http, sent } = recordHttp(world.ports.createHttp);
    const ports = {
      ...world.ports,
      createHttp: http,
      secrets: {
        resolve: () => Promise.resolve(key),
        requireOrigin: (origin: string, served: string) =>
          allowed.includes(origin)
            ? Promise.resolve()
            : Promise.reject(new WorkbenchError('origin-not-allowed', `${served} at ${origin}`)),
      },
    };
    const path = `${world.folder}/a.bench.yaml`;
    const text = `${bench}models: ["${name}"]\n`;
    const given = { path, text, folder: world.folder, origin: 'terminal' } as const;
    const nobody = { whoAmI: () => Promise.resolve(identity('ada')) };
    const spec = { ...(await specifyRun(given, ports.files, nobody, signal)), ...(await resolve(name)) };
    const notes: string[] = [];
    const run = async () => {
      const created = await createRun(spec, world.store, ports, signal);
      const options = {
        owner: { host: 'here', bootId: 'b', pid: process.pid },
        onNote: (note: string) => void notes.push(note),
      };
      return executeRun(created.summary.id, world.store, ports, options, signal);
    };
    return { run, sent, notes };
  };
  const told = (sent: readonly SentRequest[]): string => JSON.stringify(sent);

  describe('are answered by', () => {
    it('a connection that says it serves them, before anything else', async () => {
      await publish({ customProperties: { [keys.endpointUrl]: 'http://elsewhere.test/v1' } });
      await shared.setAlias('granite', 'production', '1', identity('ada'));
      const reference = {
        registry: 'shared',
        model: 'granite',
        version: '1',
        weightsDigest: weights,
        modelDigest: trainedModelDigest(world.ports.digest, weights),
        connection: 'b',
      };
      declare(
        '  a: {provider: ollama, model: x, registered: shared/granite@2}\n  b: {provider: ollama, model: x, registered: shared/granite@production}\n',
      );
      for (const name of ['registry:shared/granite@1', 'registry:shared/granite@production'])
        assert.deepEqual(await resolve(name), { registered: { [name]: reference } });
      declare('  b: {provider: ollama, model: x, registered: shared/granite@1}\n');
      const name = 'registry:shared/granite@production';
      assert.deepEqual(await resolve(name), { registered: { [name]: reference } });
    });

    it('weights in the store that the engine computes with, whichever registry they are registered in', async () => {
      const tuning = await openTuning();
      try {
        const { summary } = await tuning.run(makeJob('hyperparameters: {epochs: 1}\nregister: {model: m}\n'));
        const { checkpoints } = await tuning.store.readTraining(summary.id);
        const { digest } = await world.store.blobs.put(await tuning.store.blobs.read(checkpoints[0]!.digest));
        await publish({ weightsDigest: digest });
        const name = 'registry:shared/granite@1';
        const expected = { weightsDigest: digest, registry: 'shared', model: 'granite', version: '1' };
        assert.deepEqual(await resolve(name), { trained: { [name]: expected } });
        assert.deepEqual(await resolve(name, 'tune'), { trained: { [name]: expected } });
      } finally {
        await tuning.close();
      }
    });

    it('the endpoint that their registry names', async () => {
      await publish({ customProperties: { [keys.endpointUrl]: 'https://serve.test/v1', [keys.endpointModel]: 'g' } });
      const name = 'registry:shared/granite@1';
      assert.deepEqual((await resolve(name)).registered?.[name]?.endpoint, {
        url: 'https://serve.test/v1',
        model: 'g',
      });
    });
  });

  describe('are refused', () => {
    it('where nothing can answer, with every way to have it answered', async () => {
      await publish();
      await assert.rejects(
        resolve('registry:shared/granite@1'),
        refuses(
          'model-unsuitable',
          /no connection says it serves it, its weights \(a1a1a1a1a1a1…\) are not in the store, and its registry names no endpoint/,
          /granite: \{provider: openai, .*registered: "shared\/granite@1"\}.*aiwb registry pull shared\/granite@1.*aiw\.endpoint_url/,
        ),
      );
      const { digest } = await world.store.blobs.put(new TextEncoder().encode('no classifier'));
      await publish({ weightsDigest: digest });
      await assert.rejects(
        resolve('registry:shared/granite@2'),
        refuses('model-unsuitable', /its weights are here, but the engine cannot compute with them/, /^(?!.*pull)/),
      );
    });

    it('as what tuning starts from without weights, whoever serves them', async () => {
      await publish();
      declare('  b: {provider: ollama, model: x, registered: shared/granite@1}\n');
      await assert.rejects(
        resolve('registry:shared/granite@1', 'tune'),
        refuses('blob-missing', /tuning starts from weights/, /aiwb registry pull shared\/granite@1/),
      );
    });

    it('where the registry names no plain address', async () => {
      for (const url of ['http://user:word@serve.test/v1', 'https://serve.test/v1?key=1', 'file:///etc/passwd', 'x'])
        await publish({
          weightsDigest: '0'.repeat(63) + String(url.length % 10),
          customProperties: { [keys.endpointUrl]: url },
        });
      for (const version of ['1', '2', '3', '4'])
        await assert.rejects(
          resolve(`registry:shared/granite@${version}`),
          refuses('model-unsuitable', /no plain address/, /aiw\.endpoint_url/),
        );
    });

    it('where no registry has them', async () => {
      await assert.rejects(resolve('registry:shared/granite@1'), refuses('registry-not-found', /granite/, /^$/));
      await assert.rejects(
        resolve('registry:share/granite@1'),
        (error: unknown) => error instanceof WorkbenchError && error.code === 'registry-unknown',
      );
    });
  });

  it('are answered by the connection that names them while their registry is out of reach', async () => {
    out = true;
    await assert.rejects(
      resolve('registry:shared/granite@1'),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'registry-unreachable',
    );
    declare('  b: {provider: ollama, model: x, registered: shared/granite@1}\n');
    const name = 'registry:shared/granite@1';
    const reference = { registry: 'shared', model: 'granite', version: '1', connection: 'b' };
    assert.deepEqual(await resolve(name), { registered: { [name]: reference } });
  });

  it('are verified where the endpoint tells the digest that is registered, and asked with the connection’s own key', async () => {
    server = await startFakeOpenAi({ requireKey: key, models: [{ id: 'g', weights_digest: `sha256:${weights}` }] });
    await publish();
    await publishLocal();
    declare(
      `  b: {provider: openai, baseUrl: "${server.url}", model: g, apiKey: {env: KEY}, registered: shared/granite@1}\n`,
    );
    const { run, sent, notes } = await ask('registry:shared/granite@1');
    const record = await run();
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const { identity: found, modelDigest } = record.variants[0]!;
    assert.deepEqual([found?.state, found?.by, found?.at, found?.version], ['verified', 'connection', 'b', '1']);
    assert.deepEqual(record.environment?.identities, [found]);
    assert.notEqual(modelDigest, found?.modelDigest, 'what was asked, and how, is a model of its own');
    assert.ok(
      sent.every(({ url, headers }) => url.startsWith(server!.origin) && headers['authorization'] === `Bearer ${key}`),
    );
    // The local version of the same weights has the figures, marked, and the run is evidence for it.
    const artifacts = await world.store.registry.listArtifacts('granite', '1', signal);
    const figure = artifacts.find(({ artifactType }) => artifactType === 'metric');
    assert.equal(figure?.customProperties?.[keys.identity], 'verified');
    assert.deepEqual(
      (await world.store.listRunsAsking(found!.modelDigest!)).map(({ id }) => id),
      [record.summary.id],
    );
    assert.match(notes.join('\n'), new RegExp(`aiwb registry publish ${record.summary.id} --to shared`));
  });

  it('go on unverified where nobody can tell, and say so wherever their figures stand', async () => {
    server = await startFakeOpenAi();
    await publish();
    await publishLocal();
    declare(`  b: {provider: openai, baseUrl: "${server.url}", model: fake, registered: shared/granite@1}\n`);
    const record = await (await ask('registry:shared/granite@1')).run();
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    const found = record.variants[0]?.identity;
    assert.equal(found?.state, 'unverified');
    const report = await compareRuns([record.summary.id], world.store, world.ports.clock, signal);
    assert.deepEqual(report.variants[0]?.identity, found);
    const text = renderText(report, 200);
    assert.match(text.split('\n')[0]!, /identity unverified: registry:shared\/granite@1/);
    assert.match(
      text,
      /registry:shared\/granite@1 is shared\/granite@1, answered by the connection b\. Identity unverified: b tells no digest/,
    );
    const artifacts = await world.store.registry.listArtifacts('granite', '1', signal);
    const figure = artifacts.find(({ artifactType }) => artifactType === 'metric');
    assert.equal(figure?.customProperties?.[keys.identity], 'unverified');
    assert.deepEqual(await world.store.listRunsAsking(found.modelDigest!), [], 'nobody can tell: it proves nothing');
  });

  it('read prompts of several variables in a trial, as the connection that serves them does', async () => {
    server = await startFakeOpenAi();
    await publish();
    declare(`  b: {provider: openai, baseUrl: "${server.url}", model: fake, registered: shared/granite@1}\n`);
    const name = 'registry:shared/granite@1';
    const path = `${world.folder}/two.prompt.yml`;
    const text = 'messages: [{role: user, content: "{{q}} {{a}}"}]\n';
    const given = { kind: 'prompt', path, text, folder: world.folder, origin: 'terminal', models: [name] } as const;
    const nobody = { whoAmI: () => Promise.resolve(identity('ada')) };
    const trial = { dataset: { path: 'rows.jsonl' } };
    const spec = await specifyRun({ ...given, trial }, world.ports.files, nobody, signal);
    const created = await createRun({ ...spec, ...(await resolve(name)) }, world.store, world.ports, signal);
    const owner = { host: 'here', bootId: 'b', pid: process.pid };
    const { summary } = await executeRun(created.summary.id, world.store, world.ports, { owner }, signal);
    assert.equal(summary.state, 'succeeded', JSON.stringify(summary.failure));
    const report = await promptReport(summary.id, world.store, world.ports.clock, signal);
    assert.equal(report.models[0]?.identity?.state, 'unverified');
    assert.match(report.notes.join('\n'), /answered by the connection b\. Identity unverified/);
  });

  it('are not asked anything where other weights answer', async () => {
    server = await startFakeOpenAi({ models: [{ id: 'g', metadata: { sha256: 'b2'.repeat(32) } }] });
    await publish();
    declare(`  b: {provider: openai, baseUrl: "${server.url}", model: g, registered: shared/granite@1}\n`);
    const { run, sent } = await ask('registry:shared/granite@1');
    const { summary } = await run();
    assert.equal(summary.state, 'failed');
    assert.equal(summary.failure?.code, 'model-unsuitable');
    assert.match(summary.failure.message, /a1a1a1a1a1a1….*b2b2b2b2b2b2…/);
    assert.match(summary.failure.remedy ?? '', /`registered`.*aiw\.weights_digest/);
    assert.doesNotMatch(told(sent), /row 0/);
  });

  it('get no key and no row at an address that only a registry names, before it is allowed, and no key after', async () => {
    server = await startFakeOpenAi();
    await publish({ customProperties: { [keys.endpointUrl]: server.url, [keys.endpointModel]: 'fake' } });
    declare('  gpt: {provider: openai, model: x, apiKey: {env: KEY}}\n');
    const before = await ask('registry:shared/granite@1');
    await assert.rejects(before.run(), refuses('origin-not-allowed', /registry:shared\/granite@1 at/, /^$/));
    assert.deepEqual(before.sent, []);
    assert.deepEqual(await world.store.listRuns({}), [], 'a refusal leaves no trace');

    const after = await ask('registry:shared/granite@1', [server.origin]);
    const record = await after.run();
    assert.equal(record.summary.state, 'succeeded', JSON.stringify(record.summary.failure));
    assert.equal(record.variants[0]?.identity?.by, 'endpoint');
    assert.match(told(after.sent), /row 0/);
    assert.doesNotMatch(told(after.sent), new RegExp(`${key}|authorization|api-key`, 'i'));

    // Also where the run was recorded and the consent is gone by the time it starts.
    const { http, sent } = recordHttp(world.ports.createHttp);
    const spec = { ...record.spec, cache: false } as const;
    await world.store.createRun({ id: 'later', spec, createdAt: 1 });
    const owner = { host: 'here', bootId: 'b', pid: process.pid };
    const late = await executeRun('later', world.store, { ...world.ports, createHttp: http }, { owner }, signal);
    assert.equal(late.summary.failure?.code, 'origin-not-allowed');
    assert.deepEqual(sent, []);
  });
});
