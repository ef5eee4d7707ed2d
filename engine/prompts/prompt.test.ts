import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createDigest } from '../../platform/host/digest.ts';
import { createFiles } from '../../platform/files/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { AskedRow } from '../datasets/asked-row.ts';
import { createMediaLoader } from './media.ts';
import { loadPrompt, type MediaRequest, type Prompt } from './prompt.ts';

const { signal } = new AbortController();
const files = createFiles();
const digest = createDigest();
const png = Buffer.from('\x89PNG\r\n\x1a\n more', 'latin1');
const ogg = Buffer.from('OggS and more', 'latin1');

describe('a prompt', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'aiwb-prompt-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  function load(text: string): Promise<Prompt> {
    const file = path.join(folder, 'p.prompt.yml');
    writeFileSync(file, text);
    return loadPrompt(files, digest, file, 'p.prompt.yml', signal);
  }

  const pictured = `messages:
  - {role: system, content: "Be brief about {{topic}}."}
  - role: user
    content:
      - {type: text, text: "What is on {{name}}?"}
      - {type: image, image: "{{photo}}"}
      - {type: audio, audio: "sounds/{{name}}.wav"}
`;

  it('without parts, tools or a format keeps the digest it always had', async () => {
    const prompt = await load('messages: [{role: user, content: "Classify {{text}}"}]\nmodelParameters: {seed: 1}\n');
    assert.equal(prompt.digest, digest.sha256('[[["user","Classify {{text}}"]],{"seed":1}]'));
    assert.equal(prompt.hasMedia, false);
    assert.deepEqual(prompt.render({ text: 'a' }), [{ role: 'user', content: 'Classify a' }]);
  });

  it('has another digest with tools, with a format, and with parts', async () => {
    const plain = 'messages: [{role: user, content: "{{text}}"}]\n';
    const tools = 'tools: [{name: f, parameters: {type: object}}]\n';
    const texts = [
      plain,
      plain + tools,
      `${plain}responseFormat: json\n`,
      `${plain}responseFormat: {type: json_schema, schema: {type: object}}\n`,
      'messages: [{role: user, content: [{type: text, text: "{{text}}"}]}]\n',
    ];
    const prompts: Prompt[] = [];
    for (const text of texts) prompts.push(await load(text));
    assert.equal(new Set(prompts.map(prompt => prompt.digest)).size, texts.length);
    assert.deepEqual(prompts[1]?.tools, [{ name: 'f', parameters: { type: 'object' } }]);
    assert.deepEqual(prompts[2]?.responseFormat, { type: 'json' });
    assert.deepEqual(prompts[3]?.responseFormat, { type: 'json-schema', name: 'answer', schema: { type: 'object' } });
    assert.equal((await load(`${plain}responseFormat: text\n`)).responseFormat, undefined);
  });

  it('asks for its images and sounds, and names them where it is only shown', async () => {
    const prompt = await load(pictured);
    assert.equal(prompt.hasMedia, true);
    assert.deepEqual(prompt.variables, ['topic', 'name', 'photo']);
    const values = { topic: 'cats', name: 'a', photo: { bytes: new Uint8Array(png) } };
    assert.deepEqual(prompt.render({ ...values, photo: 'a.png' })[1], {
      role: 'user',
      content: 'What is on a?\n[image: a.png]\n[audio: sounds/a.wav]',
    });
    const requests: MediaRequest[] = [];
    const media = { mediaType: 'x/y', bytes: new Uint8Array(), digest: 'd' };
    const messages = await prompt.renderWith(values, request => {
      requests.push(request);
      return Promise.resolve(media);
    });
    assert.deepEqual(requests, [
      { kind: 'image', column: 'photo', value: values.photo },
      { kind: 'audio', column: undefined, value: 'sounds/a.wav' },
    ]);
    assert.deepEqual(messages[1]?.content, [
      { type: 'text', text: 'What is on a?' },
      { type: 'image', media },
      { type: 'audio', media },
    ]);
  });

  it('says which part is no template', async () => {
    await assert.rejects(
      load('messages: [{role: user, content: [{type: text, text: "{{a"}]}]\n'),
      (error: unknown) => error instanceof WorkbenchError && error.code === 'prompt-invalid',
    );
  });

  describe('with files', () => {
    let loader: ReturnType<typeof createMediaLoader>;
    const row: AskedRow = { index: 0, line: 3, input: '', target: '', slices: {}, values: {}, digest: 'd' };
    const open = (kind: 'image' | 'audio', value: unknown, column?: string) =>
      loader.open({ kind, column, value }, row, path.join(folder, 'prompts'), signal);
    beforeEach(() => {
      for (const name of ['data', 'prompts']) mkdirSync(path.join(folder, name));
      const dataset = { path: 'rows.jsonl', input: 'q', target: 'a' };
      const rows = path.join(folder, 'data', 'rows.jsonl');
      writeFileSync(rows, '');
      writeFileSync(path.join(folder, 'data', 'a.png'), png);
      writeFileSync(path.join(folder, 'prompts', 'b.ogg'), ogg);
      loader = createMediaLoader(files, digest, { path: rows, dataset, limit: undefined, folder });
    });

    it('finds them from the dataset’s folder, then from its own, and reads each once', async () => {
      const image = await open('image', 'a.png', 'photo');
      assert.deepEqual([image.mediaType, Buffer.from(image.bytes)], ['image/png', png]);
      assert.equal(image.digest, digest.sha256(png));
      assert.equal((await open('audio', 'b.ogg')).mediaType, 'audio/ogg');
      assert.equal(await open('image', '../data/a.png'), image);
      assert.deepEqual((await open('image', { bytes: new Uint8Array(png), path: null }, 'photo')).digest, image.digest);
    });

    it('takes none that is missing, of another kind, too large, elsewhere or an address', async () => {
      writeFileSync(path.join(folder, 'data', 'large.png'), Buffer.concat([png, Buffer.alloc(20 * 2 ** 20)]));
      const outside = mkdtempSync(path.join(os.tmpdir(), 'aiwb-outside-'));
      writeFileSync(path.join(outside, 'c.png'), png);
      symlinkSync(path.join(outside, 'c.png'), path.join(folder, 'data', 'link.png'));
      const cases: readonly (readonly [unknown, RegExp])[] = [
        ['none.png', /there is no such file/],
        ['../prompts/b.ogg', /holds audio\/ogg, not image/],
        ['large.png', /more than 20 MiB/],
        [path.join(outside, 'c.png'), /lies outside/],
        ['link.png', /lies outside/],
        ['https://x.example/a.png', /holds an address/],
        [null, /column "photo" is empty/],
        [3, /holds no image/],
      ];
      for (const [value, words] of cases) {
        await assert.rejects(open('image', value, 'photo'), (error: unknown) => {
          assert.ok(error instanceof WorkbenchError && error.code === 'dataset-invalid', String(error));
          assert.match(error.message, words);
          return true;
        });
      }
      rmSync(outside, { recursive: true });
    });

    it('notices a file that changed since it was looked at', async () => {
      const file = path.join(folder, 'data', 'a.png');
      const attachment = { mediaType: 'image/png', path: file, size: png.length, sha256: digest.sha256(png) };
      writeFileSync(file, Buffer.from(png).fill(0));
      await assert.rejects(loader.load(attachment, signal), /changed while the run was reading it/);
    });

    it('keeps only as much as fits', async () => {
      const attachmentOf = (bytes: Uint8Array) => ({
        mediaType: 'image/png',
        bytes,
        size: bytes.length,
        sha256: digest.sha256(bytes),
      });
      const large = [1, 2, 3].map(fill => attachmentOf(new Uint8Array(30 * 2 ** 20).fill(fill)));
      const read = [];
      for (const attachment of large) read.push(await loader.load(attachment, signal));
      const [first, second, third] = large;
      assert.ok(first && second && third);
      assert.equal(await loader.load(third, signal), read[2]);
      assert.notEqual(await loader.load(first, signal), read[0]);
    });
  });
});
