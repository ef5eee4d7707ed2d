import assert from 'node:assert/strict';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { createLineParser } from './lines.ts';

const encoder = new TextEncoder();

function parse(
  chunks: readonly Uint8Array[],
  limit = 1 << 20,
): { lines: string[]; rest: string | undefined; fits: boolean } {
  const lines: string[] = [];
  const parser = createLineParser(line => lines.push(line), limit);
  const fits = chunks.every(chunk => parser.push(chunk));
  return { lines, rest: parser.end(), fits };
}

describe('JSON lines of a stream', () => {
  it('are the same however the bytes are cut', () => {
    const text = '{"a":"ü"}\r\n\n{"b":"世界 👩‍🔬"}\n  \n{"c":1}\n';
    const bytes = encoder.encode(text);
    for (let seed = 1; seed <= 200; seed++) {
      const random = createSeeded(seed);
      const chunks: Uint8Array[] = [];
      for (let at = 0; at < bytes.length;) {
        const end = Math.min(bytes.length, at + 1 + Math.floor(random() * 9));
        chunks.push(bytes.subarray(at, end));
        at = end;
      }
      assert.deepEqual(parse(chunks).lines, ['{"a":"ü"}', '{"b":"世界 👩‍🔬"}', '{"c":1}']);
    }
  });

  it('return what has no line end instead of reporting it', () => {
    assert.deepEqual(parse([encoder.encode('{"a":1}\n{"b"')]), { lines: ['{"a":1}'], rest: '{"b"', fits: true });
    assert.equal(parse([encoder.encode('{"a":1}\n')]).rest, undefined);
  });

  it('are bounded, ended or not', () => {
    assert.equal(parse([encoder.encode('x'.repeat(11))], 10).fits, false);
    assert.equal(parse([encoder.encode('xxxxxx'), encoder.encode('xxxxxx\n')], 10).fits, false);
    assert.equal(parse([encoder.encode('xxxxx\n'.repeat(9))], 10).fits, true);
  });
});
