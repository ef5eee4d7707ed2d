import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createSeeded } from '../../../../test/fakes/seeded.ts';
import { toJsonLines } from '../../../../test/fakes/tuning.ts';
import { createFiles } from '../../../../platform/files/files.ts';
import { readRows } from '../../../datasets/rows.ts';
import { DataConverter, type Conversion, type ConvertRequest } from './convert.ts';
import { dataForms, type DataForm } from './forms.ts';

const files = createFiles();
const { signal } = new AbortController();

describe('the conversion of rows to learn from', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), 'aiwb-convert-'))));
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, text: string): string => {
    writeFileSync(path.join(folder, name), text);
    return path.join(folder, name);
  };
  const convert = async (
    from: string,
    to: DataForm,
    more: Partial<ConvertRequest> = {},
  ): Promise<Conversion & { readonly text: string }> => {
    const converter = new DataConverter({ path: from, to, ...more }, files);
    let text = '';
    for await (const piece of converter.pieces(signal)) text += piece;
    return { text, ...converter.outcome() };
  };
  const parse = (text: string): unknown[] =>
    text
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as unknown);
  const say = (role: string, content: string) => ({ role, content });

  it('writes one conversation as every form has it', async () => {
    const chat = write('c.jsonl', toJsonLines([{ messages: [say('user', 'Hi'), say('assistant', 'Hello')], id: 7 }]));
    const lines: Record<string, string> = {};
    for (const form of dataForms) lines[form] = (await convert(chat, form)).text;
    assert.deepEqual(lines, {
      chat: '{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello"}],"id":7}\n',
      'prompt-completion': '{"prompt":"Hi","completion":"Hello","id":7}\n',
      sharegpt: '{"conversations":[{"from":"human","value":"Hi"},{"from":"gpt","value":"Hello"}],"id":7}\n',
      alpaca: '{"instruction":"Hi","input":"","output":"Hello","id":7}\n',
      csv: 'input,target,id\r\nHi,Hello,7\r\n',
    });
  });

  it('reads every form, with the instructions and earlier turns that some have', async () => {
    const forms: readonly (readonly [string, object, object[]])[] = [
      [
        'sharegpt',
        {
          system: 'S',
          conversations: [
            { from: 'human', value: 'a' },
            { from: 'gpt', value: 'b' },
          ],
        },
        [say('system', 'S'), say('user', 'a'), say('assistant', 'b')],
      ],
      [
        'alpaca',
        { instruction: 'Do', input: 'this', output: 'done', history: [['x', 'y']] },
        [say('user', 'x'), say('assistant', 'y'), say('user', 'Do\n\nthis'), say('assistant', 'done')],
      ],
      ['prompt-completion', { prompt: 'a', completion: 'b' }, [say('user', 'a'), say('assistant', 'b')]],
      ['columns', { input: 'a', target: 3 }, [say('user', 'a'), say('assistant', '3')]],
      [
        'chat',
        {
          messages: [
            say('developer', 'S'),
            say('user', 'a'),
            { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
          ],
        },
        [say('system', 'S'), say('user', 'a'), say('assistant', 'b')],
      ],
    ];
    for (const [name, row, messages] of forms) {
      const { text, from } = await convert(write(`${name}.jsonl`, toJsonLines([{ ...row, split: 'train' }])), 'chat');
      assert.equal(from, name);
      assert.deepEqual(parse(text), [{ messages, split: 'train' }]);
    }
    const csv = write('q.csv', 'question,reply,split\r\n"a, ""b""",c,train\r\n');
    const { text } = await convert(csv, 'prompt-completion', { named: { input: 'question', target: 'reply' } });
    assert.deepEqual(parse(text), [{ prompt: 'a, "b"', completion: 'c', split: 'train' }]);
  });

  it('loses nothing there and back, whatever the texts are', async () => {
    const random = createSeeded(9);
    const alphabet = ['a', ' ', '"', ',', '\n', '\r\n', '\t', '\\', '{', 'é', '漢', '😀', "'", '|', '0'];
    const words = () =>
      `x${Array.from({ length: Math.floor(random() * 12) }, () => alphabet[Math.floor(random() * alphabet.length)]).join('')}`;
    const single = Array.from({ length: 60 }, (_, index) => ({
      messages: [say('user', words()), say('assistant', words())],
      note: words(),
      index: String(index),
    }));
    const several = single.map(row => ({
      ...row,
      messages: [say('system', words()), ...row.messages, say('user', words()), say('assistant', words())],
    }));
    for (const [rows, forms] of [
      [single, dataForms],
      [several, ['sharegpt', 'chat']],
    ] as const) {
      for (const form of forms) {
        const there = await convert(write('c.jsonl', toJsonLines(rows)), form);
        assert.deepEqual([there.rows, there.refused], [60, 0], form);
        const back = await convert(write(form === 'csv' ? 'there.csv' : 'there.jsonl', there.text), 'chat');
        assert.deepEqual(parse(back.text), rows, form);
      }
    }
  });

  it('leaves out what a form cannot hold, and rows that are at fault, and counts both', async () => {
    const rows = [
      { messages: [say('user', 'a'), say('assistant', 'b')] },
      { messages: [say('system', 's'), say('user', 'a'), say('assistant', 'b')] },
      { messages: [say('user', 'a'), say('assistant', 'b'), say('user', 'c'), say('assistant', 'd')] },
      { messages: [say('user', 'a')] },
      { messages: [say('user', 'a'), { ...say('assistant', 'b'), weight: 0 }] },
      { messages: [say('user', 'a'), say('assistant', 'b')], prompt: 'mine' },
    ];
    const { text, ...outcome } = await convert(write('c.jsonl', toJsonLines(rows)), 'prompt-completion');
    assert.equal(parse(text).length, 1);
    assert.deepEqual([outcome.rows, outcome.refused], [1, 5]);
    assert.deepEqual(
      outcome.faults.map(fault => /\(line (\d)\)/.exec(fault)?.[1]),
      ['2', '3', '4', '5', '6'],
    );
    assert.match(
      outcome.faults.join('\n'),
      /system message, and this form holds none[^]*4 messages[^]*not the assistant’s[^]*"weight", which would be lost[^]*"prompt" already/,
    );
  });

  it('gives a CSV file the columns of its first row, and refuses rows that have others', async () => {
    const rows = [
      { input: 'a', target: 'b', k: 1 },
      { input: 'c', target: 'd' },
      { input: 'e', target: 'f', z: 1 },
    ];
    const { text, refused } = await convert(write('r.jsonl', toJsonLines(rows)), 'csv');
    assert.deepEqual([text, refused], ['input,target,k\r\na,b,1\r\nc,d,\r\n', 1]);
  });

  it('writes one list of JSON on demand', async () => {
    const from = write(
      'r.jsonl',
      toJsonLines([
        { input: 'a', target: 'b' },
        { input: 'c', target: 'd' },
      ]),
    );
    const { text } = await convert(from, 'alpaca', { asList: true });
    assert.equal((JSON.parse(text) as unknown[]).length, 2);
    for await (const batch of readRows(files, write('list.json', text), undefined, signal))
      assert.equal(batch.length, 2);
  });

  it('tells a file of no known form, and one without rows', async () => {
    await assert.rejects(convert(write('r.jsonl', '{"a": 1}\n'), 'chat'), {
      code: 'dataset-invalid',
      message: /the columns a are of no form/,
    });
    await assert.rejects(convert(write('e.jsonl', '\n'), 'chat'), { code: 'dataset-empty' });
  });
});
