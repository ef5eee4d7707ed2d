import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import type { PlatformJob } from '../../../../schemas/generated/messages.ts';
import { createFiles } from '../../../../platform/files/files.ts';
import { createQuarantine } from '../../../../platform/files/quarantine.ts';
import { createDigest } from '../../../../platform/host/digest.ts';
import { createBlobs } from '../../../../platform/store/blobs.ts';
import { makeBundle, noTrainer, trainerOutput } from '../../../../test/fakes/trainer.ts';
import type { EnvironmentState, Trainer, TrainingRequest } from '../../../ports/trainer.ts';
import type { PlatformPorts } from '../../platform-ports.ts';
import type { JobEvent } from '../../platform.ts';
import { createLocalPlatform } from './local.ts';

const never = new AbortController().signal;
const environment = { python: '/python', version: '3.12.1', libraries: { torch: '2.0' }, device: 'cpu' };
const ready: EnvironmentState = { state: 'ready', environment };
const missing = (isPermitted: boolean): EnvironmentState => ({
  state: 'missing',
  missing: { python: '/python', version: '3.12.1', folder: '/cache/a', requirements: ['torch==2.0'], isPermitted },
});

describe('the local platform', () => {
  let folder: string;
  let state: EnvironmentState;
  let lines: readonly object[];
  let started: TrainingRequest[];
  let stopped: number;
  let hangs: boolean;
  const files = createFiles();
  const digest = createDigest();
  const scratch = (): string => path.join(folder, 'store', 'tuning');
  const job = (): string => path.join(scratch(), 'aiwb-r1');

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-local-'));
    mkdirSync(path.join(folder, 'base'));
    writeFileSync(path.join(folder, 'base', 'config.json'), '{}');
    writeFileSync(path.join(folder, 'base', 'model.safetensors'), 'weights');
    state = ready;
    started = [];
    stopped = 0;
    hangs = false;
    ({ lines } = trainerOutput(job(), text => digest.sha256(text)));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const trainer = (): Trainer => ({
    ...noTrainer,
    inspect: () => Promise.resolve(state),
    create: (_python, onStep) => {
      onStep('Installing the trainer: torch 2.0');
      return Promise.resolve(environment);
    },
    room: () => Promise.resolve(10),
    train: (_environment, request) => {
      started.push(request);
      return Promise.resolve({
        lines: (async function* () {
          for (const line of lines) yield JSON.stringify(line);
          if (hangs) await new Promise(() => undefined);
        })(),
        takeLog: () => [],
        stop: () => {
          stopped += 1;
          return Promise.resolve();
        },
      });
    },
  });
  const open = () => {
    const ports = { files, digest, quarantine: createQuarantine(), trainer: trainer(), folder, scratch: scratch() };
    const blobs = createBlobs(path.join(folder, 'store'), false);
    const all = { ...ports, blobs, config: {} } as Partial<PlatformPorts> as PlatformPorts;
    return createLocalPlatform('local', { type: 'local', device: 'cpu' }, all);
  };
  const follow = async (signal = never, onEvent: (event: JobEvent) => void = () => undefined): Promise<JobEvent[]> => {
    const platform = open();
    const recorded: PlatformJob[] = [];
    const handle = await platform.submit(
      makeBundle(folder),
      undefined,
      async one => {
        recorded.push(one);
      },
      never,
    );
    assert.deepEqual(recorded, [{ platform: 'local', type: 'local', tag: 'aiwb-r1', state: 'created', id: 'aiwb-r1' }]);
    const told: JobEvent[] = [];
    for await (const event of platform.events(handle, signal)) {
      told.push(event);
      onEvent(event);
    }
    return told;
  };

  it('lays the job out, follows the trainer to its result, and leaves no folder behind', async () => {
    const told = await follow(never, event => {
      if (event.type === 'result')
        assert.ok(existsSync(path.join(job(), 'out')), 'it is there until the result is stored');
    });
    assert.equal(told.filter(event => event.type === 'result').length, 1);
    const last = told.at(-1);
    assert.ok(last?.type === 'state' && last.state === 'succeeded');
    assert.deepEqual(started, [{ job: job(), out: path.join(job(), 'out'), usesHub: false }]);
    assert.equal(stopped, 1);
    assert.equal(existsSync(job()), false);
  });

  it('installs what is missing where that was permitted, and says so; refuses where it was not', async () => {
    state = missing(true);
    const phases = (await follow()).flatMap(event => (event.type === 'state' ? [event.phase] : []));
    assert.ok(phases.includes('Installing the trainer: torch 2.0'));
    state = missing(false);
    await assert.rejects(follow(), { code: 'environment-missing', remedy: /aiwb tune environment --create/ });
  });

  it('keeps the folder of a trainer that ended too early, which says why', async () => {
    lines = lines.slice(0, 3);
    await assert.rejects(follow(), { code: 'run-failed', message: /ended before it had finished/ });
    assert.equal(stopped, 1);
    assert.ok(existsSync(path.join(job(), 'job.json')));
  });

  it('stops a trainer that says nothing more, and keeps what it saved', async () => {
    lines = lines.slice(0, 5);
    hangs = true;
    const abort = new AbortController();
    const stop = new Error('enough');
    await assert.rejects(
      follow(abort.signal, event => {
        if (event.type === 'log') abort.abort(stop);
      }),
      stop,
    );
    assert.equal(stopped, 1);
    assert.ok(existsSync(path.join(job(), 'out', 'checkpoints')));
  });

  it('trains nothing again where the result was told and not stored', async () => {
    const text = [{ event: 'failure', at: 1, code: 'cancelled', message: 'Stopped.' }, ...lines]
      .map(line => `${JSON.stringify(line)}\n`)
      .join('');
    writeFileSync(path.join(job(), 'out', 'events.jsonl'), text);
    const told = await follow();
    assert.ok(told.some(event => event.type === 'result'));
    assert.equal(started.length, 0);
  });

  it('tells before the start what is missing and whether the disk has room', async () => {
    const full = { ...makeBundle(folder), method: { name: 'full' } } as const;
    state = missing(false);
    const found = (await open().preflight?.(full, never)) ?? [];
    assert.deepEqual(
      found.map(({ check, level }) => [check, level]),
      [
        ['environment', 'error'],
        ['storage', 'warning'],
      ],
    );
  });

  it('gives a base second names instead of copies, and job.json that says no more than it must', async () => {
    lines = lines.slice(0, 1);
    await assert.rejects(follow());
    const described = JSON.parse(readFileSync(path.join(job(), 'job.json'), 'utf8')) as Record<string, unknown>;
    assert.deepEqual(described['base'], { kind: 'folder', path: 'base' });
    assert.equal(described['device'], 'cpu');
    assert.equal(JSON.stringify(described).includes(folder), false);
  });
});
