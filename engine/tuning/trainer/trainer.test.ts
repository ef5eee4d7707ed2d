import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { validateTrainerJob } from '../../../schemas/generated/validators.js';
import { createFiles } from '../../../platform/files/files.ts';
import { createQuarantine } from '../../../platform/files/quarantine.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { createBlobs } from '../../../platform/store/blobs.ts';
import { makeBundle, trainerOutput } from '../../../test/fakes/trainer.ts';
import { drain } from '../../base/drain.ts';
import type { JobEvent } from '../platform.ts';
import { TrainerEvents } from './events.ts';
import { writeTrainerJob } from './job-folder.ts';
import { outputFolder } from './output.ts';
import { packJob, unpackTrained } from './pack.ts';

const never = new AbortController().signal;

describe('the trainer’s files', () => {
  let folder: string;
  const files = createFiles();
  const digest = createDigest();
  const quarantine = createQuarantine();
  const blobs = () => createBlobs(path.join(folder, 'store'), false);
  const ports = () => ({ files, digest, quarantine, blobs: blobs() });

  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-trainer-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, content: string): void => {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const read = async (lines: readonly (object | string)[]): Promise<JobEvent[]> => {
    const events = new TrainerEvents(makeBundle(folder), outputFolder(path.join(folder, 'out'), files), ports());
    const told: JobEvent[] = [];
    const text = lines.map(line => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');
    // In pieces of seven bytes, as a slow storage gives them.
    const bytes = new TextEncoder().encode(text);
    for (let at = 0; at < bytes.length; at += 7)
      for await (const event of events.takeBytes(bytes.subarray(at, at + 7), never)) told.push(event);
    return told;
  };

  it('describes a job by the schema, keeps the expected answers of test rows back, and lays sounds under their digests', async () => {
    write('base/config.json', '{}');
    write('base/model.safetensors', 'weights');
    write('sound.wav', 'tone');
    const sound = { path: path.join(folder, 'sound.wav'), digest: digest.sha256('tone') };
    const bundle = makeBundle(folder);
    const inputs = bundle.inputs.map(input => ({ ...input, rows: input.rows.map(row => ({ ...row, audio: sound })) }));
    const speech = { ...bundle, inputs, task: 'automatic-speech-recognition' } as typeof bundle;
    const { job, files: laid } = await writeTrainerJob(speech, ports(), { device: 'cpu' }, never);
    assert.ok(validateTrainerJob(job), JSON.stringify(validateTrainerJob.errors));
    assert.deepEqual(
      laid.filter(({ path: name }) => name.startsWith('sounds/')).map(({ path: name }) => name),
      [`sounds/${sound.digest}.wav`],
    );
    const test = laid.find(({ path: name }) => name.includes('test'));
    assert.ok(test !== undefined && 'text' in test);
    assert.equal(test.text.includes('label'), false);
    assert.equal(test.text.includes('expected'), false);
  });

  it('is packed into an archive that tar reads, the same bytes each time', async () => {
    write('base/config.json', '{}');
    write('base/model.safetensors', 'weights');
    const long = `base/${'deep/'.repeat(30)}model.safetensors`;
    write(long, 'more');
    const { files: laid } = await writeTrainerJob(makeBundle(folder), ports(), {}, never);
    await files.writePieces(path.join(folder, 'a.tar'), packJob(laid, ports(), never));
    await files.writePieces(path.join(folder, 'b.tar'), packJob(laid, ports(), never));
    assert.ok(
      (await files.readText(path.join(folder, 'a.tar'), never)) ===
        (await files.readText(path.join(folder, 'b.tar'), never)),
    );
    const listed = execFileSync('tar', ['tf', path.join(folder, 'a.tar')], { encoding: 'utf8' })
      .trim()
      .split('\n');
    assert.deepEqual(listed.sort(), laid.map(({ path: name }) => name).sort());
    await unpackTrained(files.stream(path.join(folder, 'a.tar'), never), path.join(folder, 'unpacked'), ports(), never);
    assert.equal(await files.readText(path.join(folder, 'unpacked', long), never), 'more');
  });

  it('gives no bundle whose file has changed meanwhile', async () => {
    write('base/config.json', '{}');
    write('base/model.safetensors', 'weights');
    const { files: laid } = await writeTrainerJob(makeBundle(folder), ports(), {}, never);
    write('base/model.safetensors', 'other weights');
    await assert.rejects(drain(packJob(laid, ports(), never)), { code: 'dataset-changed' });
  });

  it('refuses a base whose weights are pickled', async () => {
    write('base/config.json', '{}');
    write('base/pytorch_model.bin', 'code');
    await assert.rejects(writeTrainerJob(makeBundle(folder), ports(), {}, never), { code: 'model-unsuitable' });
  });

  it('scores the answers itself, takes the result in, and passes over what is no event', async () => {
    const { lines } = trainerOutput(folder, digest.sha256);
    const told = await read(['not json', '{"event":"unheard-of"}', 'x'.repeat(2 ** 21), ...lines]);
    const points = told.flatMap(event => (event.type === 'epoch' ? [event.point] : []));
    assert.deepEqual(
      points.map(({ step, aspects }) => [step, aspects[0]?.scores['exact-match']]),
      [
        [0, 0],
        [4, 0.5],
      ],
    );
    const result = told.find(event => event.type === 'result');
    assert.ok(result?.type === 'result');
    const [checkpoint] = result.result.checkpoints;
    assert.equal(checkpoint?.digest, digest.sha256('adapter'));
    assert.ok(await blobs().has(digest.sha256('adapter')));
    assert.deepEqual(result.result.answers?.tuned['core-performance'], ['answer 0', undefined]);
    assert.deepEqual(result.result.notes, ['Two rows were cut.']);
  });

  it('gives the same events when it is read from the beginning again', async () => {
    const { lines } = trainerOutput(folder, digest.sha256);
    assert.deepEqual(await read(lines), await read(lines));
  });

  interface Claimed {
    checkpoints: { folder: string; files: { path: string; digest: string }[] }[];
    answers: { base: string; tuned: string };
  }
  const lies: readonly [what: string, lie: (claimed: Claimed) => void][] = [
    ['a file outside its folder', ({ checkpoints }) => (checkpoints[0]!.folder = '../..')],
    ['a file with another digest', ({ checkpoints }) => (checkpoints[0]!.files[0]!.digest = 'a'.repeat(64))],
    ['a pickle', ({ checkpoints }) => (checkpoints[0]!.files[0]!.path = 'weights.bin')],
    ['two best checkpoints', ({ checkpoints }) => checkpoints.push(checkpoints[0]!)],
    ['answers that are not there', claimed => (claimed.answers = { base: 'no.jsonl', tuned: 'no.jsonl' })],
  ];
  for (const [what, lie] of lies) {
    it(`takes nothing from a trainer that names ${what}`, async () => {
      const { lines } = trainerOutput(folder, digest.sha256);
      const result = structuredClone(lines.at(-1)) as Claimed;
      lie(result);
      await assert.rejects(read([...lines.slice(0, -1), result]), { code: 'record-tampered' });
    });
  }

  it('follows no link that leads out of the folder', async () => {
    const { lines } = trainerOutput(folder, digest.sha256);
    write('secret.safetensors', 'adapter');
    const linked = path.join(folder, 'out', 'checkpoints', '4', 'adapter_model.safetensors');
    rmSync(linked);
    symlinkSync(path.join(folder, 'secret.safetensors'), linked);
    await assert.rejects(read(lines), { code: 'record-tampered' });
  });

  it('tells what made a job fail in the trainer’s words, on one line', async () => {
    const failure = { event: 'failure', at: 1, code: 'out-of-memory', message: 'No memory\u001b[31m\nleft.' };
    await assert.rejects(read([failure]), {
      code: 'run-failed',
      message: 'Training tiny failed: No memory [31m left.',
      remedy: 'Lower `batchSize` or `maxLength`, or set `gradientCheckpointing: true`.',
    });
  });

  it('takes a loss that is no number for a training that has diverged', async () => {
    const { lines } = trainerOutput(folder, digest.sha256);
    const measured = { ...(lines[3] as object), trainingLoss: null };
    await assert.rejects(read([lines[0]!, measured]), { code: 'training-diverged' });
  });
});
