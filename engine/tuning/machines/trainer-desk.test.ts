import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { makeBundle } from '../../../test/fakes/machines.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createQuarantine } from '../../../platform/files/quarantine.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Blobs } from '../../ports/blobs.ts';
import { readTar } from '../../ingest/archive/tar.ts';
import type { JobEvent } from '../platform.ts';
import type { JobStorage } from '../storage/storage.ts';
import { tarEnd, tarHeader, tarPadding } from '../trainer/tar.ts';
import { keysOf } from './job-desk.ts';
import { createTrainerDesk } from './trainer-desk.ts';

const never = new AbortController().signal;

function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}

function pack(files: Readonly<Record<string, string>>): Uint8Array {
  const pieces = Object.entries(files).flatMap(([name, text]) => {
    const bytes = Buffer.from(text);
    return [tarHeader(name, bytes.length), bytes, tarPadding(bytes.length)];
  });
  return Buffer.concat([...pieces, tarEnd()]);
}

function lines(...events: readonly object[]): Uint8Array {
  return Buffer.from(events.map(event => `${JSON.stringify(event)}\n`).join(''));
}

const row = { text: 'What is due?', messages: [{ role: 'user' as const, content: 'What is due?' }], label: 'Nothing.' };
const facts = { aspect: 'core-performance' as const, digest: 'd', weight: 1 };
const bundle = makeBundle({
  inputs: [
    { ...facts, role: 'train', rows: [row] },
    { ...facts, role: 'validation', rows: [row] },
    { ...facts, role: 'test', rows: [{ text: row.text, messages: row.messages }] },
  ],
});
const keys = keysOf(bundle);

const measured = {
  event: 'measurement',
  at: 1,
  step: 0,
  epoch: 0,
  trainingLoss: 2,
  seconds: 1,
  aspects: [{ aspect: 'core-performance', rows: 1, loss: 2 }],
  answers: 'answers/0.jsonl',
};
const answer = `${JSON.stringify({ aspect: 'core-performance', row: 0, output: 'Nothing.' })}\n`;
const weights = 'weights';
const result = {
  event: 'result',
  at: 2,
  stoppedEarly: false,
  checkpoints: [
    {
      step: 1,
      epoch: 1,
      best: true,
      last: true,
      format: 'peft',
      folder: 'checkpoints/1',
      files: [{ path: 'adapter_model.safetensors', digest: sha256(weights), bytes: weights.length }],
    },
  ],
  answers: { base: 'answers/base.jsonl', tuned: 'answers/tuned.jsonl' },
};

describe('jobs by way of a storage', () => {
  let folder: string;
  let objects: Map<string, Uint8Array>;
  let kept: string[];

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-desk-'));
    objects = new Map();
    kept = [];
    mkdirSync(path.join(folder, 'trainer/aiwb_trainer'), { recursive: true });
    mkdirSync(path.join(folder, 'trainer/tests'));
    writeFileSync(path.join(folder, 'trainer/requirements.txt'), 'torch==2\n');
    writeFileSync(path.join(folder, 'trainer/aiwb_trainer/__main__.py'), 'pass\n');
    writeFileSync(path.join(folder, 'trainer/tests/test_it.py'), 'pass\n');
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  function createDesk() {
    const storage: JobStorage = {
      preflight: () => Promise.resolve([]),
      put: (key, content) => {
        objects.set(key, content instanceof Uint8Array ? content : readFileSync(content.path));
        return Promise.resolve();
      },
      read: key => Promise.resolve(objects.get(key)),
      download: (key, to) => {
        const object = objects.get(key);
        if (object === undefined) return Promise.resolve(false);
        mkdirSync(path.dirname(to), { recursive: true });
        writeFileSync(to, object);
        return Promise.resolve(true);
      },
      list: () => Promise.resolve([]),
      remove: () => Promise.resolve(),
      address: key => Promise.resolve({ url: `https://storage.example/${key}`, headers: {} }),
    };
    const blobs: Blobs = {
      put: () => Promise.reject(new Error('Nothing is put.')),
      read: () => Promise.reject(new Error('Nothing is read.')),
      has: () => Promise.resolve(false),
      locate: digest => path.join(folder, digest),
      adopt: (file, digest) => {
        const content = readFileSync(file);
        if (sha256(content) !== digest) throw new WorkbenchError('record-tampered', 'Another digest.');
        kept.push(digest);
        return Promise.resolve({ digest, bytes: content.length });
      },
    };
    return createTrainerDesk(storage, {
      files: createFiles(),
      quarantine: createQuarantine(),
      digest: createDigest(),
      blobs,
      scratch: path.join(folder, 'scratch'),
      trainerFolder: path.join(folder, 'trainer'),
    });
  }

  async function namesIn(key: string): Promise<string[]> {
    const names: string[] = [];
    async function* content(): AsyncIterable<Uint8Array> {
      await Promise.resolve();
      yield objects.get(key) ?? assert.fail();
    }
    await readTar(
      content(),
      ({ name }) => {
        names.push(name);
        return Promise.resolve(undefined);
      },
      () => Promise.resolve(),
    );
    return names.sort();
  }

  it('puts the job and the trainer, without its tests, and leaves nothing of them behind', async () => {
    await createDesk().upload(bundle, never);
    assert.deepEqual(await namesIn(keys.trainer), ['aiwb_trainer/__main__.py', 'requirements.txt']);
    const names = await namesIn(keys.bundle);
    assert.ok(names.includes('job.json'));
    assert.equal(names.filter(name => name.startsWith('inputs/')).length, 3);
    const text = Buffer.from(objects.get(keys.bundle) ?? []).toString();
    assert.equal(text.split('Nothing.').length - 1, 2, 'the expected answer of the test row stays here');
    assert.deepEqual(readdirSync(path.join(folder, 'scratch', 'aiwb-01JZX')), []);
    const before = objects.get(keys.bundle);
    await createDesk().upload(bundle, never);
    assert.deepEqual(objects.get(keys.bundle), before, 'the same bytes again');
  });

  it('says what is missing where the trainer is', async () => {
    rmSync(path.join(folder, 'trainer'), { recursive: true });
    await assert.rejects(createDesk().upload(bundle, never), { code: 'file-not-found' });
  });

  it('scores answers that the trainer has put, and waits for those that the storage does not show yet', async () => {
    const reader = createDesk().read(bundle);
    const told: JobEvent[] = [];
    await assert.rejects(
      (async () => {
        for await (const event of reader.take(lines(measured), never)) told.push(event);
      })(),
      { code: 'storage-unreachable' },
    );
    objects.set(keys.answers, pack({ 'answers/0.jsonl': answer }));
    for await (const event of reader.take(new Uint8Array(0), never)) told.push(event);
    const [point] = told.flatMap(event => (event.type === 'epoch' ? [event.point] : []));
    assert.deepEqual(point?.aspects[0]?.scores, { 'exact-match': 1 });
  });

  it('holds the result back until it is collected, and takes its files in', async () => {
    objects.set(keys.answers, pack({ 'answers/base.jsonl': '', 'answers/tuned.jsonl': answer }));
    objects.set(keys.model, pack({ 'checkpoints/1/adapter_model.safetensors': weights }));
    const reader = createDesk().read(bundle);
    for await (const event of reader.take(lines(result), never)) assert.notEqual(event.type, 'result');
    assert.deepEqual(reader.outcome, { kind: 'result' });
    assert.deepEqual(kept, []);
    const { checkpoints, answers } = await reader.collect(never);
    assert.equal(checkpoints[0]?.digest, sha256(weights));
    assert.deepEqual(kept, [sha256(weights)]);
    assert.deepEqual(answers?.tuned, { 'core-performance': ['Nothing.'] });
    assert.equal(existsSync(path.join(folder, 'scratch', 'aiwb-01JZX', 'made')), false);
  });

  it('refuses a model whose bytes are not what the trainer says', async () => {
    objects.set(keys.answers, pack({ 'answers/base.jsonl': '', 'answers/tuned.jsonl': '' }));
    objects.set(keys.model, pack({ 'checkpoints/1/adapter_model.safetensors': 'other!!' }));
    const reader = createDesk().read(bundle);
    for await (const event of reader.take(lines(result), never)) void event;
    await assert.rejects(reader.collect(never), { code: 'record-tampered' });
    assert.deepEqual(kept, []);
  });

  it('tells a trainer’s failure as the outcome, but takes one that was ended with its machine for lost', async () => {
    const failure = { event: 'failure', at: 1, code: 'out-of-memory', message: 'Out of memory' };
    const failing = createDesk().read(bundle);
    for await (const event of failing.take(lines(failure), never)) void event;
    assert.equal(failing.outcome?.kind, 'failure');
    const ended = createDesk().read(bundle);
    for await (const event of ended.take(lines({ ...failure, code: 'cancelled' }), never)) void event;
    assert.equal(ended.outcome, undefined);
  });
});
