import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Dataset } from '../../schemas/generated/files.ts';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { AskedRow } from './asked-row.ts';
import { encodeWav } from './audio/wav.ts';
import { scanDataset } from './scan.ts';
import { readAskedRows } from './selection.ts';

const signal = new AbortController().signal;
const files = createFiles();
const digest = createDigest();
const png = Buffer.from('89504e470d0a1a0a', 'hex');
const wav = encodeWav({ samples: Float64Array.of(0.5, -0.5), channels: 1, rate: 8000 });
const fixtures = fileURLToPath(new URL('../../test/fixtures/data/', import.meta.url));

async function asked(file: string, dataset: Partial<Dataset>, folder?: string): Promise<AskedRow[]> {
  const selection = {
    path: file,
    dataset: { path: file, ...dataset },
    limit: undefined,
    ...(folder === undefined ? {} : { folder }),
  };
  const rows: AskedRow[] = [];
  for await (const batch of readAskedRows(files, digest, selection, signal)) rows.push(...batch);
  return rows;
}

describe('files that go with rows', () => {
  let root = '';
  let inside = '';
  before(() => {
    root = realpathSync(mkdtempSync(path.join(tmpdir(), 'aiwb-attach-')));
    inside = path.join(root, 'workspace', 'data');
    mkdirSync(inside, { recursive: true });
    writeFileSync(path.join(inside, 'a.png'), png);
    writeFileSync(path.join(inside, 'a.wav'), wav);
    writeFileSync(path.join(root, 'workspace', 'beside.png'), png);
    writeFileSync(path.join(root, 'outside.png'), png);
    symlinkSync(path.join(root, 'outside.png'), path.join(inside, 'link.png'));
    symlinkSync(root, path.join(inside, 'up'), 'junction');
  });
  after(() => rmSync(root, { recursive: true, force: true }));

  const read = (row: object, dataset: Partial<Dataset>, folder?: string): Promise<AskedRow[]> => {
    const file = path.join(inside, 'rows.jsonl');
    writeFileSync(file, JSON.stringify({ q: 'What?', ...row }));
    return asked(file, { input: 'q', ...dataset }, folder);
  };

  it('are told by their content, and change the digest of the row', async () => {
    const [row] = await read({ p: 'a.png', more: null, s: 'a.wav' }, { images: ['p', 'more'], audio: 's' });
    const picture = { mediaType: 'image/png', size: 8, sha256: digest.sha256(png), path: path.join(inside, 'a.png') };
    assert.deepEqual(row?.images, [picture]);
    assert.deepEqual([row.audio?.mediaType, row.audio?.sha256], ['audio/wav', digest.sha256(wav)]);
    const [plain] = await read({ p: 'a.png' }, {});
    assert.notEqual(row.digest, plain?.digest);
    writeFileSync(path.join(inside, 'b.png'), Buffer.concat([png, png]));
    const [other] = await read({ p: 'b.png' }, { images: 'p' });
    const [same] = await read({ p: 'a.png' }, { images: 'p' });
    assert.notEqual(other?.digest, same?.digest);
  });

  it('stand for the text where no column is asked', async () => {
    const file = path.join(inside, 'sounds.jsonl');
    writeFileSync(file, '{"s":"a.wav"}');
    assert.equal((await asked(file, { audio: 's' }))[0]?.input, 'a.wav');
    await assert.rejects(asked(file, {}), /does not say which column is asked/);
  });

  it('lie in the dataset folder or the workspace, wherever links lead', async () => {
    const images = { images: 'p' };
    assert.equal((await read({ p: '../beside.png' }, images, path.join(root, 'workspace')))[0]?.images?.length, 1);
    const outside = [
      '../beside.png',
      '../../outside.png',
      path.join(root, 'outside.png'),
      'link.png',
      'up/outside.png',
    ];
    for (const p of outside) await assert.rejects(read({ p }, images), /lies outside the dataset's folder/, p);
    await assert.rejects(read({ p: 'link.png' }, images, path.join(root, 'workspace')), /lies outside/);
  });

  it('are refused when they are missing, elsewhere, too large or of another kind', async () => {
    const images = { images: 'p' };
    await assert.rejects(
      read({ p: 'none.png' }, images),
      /rows\.jsonl:1: the column "p" names "none\.png", and there is no/,
    );
    await assert.rejects(read({ p: '.' }, images), /no such file/);
    await assert.rejects(read({ p: 'a\0b' }, images), /no such file/);
    await assert.rejects(read({ p: 'https://h.example/x.png' }, images), /holds an address/);
    await assert.rejects(read({ p: 'data:image/png;base64,AAAA' }, images), /holds an address/);
    await assert.rejects(read({ p: 7 }, images), /holds no image/);
    await assert.rejects(read({ p: 'a.wav' }, images), /holds audio\/wav, not image/);
    await assert.rejects(read({ s: 'a.png' }, { audio: 's' }), /holds image\/png, not audio/);
    await assert.rejects(read({ p: 'a.png' }, { images: 'pp' }), { code: 'dataset-column-missing' });
    writeFileSync(path.join(inside, 'large.png'), Buffer.concat([png, Buffer.alloc(20 * 1024 * 1024)]));
    await assert.rejects(read({ p: 'large.png' }, images), /more than 20 MiB/);
  });

  it('that call themselves WAV must be PCM and as long as they say', async () => {
    writeFileSync(path.join(inside, 'cut.wav'), wav.subarray(0, 46));
    await assert.rejects(read({ s: 'cut.wav' }, { audio: 's' }), /says 4 bytes of sound, and 2 are there/);
    const adpcm = path.join(fixtures, 'wav', 'ima-adpcm.wav');
    await assert.rejects(read({ s: adpcm }, { audio: 's' }, fixtures), /IMA ADPCM, not PCM/);
    const [mp3] = await read({ s: path.join(fixtures, 'wav', 'disguised.wav') }, { audio: 's' }, fixtures).catch(
      (error: unknown) => {
        assert.match(String(error), /an MP3 file, not a WAV file/);
        return [];
      },
    );
    assert.equal(mp3, undefined);
  });

  it('may be the bytes that Hugging Face keeps in the row', async () => {
    const folder = path.join(fixtures, 'huggingface', 'shards');
    const rows = await asked(folder, {
      input: 'text',
      target: 'label',
      images: 'picture',
      split: { test: 'test' },
      slices: ['meta.mood'],
    });
    assert.equal(rows.length, 3);
    const [first] = rows;
    assert.equal(first?.images?.[0]?.mediaType, 'image/png');
    assert.equal(first.images[0].path, undefined);
    assert.equal(first.images[0].sha256, digest.sha256(first.images[0].bytes ?? ''));
    assert.deepEqual(first.slices, { 'meta.mood': 'calm' });
    const dataset = { path: folder, input: 'text', target: 'label', images: 'picture', split: { test: 'test' } };
    const { preview } = await scanDataset(files, digest, { path: folder, dataset, limit: undefined }, signal);
    const [kept] = preview;
    assert.deepEqual([kept?.values['picture'], kept?.values['text']], [null, 'text 5']);
    assert.deepEqual([kept?.images?.[0]?.bytes, kept?.images?.[0]?.sha256], [undefined, first.images[0].sha256]);
  });
});

describe('folders of WAV files', () => {
  let root = '';
  before(() => (root = realpathSync(mkdtempSync(path.join(tmpdir(), 'aiwb-wav-')))));
  after(() => rmSync(root, { recursive: true, force: true }));

  function lay(name: string, content: Readonly<Record<string, string | Uint8Array>>): string {
    for (const [file, bytes] of Object.entries(content)) {
      const full = path.join(root, name, file);
      mkdirSync(path.dirname(full), { recursive: true });
      writeFileSync(full, bytes);
    }
    return path.join(root, name);
  }

  const sounds = async (folder: string, dataset: Partial<Dataset> = {}): Promise<string[]> =>
    (await asked(folder, { format: 'wav-folder', ...dataset })).map(
      row => `${row.input}=${row.target} ${path.relative(root, row.audio?.path ?? '')}`,
    );

  it('take transcripts from a list, with its other columns', async () => {
    const csv = lay('csv', { 'metadata.csv': 'file_name,text,speaker\nx/b.wav,Hello,7\n', 'x/b.wav': wav });
    assert.deepEqual(await sounds(csv), ['x/b.wav=Hello csv/x/b.wav']);
    assert.deepEqual((await asked(csv, { format: 'wav-folder', slices: ['speaker'] }))[0]?.slices, { speaker: '7' });
    const lines = lay('jsonl', { 'metadata.jsonl': '{"audio":"b.wav","transcription":"Hi"}', 'b.wav': wav });
    assert.deepEqual(await sounds(lines), ['b.wav=Hi jsonl/b.wav']);
    const tsv = lay('tsv', { 'transcripts.tsv': 'b.wav\tGood day\na.wav\tBye\n', 'b.wav': wav, 'a.wav': wav });
    assert.deepEqual(await sounds(tsv), ['b.wav=Good day tsv/b.wav', 'a.wav=Bye tsv/a.wav']);
    const headed = lay('headed', { 'transcripts.tsv': 'path\tsentence\nb.wav\tGood day\n', 'b.wav': wav });
    assert.deepEqual(await sounds(headed), ['b.wav=Good day headed/b.wav']);
  });

  it('take transcripts from beside the sounds, and from LibriSpeech chapters', async () => {
    const beside = lay('beside', { 'b.wav': wav, 'b.txt': ' two \n', 'a.WAV': wav, 'a.txt': 'one' });
    assert.deepEqual(await sounds(beside), ['a.WAV=one beside/a.WAV', 'b.wav=two beside/b.wav']);
    const libri = lay('libri', {
      '84/121/84-121-0000.wav': wav,
      '84/121/84-121-0001.wav': wav,
      '84/121/84-121.trans.txt': '84-121-0000 GO DO YOU HEAR\n84-121-0001 BUT IN LESS\n',
    });
    assert.deepEqual(await sounds(libri), [
      '84/121/84-121-0000.wav=GO DO YOU HEAR libri/84/121/84-121-0000.wav',
      '84/121/84-121-0001.wav=BUT IN LESS libri/84/121/84-121-0001.wav',
    ]);
  });

  it('are handed on before their noisy versions fill the memory', async () => {
    const long = encodeWav({ samples: new Float64Array(1_000_000).fill(0.1), channels: 1, rate: 16_000 });
    const names = Array.from({ length: 4 }, (_, at) => `${at}.wav`);
    const list = `file_name,text\n${names.map(name => `${name},x`).join('\n')}\n`;
    const folder = lay('long', { 'metadata.csv': list, ...Object.fromEntries(names.map(name => [name, long])) });
    const dataset = { path: folder, format: 'wav-folder' as const };
    const selection = { path: folder, dataset, limit: undefined, perturbations: [{ noise: { snr: [10, 0] } }] };
    const batches: number[] = [];
    for await (const batch of readAskedRows(files, digest, selection, signal)) batches.push(batch.length);
    assert.equal(
      batches.reduce((sum, rows) => sum + rows, 0),
      12,
    );
    // Two noisy versions of two megabytes each: three sounds pass eight megabytes.
    assert.deepEqual(batches, [9, 3]);
  });

  it('say which sound lacks its transcript or its file', async () => {
    await assert.rejects(sounds(lay('silent', { 'a.wav': wav })), /a\.wav has no transcript/);
    const gone = lay('gone', { 'metadata.csv': 'file_name,text\nx.wav,Hello\n' });
    await assert.rejects(sounds(gone), /metadata\.csv:2: the column "audio" names "x\.wav", and there is no such file/);
    await assert.rejects(sounds(lay('nameless', { 'metadata.csv': 'text\nHello\n' })), /names no sound file/);
    const untold = lay('untold', { 'metadata.csv': 'file_name,speaker\nx.wav,3\n' });
    await assert.rejects(sounds(untold), /no column "transcript"/);
    await assert.rejects(asked(path.join(root, 'none'), { format: 'wav-folder' }), { code: 'file-not-found' });
  });
});
