import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { tarEnd, tarHeader, tarPadding } from '../trainer/tar.ts';
import { createBootstrap } from './bootstrap.ts';

const python = process.platform === 'win32' ? 'python' : 'python3';

/** Objects behind addresses, as a storage has them, and RunPod's API, which pods are removed by. */
class Objects {
  readonly objects = new Map<string, Buffer>();
  readonly removed: string[] = [];
  readonly #server: Server;
  /** Answers 503 to so many requests first. */
  failures = 0;
  onRemove: () => void = () => undefined;

  constructor() {
    this.#server = createServer((request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => {
        const key = request.url ?? '';
        if (this.failures > 0) {
          this.failures -= 1;
          response.writeHead(503).end();
        } else if (request.method === 'DELETE') {
          this.removed.push(`${key} ${request.headers.authorization ?? ''}`);
          response.writeHead(204).end();
          this.onRemove();
        } else if (request.method === 'PUT') {
          const isSigned = request.headers['x-signed'] === 'yes';
          if (isSigned) this.objects.set(key, Buffer.concat(pieces));
          response.writeHead(isSigned ? 200 : 403).end();
        } else {
          const object = this.objects.get(key);
          response.writeHead(object === undefined ? 404 : 200).end(object);
        }
      });
    });
  }

  async start(): Promise<string> {
    await new Promise<void>(resolve => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${String((this.#server.address() as AddressInfo).port)}`;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }
}

/** A stand-in for the trainer, in its place: `check` and `remote`. */
function packTrainer(main: string): Buffer {
  const files = {
    'aiwb_trainer/__init__.py': '',
    'aiwb_trainer/__main__.py': main,
    'requirements.txt': 'no-such-package-anywhere-aiwb==1.0\n',
    '../escaped.txt': 'outside',
  };
  const pieces = Object.entries(files).flatMap(([name, text]) => {
    const bytes = Buffer.from(text);
    return [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...pieces, tarEnd()]);
}

const ready = 'import sys\nif sys.argv[1] == "check":\n    sys.exit(0)\n';

interface Run {
  readonly code: number | null;
  readonly told: string;
}

describe('what a machine is started with', () => {
  let objects: Objects;
  let origin: string;
  let folder: string;

  beforeEach(async () => {
    objects = new Objects();
    origin = await objects.start();
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-bootstrap-'));
  });

  afterEach(() => {
    objects.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function boot(
    main: string,
    {
      lifetime = 60,
      install = false,
      type = 'ray',
      env: more = {},
      until,
    }: {
      lifetime?: number;
      install?: boolean;
      type?: 'ray' | 'runpod' | 'denvr';
      env?: Readonly<Record<string, string>>;
      /** Called with what the machine has told so far. */
      until?: (kill: () => void, told: string) => void;
    } = {},
  ): Promise<Run> {
    objects.objects.set('/trainer.tar', packTrainer(main));
    const put = (name: string) => ({ url: `${origin}/${name}`, headers: { 'x-signed': 'yes' } });
    const get = (name: string) => ({ url: `${origin}/${name}`, headers: {} });
    const part = (name: string) => ({ ...put(`${name}.{part}`), count: 2 });
    const addresses = {
      sync: {
        bundle: get('bundle.tar'),
        state: { index: get('state.json'), slots: [part('state-a.tar'), part('state-b.tar')] },
        put: {
          events: put('events.jsonl'),
          answers: put('answers.tar'),
          state: { index: put('state.json'), slots: [part('state-a.tar'), part('state-b.tar')] },
          model: { index: put('model.json'), slots: [part('model.tar')] },
          log: put('log.txt'),
        },
        partBytes: { usual: 1, most: 2 },
      },
      trainer: get('trainer.tar'),
    };
    const { argv, env } = createBootstrap({ addresses, lifetime, install, python, type });
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      env: {
        PATH: process.env['PATH'],
        TMPDIR: folder,
        PIP_INDEX_URL: `${origin}/simple`,
        PIP_RETRIES: '0',
        ...env,
        ...more,
      },
    });
    let told = '';
    child.stderr.on('data', (chunk: Buffer) => {
      told += chunk.toString();
      until?.(() => child.kill('SIGKILL'), told);
    });
    until?.(() => child.kill('SIGKILL'), '');
    const code = await new Promise<number | null>(resolve => child.on('close', resolve));
    return { code, told };
  }

  it('fetches the trainer and runs it with the addresses of its job, and keeps its own program to itself', async () => {
    objects.failures = 1;
    const { code, told } = await boot(
      `${ready}import json, os, urllib.request
address = json.loads(os.environ["AIWB_SYNC"])["put"]["events"]
content = json.dumps([sys.argv[1], "AIWB_BOOTSTRAP" in os.environ, "RUNPOD_API_KEY" in os.environ]).encode()
urllib.request.urlopen(urllib.request.Request(address["url"], data=content, headers=address["headers"], method="PUT"))
`,
    );
    assert.equal(code, 0, told);
    assert.equal(objects.objects.get('/events.jsonl')?.toString(), '["remote", false, false]');
    assert.doesNotMatch(told, new RegExp(`${origin}|signed`), 'addresses are secrets');
  }).timeout(60_000);

  it('ends with the trainer’s own exit code', async () => {
    const { code } = await boot(`${ready}sys.exit(7)\n`);
    assert.equal(code, 7);
  }).timeout(60_000);

  it('tells in the trainer’s place what kept it from starting', async () => {
    const unready = 'import sys\nprint("No module named torch", file=sys.stderr)\nsys.exit(1)\n';
    const { code } = await boot(unready);
    assert.equal(code, 1);
    const event = JSON.parse(objects.objects.get('/events.jsonl')?.toString() ?? '{}') as Record<string, unknown>;
    assert.equal(event['event'], 'failure');
    assert.equal(event['code'], 'environment');
    assert.match(String(event['message']), /cannot train: No module named torch/);
  }).timeout(60_000);

  it('tells that the requirements cannot be installed', async () => {
    const { code } = await boot('import sys\nsys.exit(1)\n', { install: true });
    assert.equal(code, 1);
    assert.match(
      objects.objects.get('/events.jsonl')?.toString() ?? '',
      /Installing the trainer's requirements failed/,
    );
  }).timeout(60_000);

  it('ends the trainer, with all it has started, when the machine’s lifetime is over', async () => {
    const { code } = await boot(
      `${ready}import subprocess, time
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
time.sleep(600)
`,
      { lifetime: 4 },
    );
    assert.equal(code, 1, 'and it does not wait for what was started');
  }).timeout(60_000);

  it('removes its own pod on RunPod, by the key of the pod, and does not start over', async () => {
    const { code } = await boot(ready, {
      type: 'runpod',
      env: { RUNPOD_POD_ID: 'pod7', RUNPOD_API_KEY: 'rpa_pod', AIWB_RUNPOD_URL: `${origin}/v2` },
      until: kill => {
        objects.onRemove = kill;
      },
    });
    assert.equal(code, null, 'RunPod kills it');
    assert.deepEqual(objects.removed, ['/v2/pods/pod7 Bearer rpa_pod']);
  }).timeout(60_000);

  it('stays where it cannot end itself and would be started over', async () => {
    let isTold = false;
    const { code } = await boot(ready, {
      type: 'denvr',
      until: (kill, told) => {
        if (isTold || !told.includes('The trainer ended with 0')) return;
        isTold = true;
        setTimeout(kill, 1000);
      },
    });
    assert.ok(isTold);
    assert.equal(code, null, 'it was still there');
  }).timeout(60_000);

  it('reads no archive that leads out of its folder', async () => {
    writeFileSync(path.join(folder, 'keep'), '');
    await boot(`${ready}import os
print(sorted(os.listdir(os.path.join(${JSON.stringify(folder)}))), file=sys.stderr)
print(os.path.exists(os.path.join(os.path.dirname(os.environ["PYTHONPATH"].split(os.pathsep)[0]), "escaped.txt")), file=sys.stderr)
`).then(({ told }) => assert.match(told, /False/));
  }).timeout(60_000);
});
