import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toJsonLines } from '../../../test/fakes/tuning.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import type { TuningDataset } from '../../../schemas/generated/files.ts';
import { createFiles } from '../../../platform/files/files.ts';
import { createDigest } from '../../../platform/host/digest.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { encodeWav } from '../../datasets/audio/wav.ts';
import { readTrainingRows, scanDataset } from '../../datasets/scan.ts';
import { checkAspects } from '../checks.ts';
import { readAspects, type AspectRows, type TuningRow } from '../rows.ts';
import type { RowOptions } from './read-split.ts';

const { signal } = new AbortController();
const digest = createDigest();
const files = createFiles();
const byField = { field: 'split', train: 'train', test: 'test', validation: 0.3 };

let folder: string;
function write(name: string, content: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), content);
}

async function read(datasets: readonly TuningDataset[], options: RowOptions = {}): Promise<AspectRows> {
  const aspect = { datasets: datasets as [TuningDataset, ...TuningDataset[]] };
  const [rows] = await readAspects([['core-performance', aspect]], folder, files, digest, signal, options);
  return rows!;
}

const refuses =
  (code: string, ...parts: RegExp[]) =>
  (error: unknown) => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, code, error.message);
    for (const part of parts) assert.match(`${error.message}\n${error.remedy ?? ''}`, part);
    return true;
  };

const all = ({ training, validation, test }: AspectRows): TuningRow[] => [...training, ...validation, ...test];
const splitOf = (index: number): string => (index % 4 === 0 ? 'test' : 'train');

describe('the rows of a tuning job', () => {
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-tuning-rows-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const chat = (index: number, answer = `answer ${String(index)}`) => [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: `question ${String(index)}` },
    { role: 'assistant', content: answer },
  ];
  const chats = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ messages: chat(index), split: splitOf(index) }));
  const ofChat: TuningDataset = { path: 'chat.jsonl', messages: 'messages', split: byField };

  it('are conversations, whose last message is the answer', async () => {
    write('chat.jsonl', toJsonLines(chats(40)));
    const rows = await read([ofChat]);
    assert.equal(all(rows).length, 40);
    const [row] = rows.test;
    assert.equal(row?.label, 'answer 0');
    assert.deepEqual(row.messages, chat(0).slice(0, 2));
    assert.equal(row.content, digest.sha256('question 0'));
    checkAspects([rows], 'text-generation');
  });

  it('are prompts with completions, with the instruction of the dataset before them', async () => {
    const rows = Array.from({ length: 30 }, (_, index) => ({
      q: `ask ${index}`,
      a: `say ${index}`,
      split: splitOf(index),
    }));
    write('pairs.csv', `q,a,split\n${rows.map(({ q, a, split }) => `${q},${a},${split}\n`).join('')}`);
    const dataset: TuningDataset = { path: 'pairs.csv', input: 'q', target: 'a', split: byField };
    const plain = await read([dataset], { task: 'text-generation' });
    const told = await read([{ ...dataset, system: 'Be kind.' }]);
    assert.deepEqual(plain.test[0]?.messages, [{ role: 'user', content: 'ask 0' }]);
    assert.deepEqual(told.test[0]?.messages?.[0], { role: 'system', content: 'Be kind.' });
    assert.notEqual(plain.test[0].digest, told.test[0].digest);
    assert.deepEqual(
      told.validation.map(({ line }) => line),
      plain.validation.map(({ line }) => line),
    );
    assert.equal((await read([dataset])).test[0]?.messages, undefined);
  });

  const tone = (seed: number): Uint8Array =>
    encodeWav({
      samples: Float64Array.from({ length: 1600 }, (_, at) => Math.sin(at * seed)),
      channels: 1,
      rate: 16_000,
    });
  const ofSound: TuningDataset = { path: 'sounds.jsonl', audio: 'file', target: 'said', split: byField };

  it('are sounds with what is said in them', async () => {
    const rows = Array.from({ length: 12 }, (_, index) => ({
      file: `wav/${index}.wav`,
      said: `words ${index}`,
      split: splitOf(index),
    }));
    rows.forEach(({ file }, index) => write(file, tone(index + 1)));
    write('sounds.jsonl', toJsonLines(rows));
    const [row] = (await read([ofSound])).test;
    assert.deepEqual(row?.audio, { path: path.join(folder, 'wav/0.wav'), digest: digest.sha256(tone(1)) });
    assert.equal(row.label, 'words 0');
    assert.equal(row.text, 'wav/0.wav');
    assert.equal(row.seconds, 0.1);
    const selection = {
      path: path.join(folder, 'sounds.jsonl'),
      dataset: { path: '', audio: 'file', target: 'said', split: byField },
      limit: 1,
    };
    assert.equal(row.digest, (await scanDataset(files, digest, selection, signal)).preview[0]?.digest);
  });

  it('whose sound is missing, of another kind, or has too long a transcript are told together', async () => {
    const rows = ['a.wav', 'gone.wav', 'b.wav', 'c.wav', 'lost.wav'].map(file => ({
      file,
      said: 'words',
      split: 'train',
    }));
    rows[3]!.said = 'la '.repeat(800);
    write('sounds.jsonl', toJsonLines(rows));
    write('a.wav', tone(1));
    write('b.wav', 'ID3 this is an MP3');
    write('c.wav', tone(3));
    await assert.rejects(
      read([ofSound]),
      refuses(
        'dataset-invalid',
        /4 rows are at fault:/,
        /2 rows: .*gone\.wav.*there is no such file \(lines 2, 5\)/,
        /1 row: .*MP3.*\(line 3\)/,
        /1 row: the transcript has 2400 characters.*\(line 4\)/,
      ),
    );
  });

  it('that are no conversations are told together, with their lines and how many they are', async () => {
    const bad = [
      { messages: [{ role: 'bot', content: 'x' }] },
      { messages: chat(1).slice(0, 2) },
      { messages: [...chat(2), { role: 'assistant', content: 'more' }] },
      { messages: chat(3, '  ') },
      { messages: [] },
      { messages: 'hello' },
      { messages: [{ role: 'assistant', content: 'x' }] },
      {
        messages: [
          { role: 'user', content: 'a\u0000b' },
          { role: 'assistant', content: 'x' },
        ],
      },
      { messages: [...chat(4).slice(1), { role: 'system', content: 'late' }, ...chat(5).slice(1)] },
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url' }] },
          { role: 'assistant', content: 'x' },
        ],
      },
      ...Array.from({ length: 9 }, () => ({ messages: chat(1).slice(0, 2) })),
    ].map((row, index) => ({ ...row, split: index % 3 === 1 ? 'test' : 'train' }));
    write('chat.jsonl', toJsonLines([...chats(8), ...bad]));
    await assert.rejects(
      read([ofChat]),
      refuses(
        'dataset-invalid',
        /chat\.jsonl: 19 rows are at fault:/,
        /1 row: a message has the role "bot" \(line 9\)/,
        /10 rows: the last message is the user’s and not the assistant’s \(lines [\d, ]+ and 5 more\)/,
        /two messages of the assistant follow each other \(line 11\)/,
        /the answer is empty \(line 12\)/,
        /2 rows: there is no conversation.*\(lines 1[34], 1[34]\)/,
        /the user asks nothing before the answer \(line 15\)/,
        /control characters, such as U\+0000 \(line 16\)/,
        /a system message stands after the first message \(line 17\)/,
        /something else than text \(line 18\)/,
        /Roles are `system`, `user` and `assistant`\./,
      ),
    );
  });

  it('stop being read where a thousand are at fault', async () => {
    write('chat.jsonl', toJsonLines(Array.from({ length: 5000 }, () => ({ messages: [], split: 'train' }))));
    await assert.rejects(read([ofChat]), refuses('dataset-invalid', /1000 or more rows are at fault/));
  });

  it('come from several datasets, each split in its own way', async () => {
    write('chat.jsonl', toJsonLines(chats(40)));
    write('more/train.jsonl', toJsonLines(Array.from({ length: 20 }, (_, index) => ({ q: `t${index}`, a: 'x' }))));
    write('more/test.jsonl', toJsonLines(Array.from({ length: 5 }, (_, index) => ({ q: `e${index}`, a: 'x' }))));
    const more: TuningDataset = {
      path: 'more/train.jsonl',
      input: 'q',
      target: 'a',
      split: { test: 'test.jsonl', validation: 0.3 },
    };
    const rows = await read([ofChat, more], { task: 'text-generation' });
    assert.equal(rows.test.length, 15);
    assert.equal(rows.training.length + rows.validation.length, 50);
    assert.deepEqual(
      rows.datasets.map(({ test }) => test.length),
      [10, 5],
    );
    assert.equal(rows.dataset.path, 'chat.jsonl');
  });

  it('are refused where one dataset tests the conversation, sound or text that another learns', async () => {
    write('chat.jsonl', toJsonLines(chats(40)));
    write(
      'pairs.jsonl',
      toJsonLines([
        ...Array.from({ length: 20 }, (_, index) => ({ q: `t${index}`, a: 'x', split: 'train' })),
        { q: ' question 1 ', a: 'x', split: 'test' },
      ]),
    );
    const pairs: TuningDataset = { path: 'pairs.jsonl', input: 'q', target: 'a', split: byField };
    const rows = await read([ofChat, pairs], { task: 'text-generation' });
    assert.throws(
      () => {
        checkAspects([rows], 'text-generation');
      },
      refuses('dataset-leakage', /pairs\.jsonl:21 is chat\.jsonl:2\b/),
    );

    const sounds = Array.from({ length: 12 }, (_, index) => ({
      file: `${index}.wav`,
      said: 'words',
      split: splitOf(index),
    }));
    sounds.forEach(({ file }, index) => write(file, tone(index === 4 ? 2 : index + 1)));
    write('sounds.jsonl', toJsonLines(sounds));
    const heard = await read([ofSound]);
    assert.throws(
      () => {
        checkAspects([heard], 'automatic-speech-recognition');
      },
      refuses('dataset-leakage', /1 test row has the sound of a training row: sounds\.jsonl:5 is sounds\.jsonl:2\b/),
    );
  });

  it('that long conversations share are told apart by their turns', async () => {
    const turns = (first: string) => [
      { role: 'user', content: first },
      { role: 'assistant', content: 'ok' },
      { role: 'user', content: 'go on' },
      { role: 'assistant', content: 'fine' },
    ];
    const rows = Array.from({ length: 24 }, (_, index) => ({ messages: turns(`t${index}`), split: splitOf(index) }));
    write('chat.jsonl', toJsonLines(rows));
    checkAspects([await read([ofChat])], 'text-generation');
    write('chat.jsonl', toJsonLines([...rows, { messages: turns('t1'), split: 'test' }]));
    const again = await read([ofChat]);
    assert.throws(() => {
      checkAspects([again], 'text-generation');
    }, refuses('dataset-leakage'));
  });

  it('are split by shares as a benchmark over the same columns splits them', async () => {
    write(
      'rows.jsonl',
      toJsonLines(Array.from({ length: 200 }, (_, index) => ({ q: `q${index}`, a: `a${index % 3}`, s: 'x' }))),
    );
    const dataset = { path: 'rows.jsonl', input: 'q', target: 'a', slices: ['s'], split: { test: '30%', seed: 3 } };
    const rows = await read([dataset]);
    const selection = { path: path.join(folder, 'rows.jsonl'), dataset, limit: undefined };
    const bench = await readTrainingRows(files, digest, selection, signal);
    assert.deepEqual(
      [...rows.training, ...rows.validation].map(({ text }) => text).sort(),
      bench.rows.map(({ text }) => text).sort(),
    );
    assert.equal((await scanDataset(files, digest, selection, signal)).rows, rows.test.length);
  });

  it('keep their split by shares when rows are added, and another seed gives another one', async () => {
    const random = createSeeded(11);
    for (let round = 0; round < 5; round += 1) {
      const rows = Array.from({ length: 60 + Math.floor(random() * 100) }, (_, index) => ({
        q: `r${round} ${index}`,
        a: 'x',
      }));
      const dataset: TuningDataset = {
        path: 'rows.jsonl',
        input: 'q',
        target: 'a',
        split: { test: '40%', validation: 0.2, seed: Math.floor(random() * 1e6) },
      };
      const rolesOf = ({ training, validation, test }: AspectRows) =>
        new Map([
          ...training.map(row => [row.text, 'train'] as const),
          ...validation.map(row => [row.text, 'validation'] as const),
          ...test.map(row => [row.text, 'test'] as const),
        ]);
      write('rows.jsonl', toJsonLines(rows));
      const before = rolesOf(await read([dataset]));
      assert.equal(before.size, rows.length);
      assert.deepEqual(rolesOf(await read([dataset])), before);
      write('rows.jsonl', toJsonLines([{ q: 'new 1', a: 'x' }, ...rows, { q: 'new 2', a: 'x' }]));
      const after = rolesOf(await read([dataset]));
      for (const [text, role] of before) assert.equal(after.get(text), role);
      const other = rolesOf(await read([{ ...dataset, split: { ...dataset.split, seed: 1 } }]));
      assert.notDeepEqual(
        [...other].filter(([text]) => before.has(text)),
        [...before],
      );
    }
  });

  it('of one group go into one split by shares, stratified or not', async () => {
    const random = createSeeded(23);
    for (let round = 0; round < 6; round += 1) {
      const rows = Array.from({ length: 240 }, (_, index) => ({
        q: `r${round} ${index}`,
        a: 'x',
        person: `p${Math.floor(random() * 40)}`,
        kind: random() < 0.3 ? 'rare' : 'usual',
      }));
      write('rows.jsonl', toJsonLines(rows));
      const stratify = round % 2 === 0 ? {} : { stratify: 'kind' };
      const dataset: TuningDataset = {
        path: 'rows.jsonl',
        input: 'q',
        target: 'a',
        split: { test: '30%', validation: 0.2, group: 'person', seed: round, ...stratify },
      };
      const read1 = await read([dataset]);
      checkAspects([read1], 'text-generation');
      const placed = new Map<string, string>();
      for (const [role, own] of Object.entries({
        train: read1.training,
        validation: read1.validation,
        test: read1.test,
      })) {
        for (const { groupName = '' } of own) {
          assert.ok([undefined, role].includes(placed.get(groupName)), `${groupName} is in two roles`);
          placed.set(groupName, role);
        }
      }
      assert.equal(all(read1).length, rows.length);
      if (round % 2 === 1) {
        const tested = [...placed.values()].filter(role => role === 'test').length;
        assert.equal(tested, Math.round(0.3 * placed.size));
      }
    }
  });

  it('take the exact share of every value that is stratified by', async () => {
    const rows = Array.from({ length: 100 }, (_, index) => ({ q: `q${index}`, a: index < 80 ? 'often' : 'seldom' }));
    write('rows.jsonl', toJsonLines(rows));
    const { test } = await read([
      { path: 'rows.jsonl', input: 'q', target: 'a', split: { test: '30%', stratify: 'a' } },
    ]);
    assert.deepEqual([test.filter(({ label }) => label === 'often').length, test.length], [24, 30]);
  });

  it('that ask the same and lie in both shares are told how to keep them together', async () => {
    const rows = Array.from({ length: 200 }, (_, index) => ({ q: `q${index % 50}`, a: `a${index}` }));
    write('rows.jsonl', toJsonLines(rows));
    const split = { test: '30%' };
    const apart = await read([{ path: 'rows.jsonl', input: 'q', target: 'a', split }]);
    assert.throws(
      () => {
        checkAspects([apart], 'text-generation');
      },
      refuses('dataset-leakage', /set `split\.group: q`/),
    );
    checkAspects(
      [await read([{ path: 'rows.jsonl', input: 'q', target: 'a', split: { ...split, group: 'q' } }])],
      'text-generation',
    );
  });

  it('are all that are not tested where a split column names the test rows alone', async () => {
    write('chat.jsonl', toJsonLines(chats(40)));
    const rows = await read([{ ...ofChat, split: { field: 'split', test: 'test' } }]);
    assert.deepEqual([rows.training.length + rows.validation.length, rows.test.length], [30, 10]);
    await assert.rejects(
      read([{ ...ofChat, split: { field: 'split', train: 'dev', test: 'test' } }]),
      refuses('dataset-empty', /no row has split = "dev"/),
    );
  });

  it('with sounds in the dataset itself are kept as files where somebody keeps them', async () => {
    // A row of a Parquet file or a Hugging Face folder holds bytes; the same way is taken by this list.
    const { keepSound } = {
      keepSound: (bytes: Uint8Array, sha256: string) => {
        write(`kept/${sha256}`, bytes);
        return Promise.resolve(path.join(folder, 'kept', sha256));
      },
    };
    const { parquetWriteBuffer } = await import('hyparquet-writer');
    const bytes = Array.from({ length: 12 }, (_, index) => tone(index + 1));
    write(
      'sounds.parquet',
      new Uint8Array(
        parquetWriteBuffer({
          columnData: [
            { name: 'sound', data: bytes, type: 'BYTE_ARRAY' },
            { name: 'said', data: bytes.map((_, index) => `words ${index}`), type: 'STRING' },
            { name: 'split', data: bytes.map((_, index) => splitOf(index)), type: 'STRING' },
          ],
        }),
      ),
    );
    const dataset: TuningDataset = { path: 'sounds.parquet', audio: 'sound', target: 'said', split: byField };
    const { test } = await read([dataset], { keepSound });
    assert.equal(test[0]?.audio?.path, path.join(folder, 'kept', digest.sha256(tone(1))));
    await assert.rejects(read([dataset]), refuses('dataset-invalid', /holds its sounds in itself/));
  });
});
