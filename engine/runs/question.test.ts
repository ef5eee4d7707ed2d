import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { readAskedRows, type AskedRow } from '../datasets/selection.ts';
import type { Message, Question } from '../models/model.ts';
import type { RunPlan } from './plan.ts';
import { planRun } from './plan-run.ts';
import type { RunPorts } from './ports.ts';
import { toQuestion } from './question.ts';

const { signal } = new AbortController();
const png = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1');
const ogg = Buffer.from('OggS and more', 'latin1');
/** What planning needs; nothing is sent. */
const ports = { files: createFiles(), digest: createDigest() } as Partial<RunPorts> as RunPorts;

describe('a question', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-question-'));
    writeFileSync(path.join(folder, 'workbench.yaml'), 'connections: {gpt: {provider: openai, model: m}}\n');
    writeFileSync(path.join(folder, 'a.png'), png);
    writeFileSync(path.join(folder, 'a.ogg'), ogg);
    const row = { q: 'What?', a: 'cat', photo: 'a.png', sound: 'a.ogg', options: ['cat', 'dog'] };
    writeFileSync(path.join(folder, 'rows.jsonl'), `${JSON.stringify(row)}\n`);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  async function planWith(dataset: string, prompt?: string): Promise<{ plan: RunPlan; row: AskedRow }> {
    if (prompt !== undefined) writeFileSync(path.join(folder, 'p.prompt.yml'), prompt);
    const text = `name: q\ndataset: {path: rows.jsonl, target: a, ${dataset}}\nmodels: [gpt]\nmetrics: [exact-match]\n${prompt === undefined ? '' : 'prompts: [p.prompt.yml]\n'}`;
    const file = path.join(folder, 'q.bench.yaml');
    const spec = {
      kind: 'benchmark',
      text,
      path: file,
      file: 'q.bench.yaml',
      name: 'q',
      folder,
      origin: 'terminal',
    } as const;
    const plan = await planRun(spec, ports, signal);
    for await (const [row] of readAskedRows(ports.files, ports.digest, plan.selection, signal)) {
      if (row !== undefined) return { plan, row };
    }
    return assert.fail('no row');
  }

  async function ask(dataset: string, prompt?: string): Promise<Question> {
    const { plan, row } = await planWith(dataset, prompt);
    const [variant] = plan.variants;
    assert.ok(variant);
    return toQuestion({ row, occurrence: 0, repeat: 2 }, variant.model, variant.prompt, plan, signal);
  }

  const kindsOf = (message: Message | undefined) =>
    typeof message?.content === 'string'
      ? message.content
      : message?.content.map(part => (part.type === 'text' ? part.text : part.media.mediaType));

  it('without attachments is made at once, with everything a model may need', async () => {
    const { plan, row } = await planWith('input: q, choices: options');
    const [variant] = plan.variants;
    assert.ok(variant);
    const question = toQuestion({ row, occurrence: 0, repeat: 2 }, variant.model, undefined, plan, signal);
    assert.ok(!(question instanceof Promise));
    assert.deepEqual(question.messages, [{ role: 'user', content: 'What?' }]);
    assert.deepEqual(question.choices, ['cat', 'dog']);
    assert.equal(question.values?.['photo'], 'a.png');
    assert.deepEqual(question.sample, { row: 0, rowDigest: row.digest, repeat: 2 });
  });

  it('has a row’s attachments at the end of the user’s message', async () => {
    const question = await ask('input: q, images: photo, audio: sound');
    assert.deepEqual(question.messages.map(kindsOf), [['What?', 'image/png', 'audio/ogg']]);
    assert.equal(question.audio?.digest, ports.digest.sha256(ogg));
  });

  it('of a sound alone has no words', async () => {
    assert.deepEqual((await ask('audio: sound')).messages.map(kindsOf), [['audio/ogg']]);
  });

  it('has the attachments of a prompt that says nothing of them, too', async () => {
    const prompt =
      'messages: [{role: user, content: "Look: {{q}}"}, {role: assistant, content: "Yes?"}]\ntools: [{name: f, parameters: {}}]\nresponseFormat: json\n';
    const question = await ask('input: q, images: photo', prompt);
    assert.deepEqual(question.messages.map(kindsOf), [['Look: What?', 'image/png'], 'Yes?']);
    assert.deepEqual([question.tools?.length, question.responseFormat?.type], [1, 'json']);
  });

  it('follows a prompt that says where they go', async () => {
    const prompt =
      'messages: [{role: user, content: [{type: image, image: "{{photo}}"}, {type: text, text: "{{q}}"}]}]\n';
    const question = await ask('input: q, images: photo, audio: sound', prompt);
    assert.deepEqual(question.messages.map(kindsOf), [['image/png', 'What?']]);
    assert.equal(question.audio?.mediaType, 'audio/ogg');
  });
});
