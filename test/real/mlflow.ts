import assert from 'node:assert/strict';
import { execFileSync, type ExecFileSyncOptionsWithStringEncoding } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import type { Artifact } from '../../schemas/generated/messages.ts';
import { openMlflowAt } from '../fakes/mlflow-registry.ts';
import { ada, newFigure, newVersion } from '../fakes/registry-contract.ts';
import { checkContract } from './contract.ts';
import { freePort } from './free-port.ts';
import type { Checks } from './main.ts';
import { checkTimes } from './mlflow-times.ts';
import { pythonWith, startServer, type RealServer } from './server.ts';

const never = new AbortController().signal;
const artifacts: readonly Artifact[] = [
  { artifactType: 'model-artifact', name: 'weights', uri: 'blob:sha256:00', digest: 'a'.repeat(64), bytes: 12 },
  { artifactType: 'dataset-artifact', name: 'run-1/core/test', digest: 'b'.repeat(64), rows: 9 },
  ...Array.from({ length: 1100 }, (_, at) => newFigure(`m${at}`, at / 7)),
  ...Array.from({ length: 150 }, (_, at) => ({
    artifactType: 'parameter' as const,
    name: `run-1/setting (${at})`,
    value: at % 10 === 0 ? 'é'.repeat(7000) : at,
    runId: 'run-1',
  })),
];

/** A real MLflow server on SQLite, with its own Python client beside it. */
export async function checkMlflow({ check }: Checks): Promise<void> {
  const python = pythonWith('mlflow', ['mlflow==3.17.2']);
  const folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-real-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const start = (...more: readonly string[]): Promise<RealServer> =>
    startServer(
      [
        ...[python, '-m', 'mlflow', 'server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'],
        ...['--backend-store-uri', `sqlite:///${path.join(folder, 'mlflow.db')}`],
        ...['--artifacts-destination', path.join(folder, 'artifacts'), ...more],
      ],
      { url, ready: '/health' },
    );
  let server = await start();
  const opened: ReturnType<typeof openMlflowAt>[] = [];
  const connect = (options: Parameters<typeof openMlflowAt>[1] = {}): ModelRegistry => {
    const one = openMlflowAt(url, options);
    opened.push(one);
    return one.registry;
  };
  try {
    await checkContract('MLflow', connect, check);
    await checkNames(connect(), check);
    await checkTogether(connect, check);
    await checkTimes(url, check);
    await checkPython(python, url, connect(), check);
    // A publication asks about thirty times.
    for (const last of [7, 14, 21]) {
      await check(
        `MLflow killed at request ${last} of a publication holds one whole version after it is repeated`,
        async () => {
          const name = `killed-${last}`;
          let killed: Promise<void> | undefined;
          const registry = connect({
            onRequest(earlier) {
              if (earlier === last) killed = server.kill();
            },
          });
          await assert.rejects(publish(registry, name), { code: 'registry-unreachable' });
          await killed;
          server = await start();
          await publish(connect(), name);
          await requireWhole(connect(), name);
        },
      );
    }
    await server.stop();
    server = await start('--no-serve-artifacts', '--default-artifact-root', path.join(folder, 'elsewhere'));
    await checkContract('MLflow without artifacts', connect, check);
  } finally {
    for (const one of opened) await one.close();
    await server.stop();
    rmSync(folder, { recursive: true });
  }
}

function publish(registry: ModelRegistry, name: string) {
  return registry.createVersion(
    newVersion(name, 'a', {
      artifacts,
      alias: 'candidate',
      status: 'candidate',
      customProperties: { 'aiw.baseline.ttft_p90': 183.25, beta: true, '🔵 UI': '' },
    }),
    { name, provider: 'Acme' },
    ada,
  );
}

async function requireWhole(registry: ModelRegistry, name: string): Promise<void> {
  const { items } = await registry.pageVersions({ model: name }, never);
  assert.deepEqual(
    items.map(({ status, aliases }) => [status, aliases]),
    [['candidate', ['candidate']]],
  );
  assert.deepEqual(await registry.listArtifacts(name, 'candidate', never), artifacts);
}

async function checkNames(registry: ModelRegistry, check: Checks['check']): Promise<void> {
  const names = [`it's`, `say "hi"`, `both ' and "`, 'back\\slash', `x' OR name != '`, '100%', 'under_score', 'Größe'];
  await check('MLflow finds models of any name, and no others', async () => {
    for (const name of names) {
      await registry.createVersion(newVersion(name, 'a'), { name }, ada);
      assert.equal((await registry.createVersion(newVersion(name, 'a'), { name }, ada)).version, '1', name);
      const { items } = await registry.pageVersions({ model: name }, never);
      assert.deepEqual(
        items.map(({ model }) => model),
        [name],
      );
    }
    const { items } = await registry.pageVersions({ limit: 1000 }, never);
    assert.deepEqual(items.filter(({ model }) => names.includes(model)).length, names.length);
  });
  await check('MLflow narrows lists down', async () => {
    await registry.createVersion(
      newVersion('whisper', 'a', { status: 'approved' }),
      { name: 'whisper', tasks: ['asr', 'ocr'] },
      ada,
    );
    const terms = [{ kind: 'field', field: 'task', values: ['OCR'], not: false }] as const;
    const { items } = await registry.pageModels({ filter: { text: '', terms } }, never);
    assert.deepEqual(
      items.map(({ name }) => name),
      ['whisper'],
    );
    const approved = [{ kind: 'status', values: ['approved'], not: false }] as const;
    const versions = await registry.pageVersions({ filter: { text: '', terms: approved } }, never);
    assert.deepEqual(
      versions.items.map(({ model }) => model),
      ['whisper'],
    );
  });
  await check('MLflow stores files', async () => {
    const bytes = new Uint8Array(3 * 2 ** 20).map((_, at) => at % 251);
    const uri = await registry.putContent('whisper', '1', 'sub dir/weights ü.bin', bytes, ada);
    assert.deepEqual(await registry.readContent(uri, never), bytes);
    await assert.rejects(registry.readContent(`${uri}x`, never), { code: 'blob-missing' });
  });
}

async function checkTogether(connect: () => ModelRegistry, check: Checks['check']): Promise<void> {
  await check('MLflow lists one version where three publish it at the same time', async () => {
    for (let round = 1; round <= 5; round += 1) {
      const name = `together-${round}`;
      const made = await Promise.all([1, 2, 3].map(() => publish(connect(), name)));
      assert.equal(new Set(made.map(({ version }) => version)).size, 1);
      await requireWhole(connect(), name);
    }
  });
}

interface Seen {
  readonly tags: Record<string, string>;
  readonly aliases: Record<string, string>;
  readonly versions: readonly { version: number; tags: Record<string, string>; status: string; files: string[] }[];
  readonly runs: readonly {
    status: string;
    tags: Record<string, string>;
    metrics: Record<string, number>;
    params: Record<string, string>;
  }[];
}

async function checkPython(
  python: string,
  url: string,
  registry: ModelRegistry,
  check: Checks['check'],
): Promise<void> {
  const client = (action: string, model: string): unknown => {
    const script = path.join(import.meta.dirname, 'mlflow_client.py');
    const options: ExecFileSyncOptionsWithStringEncoding = {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 2 ** 26,
    };
    // It tells where to look at its runs before the script writes its line.
    return JSON.parse(execFileSync(python, [script, action, url, model], options).trim().split('\n').at(-1) ?? '');
  };
  await check("MLflow's own client reads what was published", async () => {
    await publish(registry, 'ours');
    await registry.putContent('ours', '1', 'card.md', new TextEncoder().encode('# Card'), ada);
    const { tags, aliases, versions, runs } = client('read', 'ours') as Seen;
    assert.deepEqual([tags['aiw.provider'], aliases], ['Acme', { candidate: '1' }]);
    const [version] = versions;
    assert.deepEqual(
      [
        versions.length,
        version?.status,
        version?.files.length,
        version?.tags['aiw.status'],
        version?.tags['aiw.baseline.ttft_p90'],
      ],
      [1, 'READY', 1, 'candidate', '183.25'],
    );
    const [run] = runs;
    assert.deepEqual([runs.length, run?.status, run?.tags['aiw.run_id']], [1, 'FINISHED', 'run-1']);
    assert.deepEqual([Object.keys(run?.metrics ?? {}).length, run?.metrics['core/m7']], [1100, 1]);
    assert.equal(Object.keys(run?.params ?? {}).length, 150);
  });
  await check("what MLflow's own client wrote is read", async () => {
    const { run, logged, second } = client('write', 'theirs') as Record<string, string>;
    const model = await registry.getModel('theirs', never);
    assert.deepEqual(
      [model.description, model.aliases, model.versions, model.customProperties],
      ['Theirs', { champion: '1' }, 2, { team: 'vision' }],
    );
    const champion = await registry.getVersion('theirs', 'champion', never);
    assert.deepEqual([champion.version, champion.status, champion.customProperties['seats']], ['1', 'untracked', '3']);
    const list = async (version: string) =>
      (await registry.listArtifacts('theirs', version, never)).map(one => [
        one.name,
        'value' in one ? one.value : one.uri,
      ]);
    assert.deepEqual(await list('1'), [
      ['model', `runs:/${run}/model`],
      [`${run}/mlflow/val/acc`, 0.875],
      [`${run}/lr`, '0.01'],
    ]);
    assert.deepEqual(await list('2'), [
      ['model', `models:/${logged}`],
      [`${second}/claims/f1`, 0.5],
      [`${second}/depth`, '3'],
    ]);
    assert.equal(
      new TextDecoder().decode(await registry.readContent(`runs:/${run}/model/weights.txt`, never)),
      'weights',
    );
    await registry.addArtifacts('theirs', '1', [newFigure('accuracy', 0.5)], ada);
    assert.equal((await registry.listArtifacts('theirs', '1', never)).length, 4);
  });
}
