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
import { partKey } from '../storage/keys.ts';
import { tarEnd, tarHeader, tarPadding } from '../trainer/tar.ts';
import { keysOf, type JobReader } from './job-desk.ts';
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

async function* piecesOf(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 300) yield bytes.subarray(at, at + 300);
}

async function takeAll(reader: JobReader, bytes: Uint8Array): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of reader.take(bytes, never)) events.push(event);
  return events;
}

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
      stream: key => {
        const object = objects.get(key);
        return Promise.resolve(object === undefined ? undefined : piecesOf(object));
      },
      list: () => Promise.resolve([]),
      unfinished: () => Promise.resolve([]),
      remove: () => Promise.resolve(),
      address: key => Promise.resolve({ url: `https://storage.example/${key}`, headers: {} }),
      addressParts: (key, _use, count) =>
        Promise.resolve({ url: `https://storage.example/${key}.{part}`, headers: {}, count }),
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

  /** As the trainer does: in parts, and an index. */
  function putModel(archive: Uint8Array, bytes = 700): void {
    const parts: { bytes: number; digest: string }[] = [];
    for (let at = 0; at < archive.length; at += bytes) {
      const part = archive.subarray(at, at + bytes);
      parts.push({ bytes: part.length, digest: sha256(part) });
      objects.set(partKey(keys.modelSlots[0] ?? '', parts.length), part);
    }
    objects.set(keys.model, Buffer.from(JSON.stringify({ slot: 0, parts })));
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
    putModel(pack({ 'checkpoints/1/adapter_model.safetensors': weights }));
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
    putModel(pack({ 'checkpoints/1/adapter_model.safetensors': 'other!!' }));
    const reader = createDesk().read(bundle);
    await takeAll(reader, lines(result));
    await assert.rejects(reader.collect(never), { code: 'record-tampered' });
    assert.deepEqual(kept, []);
  });

  it('refuses a model in parts that are not those of its index, and looks again for one that is missing', async () => {
    objects.set(keys.answers, pack({ 'answers/base.jsonl': '', 'answers/tuned.jsonl': answer }));
    const archive = pack({ 'checkpoints/1/adapter_model.safetensors': weights });
    const reader = createDesk().read(bundle);
    await takeAll(reader, lines(result));
    await assert.rejects(reader.collect(never), { code: 'storage-unreachable' });
    const second = partKey(keys.modelSlots[0] ?? '', 2);
    putModel(archive);
    const whole = objects.get(second) ?? assert.fail();
    objects.delete(second);
    await assert.rejects(reader.collect(never), { code: 'storage-unreachable' });
    for (const wrong of [whole.subarray(1), Buffer.concat([whole, Buffer.from('x')]), whole.map(byte => byte ^ 1)]) {
      objects.set(second, wrong);
      await assert.rejects(reader.collect(never), { code: 'record-tampered', message: /model\.tar\.0002/ });
    }
    for (const index of ['none', '{}', '{"slot":1,"parts":[]}', '{"slot":0,"parts":[{"bytes":0,"digest":""}]}']) {
      objects.set(keys.model, Buffer.from(index));
      await assert.rejects(reader.collect(never), { code: 'record-tampered' });
    }
    assert.deepEqual(kept, []);
    assert.equal(existsSync(path.join(folder, 'scratch', 'aiwb-01JZX', 'made')), false);
    putModel(archive);
    assert.equal((await reader.collect(never)).checkpoints[0]?.digest, sha256(weights));
  });

  it('tells a trainer’s failure as the outcome, but takes one that was ended with its machine for lost', async () => {
    const failure = { event: 'failure', at: 1, code: 'out-of-memory', message: 'Out of memory' };
    const failing = createDesk().read(bundle);
    await takeAll(failing, lines(failure));
    assert.equal(failing.outcome?.kind, 'failure');
    const ended = createDesk().read(bundle);
    await takeAll(ended, lines({ ...failure, code: 'cancelled' }));
    assert.equal(ended.outcome, undefined);
  });
});
