import assert from 'node:assert/strict';
import { readGolden } from '../../test/golden/read.ts';
import { WorkbenchError } from '../base/errors.ts';
import { readSafetensors, writeSafetensors, type Tensor } from './safetensors.ts';

interface Golden {
  readonly files: readonly {
    metadata: Record<string, string>;
    tensors: { name: string; type: 'float32' | 'float64' | 'int32' | 'uint8'; shape: number[]; values: number[] }[];
    base64: string;
  }[];
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, uint8: Uint8Array };

/** A file with this header and so many bytes of tensors. */
function fileOf(header: unknown, data = 0, length?: number): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const bytes = new TextEncoder().encode(text);
  const file = new Uint8Array(8 + bytes.length + data);
  new DataView(file.buffer).setBigUint64(0, BigInt(length ?? bytes.length), true);
  file.set(bytes, 8);
  return file;
}

const entry = (dtype: string, shape: unknown, begin: number, end: number) => ({
  dtype,
  shape,
  data_offsets: [begin, end],
});

describe('safetensors', () => {
  for (const { metadata, tensors, base64 } of (readGolden('safetensors.json') as Golden).files) {
    const content = {
      metadata: new Map(Object.entries(metadata)),
      tensors: new Map(
        tensors.map(({ name, type, shape, values }): [string, Tensor] => [
          name,
          { shape, data: arrays[type].from(values) },
        ]),
      ),
    };

    it('reads what the reference implementation wrote, from a buffer at any offset', () => {
      const bytes = Buffer.from(base64, 'base64');
      const shifted = Buffer.concat([Buffer.from([1, 2, 3]), bytes]).subarray(3);
      for (const source of [bytes, shifted, new Uint8Array(bytes)]) {
        const read = readSafetensors(source, 'it');
        assert.deepEqual(read.metadata, content.metadata);
        assert.deepEqual(Object.fromEntries(read.tensors), Object.fromEntries(content.tensors));
      }
    });

    it('writes the same bytes as the reference implementation', () => {
      assert.equal(Buffer.from(writeSafetensors(content)).toString('base64'), base64);
    });
  }

  it('writes the same bytes whatever the order of its content', () => {
    const tensors: [string, Tensor][] = [
      ['b', { shape: [1], data: Float32Array.of(1) }],
      ['a', { shape: [2], data: Float32Array.of(2, 3) }],
      ['c', { shape: [1], data: Float64Array.of(4) }],
    ];
    const metadata: [string, string][] = [
      ['x', '1'],
      ['a', '2'],
    ];
    const write = (reversed: boolean) =>
      writeSafetensors({
        tensors: new Map(reversed ? tensors.toReversed() : tensors),
        metadata: new Map(reversed ? metadata.toReversed() : metadata),
      });
    assert.deepEqual(write(false), write(true));
    assert.equal(new DataView(write(false).buffer).getBigUint64(0, true) % 8n, 0n);
  });

  it('copies: later changes of the file do not reach the tensors', () => {
    const bytes = Buffer.from(
      writeSafetensors({ tensors: new Map([['a', { shape: [1], data: Uint8Array.of(7) }]]), metadata: new Map() }),
    );
    const { tensors } = readSafetensors(bytes, 'it');
    bytes.fill(0);
    assert.deepEqual(tensors.get('a')?.data, Uint8Array.of(7));
  });

  const hostile: readonly (readonly [what: string, bytes: Uint8Array, why: RegExp])[] = [
    ['nothing', new Uint8Array(), /too short/],
    ['a length alone', new Uint8Array(8), /too short/],
    ['a header longer than the file', fileOf({}, 0, 1000), /header ends after the file/],
    ['a header of many gigabytes', fileOf({}, 0, 2 ** 52), /header is too long/],
    ['a header that is no JSON', fileOf('{"a":'), /no JSON object/],
    ['a header that is no object', fileOf('[1,2]'), /no JSON object/],
    ['a header that begins with space', fileOf(' {}'), /no JSON object/],
    ['a header that is not UTF-8', fileOf({}).fill(0xff, 8), /no JSON object/],
    ['an entry that is no object', fileOf({ a: 3 }), /"a" is no object/],
    ['an unknown element type', fileOf({ a: entry('BF16', [1], 0, 2) }, 2), /element type "BF16"/],
    ['an element type from the prototype', fileOf({ a: entry('toString', [1], 0, 2) }, 2), /element type/],
    ['a negative length', fileOf({ a: entry('U8', [-1], 0, 1) }, 1), /no valid shape/],
    ['a fractional length', fileOf({ a: entry('U8', [1.5], 0, 1) }, 1), /no valid shape/],
    ['too many dimensions', fileOf({ a: entry('U8', Array(9).fill(1), 0, 1) }, 1), /no valid shape/],
    ['lengths whose product overflows', fileOf({ a: entry('F64', [2 ** 30, 2 ** 30], 0, 8) }, 8), /its shape needs/],
    ['offsets that are no pair', fileOf({ a: { dtype: 'U8', shape: [1], data_offsets: [0] } }, 1), /no valid offsets/],
    ['offsets that run backwards', fileOf({ a: entry('U8', [1], 1, 0) }, 1), /its shape needs/],
    ['a size that is not its shape', fileOf({ a: entry('F32', [2], 0, 4) }, 4), /4 bytes where its shape needs 8/],
    ['a tensor after the end', fileOf({ a: entry('U8', [10], 0, 10) }, 4), /ends after the file/],
    ['a gap', fileOf({ a: entry('U8', [1], 0, 1), b: entry('U8', [1], 2, 3) }, 3), /"b" leaves a gap/],
    ['a gap at the start', fileOf({ a: entry('U8', [1], 1, 2) }, 2), /"a" leaves a gap/],
    ['an overlap', fileOf({ a: entry('U8', [2], 0, 2), b: entry('U8', [2], 1, 3) }, 3), /"b" overlaps/],
    ['two tensors in one place', fileOf({ a: entry('U8', [1], 0, 1), b: entry('U8', [1], 0, 1) }, 1), /overlaps/],
    ['bytes after the last tensor', fileOf({ a: entry('U8', [1], 0, 1) }, 5), /bytes after the last tensor/],
    ['metadata that is no object', fileOf({ __metadata__: ['x'] }), /metadata is no object/],
    ['metadata that is no text', fileOf({ __metadata__: { a: 1 } }), /metadata "a" is no text/],
    [
      'too many tensors',
      fileOf(Object.fromEntries(Array.from({ length: 1025 }, (_, index) => [String(index), entry('U8', [0], 0, 0)]))),
      /more than 1024/,
    ],
  ];
  for (const [what, bytes, why] of hostile) {
    it(`refuses ${what}`, () => {
      assert.throws(
        () => readSafetensors(bytes, 'The file'),
        error => error instanceof WorkbenchError && error.code === 'file-invalid' && why.test(error.message),
      );
    });
  }

  it('keeps names that objects have of their own apart', () => {
    const bytes = fileOf('{"__proto__":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}', 1);
    assert.deepEqual([...readSafetensors(bytes, 'it').tensors.keys()], ['__proto__']);
  });

  it('survives any damage to one byte, or tells of it', () => {
    const bytes = writeSafetensors({
      tensors: new Map([['a', { shape: [3], data: Float32Array.of(1, 2, 3) }]]),
      metadata: new Map([['k', 'v']]),
    });
    for (let at = 0; at < bytes.length; at++) {
      for (const value of [0, 0x22, 0x39, 0x7b, 0xff]) {
        const damaged = bytes.slice();
        damaged[at] = value;
        try {
          readSafetensors(damaged, 'it');
        } catch (error) {
          assert.ok(error instanceof WorkbenchError, `byte ${at}: ${String(error)}`);
        }
      }
    }
  });
});
