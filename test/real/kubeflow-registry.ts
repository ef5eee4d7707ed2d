import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { createClock } from '../../platform/host/clock.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import { askAt, itTalksToKubeflow } from '../fakes/kubeflow-cases.ts';
import { openKubeflowAt } from '../fakes/kubeflow-client.ts';
import { itKeepsEvaluations } from '../fakes/kubeflow-evaluations.ts';
import { everyArtifact } from '../fakes/kubeflow/fixtures.ts';
import { ada, itKeepsTheRegistryContract, newFigure, newVersion } from '../fakes/registry-contract.ts';
import type { Checks } from './main.ts';
import { startModelRegistry, type RealRegistry } from './model-registry.ts';
import { pythonWith, Unavailable } from './server.ts';

const never = new AbortController().signal;
const clientPackage = 'model-registry==0.3.10';

/** The real Kubeflow Model Registry: the contract, a server that is killed, several writers, and the official Python client. */
export async function checkKubeflowRegistry(checks: Checks): Promise<void> {
  const server = await startModelRegistry();
  const client = openKubeflowAt(server.url);
  try {
    const subject = { registry: client.registry, ask: askAt(server.url) };
    for (const [name, action] of [
      ...casesOf(() => itKeepsTheRegistryContract(() => client.registry)),
      ...casesOf(() => itTalksToKubeflow(() => subject)),
      ...casesOf(() => itKeepsEvaluations(() => subject)),
    ]) {
      await checks.check(`the Kubeflow Model Registry: ${name}`, action);
    }
    await checks.check('writers of different properties of one version all win', () => checkWriters(server));
    await checks.check('a publication through a server that is killed is whole, and nothing is there twice', () =>
      checkKills(server),
    );
    await checkPython(server, checks);
  } finally {
    await client.close();
    await server.close();
  }
}

/** The cases that a suite gives to mocha's `it`. */
function casesOf(suite: () => void): readonly (readonly [string, () => Promise<void>])[] {
  const cases: [string, () => Promise<void>][] = [];
  const globals = globalThis as { it?: unknown };
  const before = globals.it;
  globals.it = (name: string, action: () => Promise<void>) => cases.push([name, action]);
  try {
    suite();
  } finally {
    globals.it = before;
  }
  return cases;
}

async function checkWriters({ url }: RealRegistry): Promise<void> {
  const clients = Array.from({ length: 3 }, () => openKubeflowAt(url, { clock: createClock() }));
  try {
    const [first] = clients;
    await first?.registry.createVersion(newVersion('writers', 'a'), { name: 'writers' }, ada);
    await Promise.all(
      clients.flatMap(({ registry }, index) =>
        [0, 1, 2, 3].map(round =>
          registry.updateVersion('writers', '1', { customProperties: { [`w${index}.${round}`]: round } }, ada),
        ),
      ),
    );
    const read = await first?.registry.getVersion('writers', '1', never);
    const kept = Object.keys(read?.customProperties ?? {}).filter(key => /^w\d\.\d$/.test(key));
    assert.equal(kept.length, 12);
  } finally {
    for (const one of clients) await one.close();
  }
}

/** Kills the server at one moment after another of a publication; begun again where it did not go through by itself. */
async function checkKills(server: RealRegistry): Promise<void> {
  const figures = Array.from({ length: 60 }, (_, index) => newFigure(`figure_${index}`, index));
  let broken = 0;
  const moments = [10, 40, 80, 130, 200, 300];
  for (const moment of moments) {
    const name = `killed after ${moment} ms`;
    const version = newVersion(name, 'a', {
      lineage: { datasets: [], prompts: [], runId: name },
      artifacts: [...everyArtifact, ...figures],
      alias: 'newest',
      status: 'candidate',
    });
    const { registry, close } = openKubeflowAt(server.url, { clock: createClock() });
    try {
      const publishing = registry.createVersion(version, { name }, ada).then(
        () => undefined,
        (error: unknown) => error,
      );
      await new Promise(resolve => setTimeout(resolve, moment));
      await server.kill();
      const restarted = server.start();
      const error = await publishing;
      await restarted;
      if (error !== undefined) {
        assert.ok(error instanceof WorkbenchError && error.code === 'registry-unreachable');
        broken += 1;
        await registry.createVersion(version, { name }, ada);
      }
      const model = await registry.getModel(name, never);
      assert.deepEqual([model.versions, model.aliases], [1, { newest: '1' }]);
      const artifacts = await registry.listArtifacts(name, '1', never);
      assert.deepEqual(artifacts.map(one => one.name).sort(), version.artifacts.map(one => one.name).sort());
      assert.equal((await registry.getVersion(name, '1', never)).status, 'candidate');
    } finally {
      await close();
    }
  }
  console.log(`    killed ${moments.length} times; ${broken} publications had to be begun again`);
}

/** What the official client writes is read here, and the other way round. */
async function checkPython(server: RealRegistry, { check }: Checks): Promise<void> {
  let python: string;
  try {
    python = pythonWith('model-registry', [clientPackage]);
  } catch (error) {
    if (!(error instanceof Unavailable)) throw error;
    console.log(`\nskipped: the Python client cannot be had here: ${error.message}\n`);
    return;
  }
  const { registry, close } = openKubeflowAt(server.url);
  const ask = (...args: readonly string[]): unknown => {
    const script = path.join(import.meta.dirname, 'model_registry_client.py');
    const { status, stdout, stderr } = spawnSync(python, [script, String(server.port), ...args], { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
  };
  try {
    await check(
      'the Python client reads what was published, and leaves it whole when it changes something',
      async () => {
        const name = 'ours / ü';
        const figures = { 'aiw.baseline.ttft_p90': 187.5 };
        const changes = { artifacts: everyArtifact, status: 'candidate', customProperties: figures } as const;
        await registry.createVersion(newVersion(name, 'a', changes), { name, owner: 'ops@example.com' }, ada);
        assert.deepEqual(ask('read', name, '1'), {
          owner: 'ops@example.com',
          author: 'Ada <ada@example.com>',
          state: 'LIVE',
          uri: 's3://bucket/model.safetensors',
          format: 'safetensors',
          status: 'candidate',
          figure: 187.5,
        });
        ask('mark', name, '1', 'reviewed');
        const read = await registry.getVersion(name, '1', never);
        assert.equal(read.customProperties['reviewed'], true);
        assert.equal(read.status, 'candidate');
        assert.equal(read.weightsDigest, 'a'.repeat(64));
        assert.equal((await registry.listArtifacts(name, '1', never)).length, everyArtifact.length);
      },
    );
    await check('what the Python client registered is read', async () => {
      ask('write', 'theirs');
      const version = await registry.getVersion('theirs', 'v 1.0', never);
      assert.equal(version.status, 'untracked');
      assert.equal(version.author.email, 'Grace');
      assert.equal(version.description, 'Made by Python');
      assert.deepEqual(
        [version.customProperties['accuracy'], version.customProperties['rows'], version.customProperties['good']],
        [0.5, 7, true],
      );
      const [artifact, ...others] = await registry.listArtifacts('theirs', 'v 1.0', never);
      assert.equal(others.length, 0);
      assert.ok(artifact?.artifactType === 'model-artifact');
      assert.deepEqual([artifact.uri, artifact.modelFormatName], ['s3://theirs/model.onnx', 'onnx']);
      assert.equal((await registry.setStatus('theirs', 'v 1.0', 'candidate', ada)).status, 'candidate');
      assert.equal((await registry.getVersion('theirs', 'v 1.0', never)).customProperties['rows'], 7);
    });
  } finally {
    await close();
  }
}
