import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { ContainerJob } from '../../engine/ports/containers.ts';
import { createContainers } from './containers.ts';
import { createPrograms } from './programs.ts';

const { signal } = new AbortController();
const job: ContainerJob = {
  image: 'python:3.13-slim',
  command: ['python', '-'],
  input: 'print(1)',
  timeout: 5000,
  memory: 256,
};

describe('containers', function () {
  this.timeout(30_000);
  let folder: string;
  let before: string | undefined;
  const log = (): string[][] =>
    readFileSync(path.join(folder, 'log'), 'utf8')
      .trim()
      .split('\n')
      .map(line => line.split('\u001f').filter(part => part !== ''));

  /** A runtime that records how it is called; `body` is shell that runs for `run`. */
  const install = (name: string, body: string, info = 'exit 0'): void => {
    const script = `#!/bin/sh\nfor part in "$@"; do printf '%s\\037' "$part"; done >> ${folder}/log\nprintf '\\n' >> ${folder}/log\ncase "$1" in\ninfo) ${info};;\nimage) exit 0;;\nrm) exit 0;;\nrun) ${body};;\nesac\n`;
    const file = path.join(folder, 'bin', name);
    writeFileSync(file, script);
    chmodSync(file, 0o755);
  };
  const open = () => createContainers(createPrograms(([program]) => program === 'docker' || program === 'podman'));

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-containers-'));
    mkdirSync(path.join(folder, 'bin'));
    before = process.env['PATH'];
    process.env['PATH'] = `${path.join(folder, 'bin')}:/usr/bin:/bin`;
  });
  afterEach(() => {
    process.env['PATH'] = before;
    rmSync(folder, { recursive: true, force: true });
  });

  it('shut the code in, and hand it over on the standard input', async () => {
    install('docker', 'cat; exit 3');
    const result = await open().run(job, signal);
    assert.deepEqual([result.status, result.output, result.timedOut], [3, 'print(1)', false]);
    const run = log().find(([verb]) => verb === 'run') ?? [];
    for (const flag of [
      '--network=none',
      '--memory=256m',
      '--memory-swap=256m',
      '--cpus=1',
      '--pids-limit=64',
      '--read-only',
      '--cap-drop=ALL',
      '--security-opt=no-new-privileges',
      '--user=65534:65534',
      '--pull=never',
      '--rm',
    ]) {
      assert.ok(run.includes(flag), `${flag} in ${run.join(' ')}`);
    }
    assert.deepEqual(run.slice(run.indexOf('--')), ['--', 'python:3.13-slim', 'python', '-']);
    assert.ok(!run.some(part => /^(-v|--volume|--mount|--privileged|--device)/.test(part)));
  });

  it('are ended by their name when the time is up', async () => {
    install('docker', 'exec sleep 60');
    const result = await open().run({ ...job, timeout: 50 }, signal);
    assert.equal(result.timedOut, true);
    const calls = log();
    const name = calls.find(([verb]) => verb === 'run')?.find(part => part.startsWith('--name='));
    assert.deepEqual(calls.at(-1), ['rm', '--force', '--', name?.slice('--name='.length)]);
  });

  it('are refused where no runtime answers, with the reasons', async () => {
    install('docker', 'exit 0', 'echo "Cannot connect to the Docker daemon." >&2; exit 1');
    await assert.rejects(open().prepare({ image: 'x' }, signal), (error: unknown) => {
      assert.ok(error instanceof WorkbenchError && error.code === 'container-unavailable');
      assert.match(error.message, /docker: Cannot connect to the Docker daemon; podman: it is not installed/);
      return true;
    });
    assert.ok(!log().some(([verb]) => verb === 'run'));
  });

  it('are podman’s where only that answers', async () => {
    install('podman', 'cat');
    assert.equal((await open().run(job, signal)).status, 0);
  });

  it('tell a runtime’s own failure from the program’s', async () => {
    install('docker', 'echo "no space left" >&2; exit 125');
    await assert.rejects(open().run(job, signal), /docker could not run a container: no space left/);
  });
});
