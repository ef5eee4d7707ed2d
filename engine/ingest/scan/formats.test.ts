import assert from 'node:assert/strict';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { readGolden } from '../../../test/golden/read.ts';
import { memorySource } from './bytes.ts';
import { createFindings, type ScanContext } from './findings.ts';
import { checkGguf } from './gguf.ts';
import { findRepeatedKey } from './json-keys.ts';
import { checkSafetensors } from './safetensors.ts';

const { signal } = new AbortController();

function context(): { readonly context: ScanContext; readonly messages: () => readonly string[] } {
  const found = createFindings();
  return {
    context: { signal, report: found.report, unpack: source => Promise.resolve(source) },
    messages: () => found.list.map(({ message }) => message),
  };
}

const safetensors = (header: unknown, data = 0): Buffer => {
  const text = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  return Buffer.concat([length, text, Buffer.alloc(data)]);
};
const tensor = (shape: readonly number[], begin: number, end: number, dtype = 'F32'): unknown => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors headers', () => {
  const check = async (bytes: Uint8Array): Promise<string> => {
    const { context: own, messages } = context();
    const facts = await checkSafetensors(memorySource(bytes), 'm.safetensors', own);
    return facts === undefined ? (messages()[0] ?? '') : 'valid';
  };

  it('of the reference implementation are valid', async () => {
    const golden = readGolden('safetensors.json') as { readonly files: readonly { readonly base64: string }[] };
    for (const { base64 } of golden.files) assert.equal(await check(Buffer.from(base64, 'base64')), 'valid');
    assert.equal(await check(safetensors({ a: tensor([3], 0, 6, 'BF16'), b: tensor([], 6, 10) }, 10)), 'valid');
    assert.equal(await check(safetensors({ __metadata__: { format: 'pt' } })), 'valid');
  });

  it('that lie are told', async () => {
    for (const [bytes, message] of [
      [Buffer.alloc(4), /too short/],
      [Buffer.from('\xff\xff\xff\xff\xff\xff\xff\x7f{}', 'latin1'), /would have/],
      [safetensors({ a: tensor([1], 0, 4) }, 4).subarray(0, 30), /ends behind/],
      [safetensors('[1]'), /no JSON object/],
      [safetensors('{"a"'), /no JSON/],
      [safetensors(`{"a":${JSON.stringify(tensor([1], 0, 4))},"a":${JSON.stringify(tensor([1], 0, 4))}}`, 4), /twice/],
      [safetensors({ a: { ...(tensor([1], 0, 4) as object), dtype: 'F1' } }, 4), /unknown element type/],
      [safetensors({ a: tensor([2], 0, 4) }, 4), /its shape needs 8/],
      [safetensors({ a: tensor([2 ** 40, 2 ** 40], 0, 4) }, 4), /impossible shape/],
      [safetensors({ a: tensor([-1], 0, 4) }, 4), /no valid shape/],
      [safetensors({ a: tensor([1], 0, 4), b: tensor([1], 8, 12) }, 12), /gap/],
      [safetensors({ a: tensor([1], 0, 4), b: tensor([1], 2, 6) }, 6), /overlaps/],
      [safetensors({ a: tensor([1], 0, 4) }, 8), /4 bytes follow/],
      [safetensors({ a: tensor([1], 0, 4) }, 2), /behind the file/],
      [safetensors({ __metadata__: { a: 1 } }), /metadata/],
    ] as const)
      assert.match(await check(bytes), message);
  });

  it('are read without failing, whatever they are', async () => {
    const random = createSeeded(2);
    const good = safetensors({ a: tensor([1], 0, 4), __metadata__: { a: 'b' } }, 4);
    for (let round = 0; round < 1000; round++) {
      const bytes = Buffer.from(good);
      for (let i = 0; i < 2; i++) bytes[Math.floor(random() * bytes.length)] = Math.floor(random() * 256);
      await check(bytes);
    }
  });

  it('have no key twice, at any depth', () => {
    assert.equal(findRepeatedKey('{"a":{"b":1,"c":[{"d":1},{"d":2}]},"e":"\\"a\\""}'), undefined);
    assert.equal(findRepeatedKey('{"a":{"b":1,"\\u0062":2}}'), 'b');
    assert.equal(findRepeatedKey('{"a":["x","x"],"b":"a"}'), undefined);
  });
});

/** Writes GGUF a value at a time. */
class Writer {
  readonly parts: Buffer[] = [];
  u32(value: number): this {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.parts.push(bytes);
    return this;
  }
  u64(value: number): this {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.parts.push(bytes);
    return this;
  }
  text(value: string): this {
    this.u64(Buffer.byteLength(value));
    this.parts.push(Buffer.from(value));
    return this;
  }
  raw(value: string): this {
    this.parts.push(Buffer.from(value, 'latin1'));
    return this;
  }
  done(padding = 0): Buffer {
    return Buffer.concat([...this.parts, Buffer.alloc(padding)]);
  }
}

describe('GGUF headers', () => {
  const check = async (bytes: Uint8Array): Promise<string> => {
    const { context: own, messages } = context();
    const facts = await checkGguf(memorySource(bytes), 'm.gguf', own);
    return facts === undefined ? (messages()[0] ?? '') : (messages()[0] ?? 'valid');
  };
  const start = (tensors: number, keys: number, version = 3): Writer =>
    new Writer().raw('GGUF').u32(version).u64(tensors).u64(keys);
  const one = (begin = 0, elements = 8, type = 0): Writer =>
    start(1, 1).text('general.name').u32(8).text('m').text('t').u32(1).u64(elements).u32(type).u64(begin);
  const pad = (writer: Writer, data: number): Buffer => {
    const size = writer.done().length;
    return writer.done(Math.ceil(size / 32) * 32 - size + data);
  };

  it('that fit are valid', async () => {
    assert.equal(await check(pad(one(), 32)), 'valid');
    assert.equal(await check(start(0, 0).done()), 'valid');
    const array = start(0, 1).text('tokens').u32(9).u32(8).u64(2).text('a').text('b');
    assert.equal(await check(array.done()), 'valid');
  });

  it('that lie are told', async () => {
    for (const [bytes, message] of [
      [new Writer().raw('GGUF').done(), /too short/],
      [start(0, 0, 9).done(), /version is 9/],
      [start(0, 0, 0x03000000).done(), /big-endian/],
      [start(2 ** 40, 0).done(), /tensors/],
      [start(0, 2 ** 40).done(), /keys/],
      [
        start(0, 1)
          .u64(2 ** 50)
          .done(),
        /would have/,
      ],
      [
        start(0, 1)
          .text('a')
          .u32(8)
          .u64(2 ** 33)
          .done(),
        /would have/,
      ],
      [start(0, 1).text('a').u32(99).done(), /type 99/],
      [
        start(0, 1)
          .text('a')
          .u32(9)
          .u32(0)
          .u64(2 ** 40)
          .done(),
        /elements/,
      ],
      [start(0, 2).text('a').u32(0).raw('x').text('a').u32(0).raw('x').done(), /twice/],
      [start(0, 1).text('general.alignment').u32(4).u32(0).done(), /alignment/],
      [pad(one(), 8), /behind the file/],
      [pad(one(7), 64), /not aligned/],
      [pad(one(0, 2 ** 52), 64), /behind the file|impossible/],
      [start(0, 1).text('a').u32(8).done(), /middle of its header/],
    ] as const)
      assert.match(await check(bytes), message);
  });

  it('have their chat template looked through', async () => {
    const evil = start(0, 1).text('tokenizer.chat_template').u32(8).text("{{ ''.__class__ }}");
    assert.match(await check(evil.done()), /tokenizer\.chat_template uses "__class__"/);
  });

  it('are read without failing, whatever they are', async () => {
    const random = createSeeded(4);
    const good = pad(one(), 32);
    for (let round = 0; round < 1500; round++) {
      const bytes = Buffer.from(good);
      for (let i = 0; i < 2; i++) bytes[4 + Math.floor(random() * (bytes.length - 4))] = Math.floor(random() * 256);
      await check(bytes);
    }
  });
});
