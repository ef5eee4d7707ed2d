import assert from 'node:assert/strict';
import { gunzipSync, inflateRawSync } from 'node:zlib';
import { readGolden } from '../../../test/golden/read.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { ascii, memorySource } from './bytes.ts';
import { createFindings, type Observed, type ScanContext } from './findings.ts';
import { trustOf } from './pickle-globals.ts';
import { readPickle } from './pickle-machine.ts';
import { scanFile } from './scan-file.ts';

const { signal } = new AbortController();

async function scan(bytes: Uint8Array, name: string): Promise<readonly Observed[]> {
  const found = createFindings();
  const context: ScanContext = {
    signal,
    report: found.report,
    async unpack(packed, by) {
      const content = await packed.read(0, packed.size);
      try {
        return memorySource(by === 'gzip' ? gunzipSync(content) : inflateRawSync(content));
      } catch (error) {
        throw new WorkbenchError('file-unreadable', String(error));
      }
    },
  };
  await scanFile(memorySource(bytes), name, context);
  return found.list;
}

const rulesOf = (findings: readonly Observed[]): readonly string[] => findings.map(({ rule }) => rule);

describe('unsafe-file scan', () => {
  const golden = readGolden('pickles.json') as {
    readonly files: readonly {
      readonly name: string;
      readonly bytes: string;
      readonly picklescan: string;
      readonly fickling: string;
    }[];
  };

  it('refuses every harmful file of the corpus and no harmless one', async () => {
    const wrong: string[] = [];
    for (const { name, bytes } of golden.files) {
      const findings = await scan(Buffer.from(bytes, 'base64'), name);
      const isUnsafe = findings.some(({ severity }) => severity === 'unsafe');
      if (isUnsafe !== name.startsWith('bad')) wrong.push(`${name}: ${JSON.stringify(findings)}`);
    }
    assert.deepEqual(wrong, []);
    assert.ok(golden.files.length > 140);
  });

  it('finds whatever picklescan finds', async () => {
    for (const { name, bytes, picklescan } of golden.files) {
      if (picklescan !== 'unsafe') continue;
      const findings = await scan(Buffer.from(bytes, 'base64'), name);
      assert.ok(
        findings.some(({ severity }) => severity === 'unsafe'),
        name,
      );
    }
  });

  it('tells names by the memo, by duplicates and by escapes', async () => {
    const read = async (text: string): Promise<readonly string[]> => {
      const { imports, fault } = await readPickle(memorySource(ascii(text)), 0, signal);
      assert.equal(fault, undefined, text);
      return imports.map(({ module, name }) => `${module ?? '?'}.${name ?? '?'}`);
    };
    assert.deepEqual(await read('\x80\x04\x8c\x02os\x94\x8c\x06system\x940h\x00h\x01\x93.'), ['os.system']);
    assert.deepEqual(await read("\x80\x04V\\u006fs\nS'sys\\x74em'\n\x93."), ['os.system']);
    assert.deepEqual(await read('\x80\x04\x8c\x01a2\x93.'), ['a.a']);
    // A memo entry that is overwritten by something computed is not the text it was.
    assert.deepEqual(await read('\x80\x04\x8c\x02osq\x00N\x850]q\x000h\x00\x8c\x06system\x93.'), ['?.system']);
    assert.deepEqual(await read('(ia\nb\n.'), ['a.b']);
    assert.deepEqual(await read('\x80\x02\x82\x07.'), ['?.extension 7']);
  });

  it('takes what stands before a break, and searches what follows it', async () => {
    assert.deepEqual(rulesOf(await scan(ascii('\x80\x04\x8c\x02os\x8c\x06system\x93\xff'), 'a.pkl')).slice(0, 2), [
      'pickle-import-dangerous',
      'pickle-broken',
    ]);
    const findings = await scan(ascii('\x80\x04N\xff garbage cos\nsystem\n(tR.'), 'a.pkl');
    assert.ok(findings.some(({ rule, offset }) => rule === 'pickle-import-dangerous' && offset === 13));
  });

  it('trusts names by their parts', () => {
    assert.equal(trustOf('collections', 'OrderedDict'), 'allowed');
    assert.equal(trustOf('torch._utils', '_rebuild_tensor_v2'), 'allowed');
    assert.equal(trustOf('builtins', 'set'), 'allowed');
    assert.equal(trustOf('sklearn.linear_model', 'LogisticRegression'), 'suspicious');
    for (const [module, name] of [
      ['os.path', 'join'],
      ['builtins', 'exec'],
      ['builtins', 'getattr'],
      ['torch', 'os.system'],
      ['collections', 'abc.sys.modules'],
      ['numpy.testing._private.utils', 'runstring'],
      ['torch.hub', 'load'],
    ] as const)
      assert.equal(trustOf(module, name), 'dangerous', `${module}.${name}`);
  });

  it('tells files by their content, whatever they are called', async () => {
    const cases: readonly (readonly [bytes: string, name: string, rule: string])[] = [
      ['\x7fELF' + '\0'.repeat(60), 'model.bin', 'executable'],
      ['\xcf\xfa\xed\xfe' + '\0'.repeat(60), 'weights.dat', 'executable'],
      ['MZ' + '\0'.repeat(30), 'readme.txt', 'executable'],
      ['#!/bin/sh\n', 'model.safetensors', 'mislabelled'],
      ['#!/bin/sh\n', 'run', 'code-file'],
      ['print(1)\n', 'modeling_x.py', 'code-file'],
      ['BZh91AY', 'model.pkl.bz2', 'archive-unread'],
      ['PK\x03\x04 nothing else', 'a.pt', 'archive-broken'],
      ['\x93NUMPY\x01\x00\xff\xff', 'a.npy', 'numpy-invalid'],
      ['\x89HDF\r\n\x1a\n...{"class_name": "Lambda", "config"', 'm.h5', 'keras-code-layer'],
      ['...\x12\x06PyFunc...', 'saved_model.pb', 'tensorflow-operation'],
      ['\x0a\x08location\x12\x0d../etc/passwd', 'm.onnx', 'onnx-outside'],
      ['{"auto_map": {"AutoModel": "modeling_x.Model"}}', 'config.json', 'remote-code'],
      ['{"auto_map": {"AutoModel": "evil/repo--m.Model"}}', 'config.json', 'remote-code-elsewhere'],
      ['{"chat_template": "{{ x.__class__ }}"}', 'tokenizer_config.json', 'template-dangerous'],
      ["{% set x = cycler['__init' ~ '__'] %}", 'chat_template.jinja', 'template-dangerous'],
      ["{% include 'a' %}", 'chat_template.jinja', 'template-reads-files'],
      ['{"a": ', 'config.json', 'configuration-unreadable'],
    ];
    for (const [bytes, name, rule] of cases) {
      const findings = await scan(ascii(bytes), name);
      assert.ok(rulesOf(findings).includes(rule), `${name}: ${JSON.stringify(findings)}`);
    }
  });

  it('has nothing to say against ordinary texts', async () => {
    for (const [text, name] of [
      ["{% for m in messages %}{{ m['role'] }}: {{ m.content | trim }}{% endfor %}", 'chat_template.jinja'],
      ['{"chat_template": "{{ bos_token }} __class__ is only text"}', 'tokenizer_config.json'],
      ['location of the files: ../data\n', 'README.md'],
      ['i am a text\nof lines\n', 'notes.txt'],
      ['', 'empty.bin'],
    ] as const)
      assert.deepEqual(
        (await scan(ascii(text), name)).filter(({ severity }) => severity !== 'note'),
        [],
        name,
      );
  });

  it('neither fails nor hangs over random bytes', async function () {
    this.timeout(60_000);
    const random = createSeeded(11);
    const starts = [
      '',
      '\x80\x04',
      'PK\x03\x04',
      '\x93NUMPY\x01\x00',
      'GGUF\x03\0\0\0',
      '\x1f\x8b\x08',
      '{{',
      '\x78\x9c',
    ];
    const names = ['a.pkl', 'a.pt', 'a.json', 'a.jinja', 'a.safetensors', 'a', 'a.npy', 'a.onnx', 'a.pb', 'a.h5'];
    const corpus = golden.files.map(({ bytes }) => Buffer.from(bytes, 'base64'));
    for (let round = 0; round < 1500; round++) {
      let bytes: Uint8Array;
      if (round % 2 === 0) {
        const start = ascii(starts[round % starts.length] ?? '');
        bytes = Uint8Array.from({ length: Math.floor(random() * 400) }, () => Math.floor(random() * 256));
        bytes = Buffer.concat([start, bytes]);
      } else {
        bytes = Buffer.from(corpus[Math.floor(random() * corpus.length)] ?? []);
        for (let change = 0; change < 3; change++)
          bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      }
      await scan(bytes, names[round % names.length] ?? 'a');
    }
  });

  it('reads long templates and pickles in time that grows with their length', async () => {
    // Quadratic work over these would take hours.
    await scan(ascii('{{'.repeat(500_000)), 'a.jinja');
    await scan(ascii('{{}}'.repeat(500_000)), 'a.jinja');
    await scan(ascii(`{{${"['_".repeat(300_000)}`), 'a.jinja');
    await scan(ascii(`\x80\x04${'N0'.repeat(1_000_000)}.`), 'a.pkl');
    await scan(ascii('c'.repeat(2_000_000)), 'a.pkl');
  });
});
