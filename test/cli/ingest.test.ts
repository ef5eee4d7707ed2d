import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Ingestion, IngestionList, ModelVersion, VersionDetails } from '../../schemas/generated/messages.ts';
import { tinyCard, tinyWeights } from '../fakes/ingest.ts';
import { startModelSource } from '../fakes/model-sources.ts';
import { copyExamples, createWorkspace, runAiwb, startAiwb } from './aiwb.ts';

describe('aiwb registry ingest', function () {
  this.timeout(180_000);
  let workspace: ReturnType<typeof createWorkspace>;
  beforeEach(() => {
    workspace = createWorkspace({ 'workbench.yaml': '{}\n' });
  });
  afterEach(() => workspace.remove());

  const write = (name: string, content: string | Uint8Array): string => {
    const file = path.join(workspace.folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
    return file;
  };
  const aiwb = (args: readonly string[], env: NodeJS.ProcessEnv = {}): ReturnType<typeof runAiwb> =>
    runAiwb(['registry', ...args], { cwd: workspace.folder, env });

  it('takes a model in, refuses another, and lists both', async () => {
    write('good/README.md', tinyCard);
    write('good/model.safetensors', tinyWeights());
    const good = await aiwb(['ingest', './good']);
    assert.equal(good.code, 0, good.stderr);
    assert.match(good.stdout, /verdict: clean/);
    assert.match(good.stdout, /Registered as good@1/);
    write('bad/model.pkl', 'cos\nsystem\n(S"true"\ntR.');
    const bad = await aiwb(['ingest', './bad', '--json', '--sarif', 'findings.sarif']);
    assert.equal(bad.code, 1, bad.stderr);
    const { id, findings } = JSON.parse(bad.stdout) as Ingestion;
    const sarif = JSON.parse(readFileSync(path.join(workspace.folder, 'findings.sarif'), 'utf8'));
    assert.equal(sarif.runs[0].results.length, findings.length);
    const listed = await aiwb(['ingestions']);
    assert.match(listed.stdout, /unsafe\s+verdict refused\s+bad/);
    assert.match(listed.stdout, /clean\s+registered\s+good@1/);
    const unsafe = findings.filter(({ severity }) => severity === 'unsafe').flatMap(one => ['--accept', one.id]);
    assert.ok(unsafe.length > 0);
    assert.equal((await aiwb(['ingest', '--resume', id, ...unsafe])).code, 2, 'a reason is asked for');
    const accepted = await aiwb(['ingest', '--resume', id, ...unsafe, '--reason', 'read by hand']);
    assert.equal(accepted.code, 0, accepted.stderr);
    assert.match(accepted.stdout, /accepted by Ada Author .*read by hand/);
    const all = JSON.parse((await aiwb(['ingestions', '--json'])).stdout) as IngestionList;
    assert.deepEqual(all.ingestions.map(one => one.version?.model).sort(), ['bad', 'good']);
  });

  it('refuses wrong usage before anything is fetched, and tells a source that fails', async () => {
    for (const args of [
      [],
      ['nowhere'],
      ['s3://x'],
      ['./model', '--model', 'not a name'],
      ['./model', '--digest', 'abc'],
      ['./model', '--max-bytes', '-1'],
      ['./model', '--to', 'unknown'],
      ['--resume', 'none'],
    ])
      assert.equal((await aiwb(['ingest', ...args])).code, 2, args.join(' '));
    assert.equal(
      (await aiwb(['ingestions', '--json'])).stdout.trim(),
      JSON.stringify({ ingestions: [] }, undefined, 2),
    );
    const { code, stderr } = await aiwb(['ingest', 'oci://127.0.0.1:1/team/tiny:v1']);
    assert.equal(code, 3, stderr);
    assert.match(stderr, /cannot be reached/);
  });

  it('asks before it sends a key to an address', async () => {
    const source = await startModelSource({
      files: new Map([['/m.safetensors', tinyWeights()]]),
      token: 'canary-token-1',
    });
    try {
      const address = `${source.origin}/m.safetensors`;
      const env = { MODEL_TOKEN: 'canary-token-1' };
      const refused = await aiwb(['ingest', address, '--token-env', 'MODEL_TOKEN'], env);
      assert.equal(refused.code, 2);
      assert.match(refused.stderr, /--allow-origin/);
      assert.equal(source.requests.length, 0);
      const args = ['ingest', address, '--token-env', 'MODEL_TOKEN', '--allow-origin', source.origin, '--verbose'];
      const taken = await aiwb(args, env);
      assert.equal(taken.code, 0, taken.stderr);
      for (const text of [taken.stdout, taken.stderr]) assert.ok(!text.includes('canary-token-1'));
      for (const file of readdirSync(workspace.folder, { recursive: true, encoding: 'utf8' })) {
        const full = path.join(workspace.folder, file);
        if (statSync(full).isFile()) assert.ok(!readFileSync(full).includes('canary-token-1'), file);
      }
    } finally {
      await source.close();
    }
  });

  it('killed at any moment goes on, fetches nothing twice and registers once', async () => {
    const weights = tinyWeights(2_000_000);
    const source = await startModelSource({
      files: new Map([['/m.safetensors', weights]]),
      bytesPerSecond: 16_000_000,
    });
    try {
      const args = ['registry', 'ingest', `${source.origin}/m.safetensors`, '--model', 'killed', '--json'];
      const first = startAiwb(args, { cwd: workspace.folder });
      const ingestions = path.join(workspace.folder, '.aiwb', 'ingestions');
      const quarantine = path.join(workspace.folder, '.aiwb', 'quarantine');
      const kept = (): number => {
        try {
          const [id = ''] = readdirSync(quarantine);
          return statSync(path.join(quarantine, id, 'download', 'part-1.part')).size;
        } catch {
          return 0;
        }
      };
      while (kept() < 1_000_000) await wait(5);
      first.child.kill('SIGKILL');
      await first.finished;
      const had = kept();
      const [id = ''] = readdirSync(ingestions);
      // Killed again a few times, at whatever moment that is.
      for (const delay of [350, 500, 700]) {
        const again = startAiwb(['registry', 'ingest', '--resume', id, '--json'], { cwd: workspace.folder });
        await wait(delay);
        again.child.kill('SIGKILL');
        await again.finished;
      }
      const last = await runAiwb(['registry', 'ingest', '--resume', id, '--json'], { cwd: workspace.folder });
      assert.equal(last.code, 0, last.stderr);
      const ended = JSON.parse(last.stdout) as Ingestion;
      assert.equal(ended.version?.version, '1');
      const second = source.requests.find(({ range }) => range !== undefined);
      assert.equal(second?.range, `bytes=${had}-`);
      const versions = JSON.parse((await aiwb(['show', 'killed', '--json'])).stdout) as {
        readonly versions: ModelVersion[];
      };
      assert.equal(versions.versions.length, 1);
    } finally {
      await source.close();
    }
  });
});

describe('aiwb registry ingest with a benchmark', function () {
  this.timeout(180_000);

  it('measures weights that run here before it registers them, and attaches the figures', async () => {
    const workspace = copyExamples();
    try {
      const run = async (...args: string[]): Promise<string> => {
        const { code, stdout, stderr } = await runAiwb(args, { cwd: workspace.folder });
        assert.equal(code, 0, stdout + stderr);
        return stdout;
      };
      await run('tune', 'core.tune.yaml');
      const { runs } = JSON.parse(await run('runs', 'list', '--json')) as { readonly runs: readonly { id: string }[] };
      const made = JSON.parse(
        await run('registry', 'register', runs[0]?.id ?? '', '--model', 'own', '--json'),
      ) as ModelVersion & { readonly weightsDigest: string };
      const digest = made.weightsDigest;
      mkdirSync(path.join(workspace.folder, 'in'));
      const blob = path.join(workspace.folder, '.aiwb', 'blobs', digest.slice(0, 2), digest);
      copyFileSync(blob, path.join(workspace.folder, 'in', 'model.safetensors'));
      writeFileSync(path.join(workspace.folder, 'in', 'README.md'), tinyCard);
      const benchmark = 'evaluate-core.bench.yaml';
      const ended = JSON.parse(
        await run('registry', 'ingest', './in', '--model', 'taken', '--benchmark', benchmark, '--json'),
      ) as Ingestion;
      assert.equal(ended.weightsDigest, digest);
      assert.equal(ended.runs?.length, 1);
      const details = JSON.parse(await run('registry', 'show', 'taken@1', '--json')) as VersionDetails;
      const [id = ''] = ended.runs ?? [];
      assert.ok(JSON.stringify(details).includes(id), 'the version shows the run');
      // Weights that run nowhere here are registered all the same, and the record says why they were not measured.
      writeFileSync(path.join(workspace.folder, 'in', 'model.safetensors'), tinyWeights());
      const other = JSON.parse(
        await run('registry', 'ingest', './in', '--model', 'other', '--benchmark', benchmark, '--json'),
      ) as Ingestion;
      assert.equal(other.steps.find(({ name }) => name === 'benchmarks')?.state, 'skipped');
    } finally {
      workspace.remove();
    }
  });
});
