import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'mocha';
import { createFiles } from '../../../platform/files/files.ts';
import { createQuarantine } from '../../../platform/files/quarantine.ts';
import { createClock } from '../../../platform/host/clock.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { createPrograms } from '../../../platform/processes/programs.ts';
import { createBlobs } from '../../../platform/store/blobs.ts';
import { noTrainer } from '../../../test/fakes/trainer.ts';
import type { Question } from '../model.ts';
import { trainedModelDigest } from '../trained.ts';
import { openBase, openTransformers, type TransformersContext } from './open.ts';

const never = new AbortController().signal;
const question: Question = { input: 'q', messages: [], parameters: {}, stream: false, timeout: 30_000 };

/** Answers with what it was started with, and refuses questions without an input. */
const program = `
process.stdin.setEncoding('utf8');
let rest = '';
process.stdin.on('data', text => {
  rest += text;
  for (let end; (end = rest.indexOf('\\n')) >= 0; rest = rest.slice(end + 1)) {
    const { id, input } = JSON.parse(rest.slice(0, end));
    const answer = input === '' ? { error: 'no question' } : { output: process.argv.slice(2).join(' '), inputTokens: 2, outputTokens: 1 };
    process.stdout.write(JSON.stringify({ id, ...answer }) + '\\n');
  }
});
`;

describe('models of Transformers', () => {
  let folder: string;
  let started: string[][];
  let script: string;
  const digest = createDigest();
  const context = (): TransformersContext => ({
    files: createFiles(),
    clock: createClock(),
    digest,
    quarantine: createQuarantine(),
    blobs: createBlobs(path.join(folder, 'store'), false),
    scratch: path.join(folder, 'store', 'tuning'),
    folder,
    config: { compute: { other: { type: 'local', device: 'cuda' }, local: { type: 'local', device: 'cpu' } } },
    trainer: {
      ...noTrainer,
      inspect: () =>
        Promise.resolve({
          state: 'ready',
          environment: { python: '/python', version: '3.12.1', libraries: {}, device: 'cpu' },
        }),
      answer: (_environment, request, at, signal) => {
        started.push([...request.arguments, ...(request.usesHub ? ['with the hub'] : [])]);
        const file = path.join(folder, 'program.mjs');
        writeFileSync(file, script);
        return createPrograms(() => true).start([process.execPath, file, ...request.arguments], { folder: at }, signal);
      },
    },
  });
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-transformers-'));
    mkdirSync(path.join(folder, 'store'));
    started = [];
    script = program;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const adapter = async () => {
    const { blobs } = context();
    const put = async (name: string, text: string) => ({
      path: name,
      ...(await createBlobs(path.join(folder, 'store'), false).put(new TextEncoder().encode(text))),
    });
    assert.ok(blobs);
    const files = [await put('adapter_config.json', '{}'), await put('adapter_model.safetensors', 'weights')];
    const weightsDigest = digest.sha256('weights');
    return { weightsDigest, format: 'peft', files, base: 'hub:org/model@abc', task: 'text-generation' } as const;
  };

  it('lays an adapter out of the store, and asks it on its base', async () => {
    const reference = await adapter();
    const model = await openTransformers('checkpoint:a', reference, context(), never);
    try {
      assert.equal(model.name, 'checkpoint:a');
      assert.equal(model.digest, trainedModelDigest(digest, reference.weightsDigest));
      const answer = await model.answer(question, never);
      assert.deepEqual([answer.inputTokens, answer.outputTokens], [2, 1]);
      const [asked = []] = started;
      const place = asked[1] ?? '';
      assert.deepEqual(asked, [
        ...['--model', place, '--base', 'org/model@abc', '--task', 'text-generation', '--device', 'cpu'],
        'with the hub',
      ]);
      assert.equal(readFileSync(path.join(place, 'adapter_model.safetensors'), 'utf8'), 'weights');
    } finally {
      await model.close();
    }
  });

  it('refuses weights of which the store has lost or changed a file', async () => {
    const reference = await adapter();
    const { blobs } = context();
    writeFileSync(blobs.locate(digest.sha256('weights')), 'others');
    await assert.rejects(openTransformers('a', reference, context(), never), { code: 'record-tampered' });
    rmSync(blobs.locate(digest.sha256('weights')));
    await assert.rejects(openTransformers('a', reference, context(), never), { code: 'blob-missing' });
    assert.equal(started.length, 0);
  });

  it('names a folder’s model by its weights, and leaves its task to the program', async () => {
    mkdirSync(path.join(folder, 'tiny'));
    writeFileSync(path.join(folder, 'tiny', 'config.json'), '{}');
    writeFileSync(path.join(folder, 'tiny', 'model.safetensors'), 'weights');
    const model = await openBase('folder:tiny', { kind: 'folder', path: 'tiny' }, undefined, context(), never);
    await model.close();
    assert.equal(model.digest, trainedModelDigest(digest, digest.sha256('weights')));
    assert.deepEqual(started, [['--model', path.join(folder, 'tiny'), '--task', 'auto', '--device', 'cpu']]);
  });

  it('says why a model cannot be loaded before any row is asked', async () => {
    script = `console.error('It has no weights.'); process.exit(1);`;
    await assert.rejects(
      openBase('hub:org/none', { kind: 'hub', id: 'org/none' }, undefined, context(), never),
      (error: Error & { code?: string }) => error.code === 'model-unsuitable' && /has no weights/.test(error.message),
    );
    assert.ok(!existsSync(path.join(folder, 'store', 'tuning', 'models')));
  });
});
