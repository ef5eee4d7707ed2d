import assert from 'node:assert/strict';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { createSseParser } from './sse.ts';

type Event = readonly [data: string, type: string | undefined];

const encoder = new TextEncoder();

function parse(pieces: readonly Uint8Array[]): { events: Event[]; rest: string | undefined } {
  const events: Event[] = [];
  const parser = createSseParser((data, type) => events.push([data, type]), 2 ** 20);
  for (const piece of pieces) assert.ok(parser.push(piece));
  return { events, rest: parser.end() };
}

function parseText(text: string): { events: Event[]; rest: string | undefined } {
  return parse([encoder.encode(text)]);
}

describe('server-sent events', () => {
  it('reads events whatever the line ends', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      const { events } = parseText(['data: a', '', 'data:b', 'data: c', '', ''].join(end));
      assert.deepEqual(events, [
        ['a', undefined],
        ['b\nc', undefined],
      ]);
    }
  });

  it('keeps the type for its own event only', () => {
    const { events } = parseText('event: error\ndata: x\n\ndata: y\n\nevent: lost\n\ndata: z\n\n');
    assert.deepEqual(events, [
      ['x', 'error'],
      ['y', undefined],
      ['z', undefined],
    ]);
  });

  it('skips comments, unknown fields and a byte order mark, and strips one space only', () => {
    const { events } = parseText('\ufeff: hello\nid: 1\nretry: 5\ndata:  two spaces\nnonsense\n\n');
    assert.deepEqual(events, [[' two spaces', undefined]]);
  });

  it('keeps a byte order mark inside the text', () => {
    assert.deepEqual(parseText('data: a\n\ndata: \ufeffb\n\n\ufeffdata: c\n\n').events, [
      ['a', undefined],
      ['\ufeffb', undefined],
    ]);
  });

  it('reads a field without a colon as empty data', () => {
    assert.deepEqual(parseText('data\n\ndata\ndata\n\ndata:\n\n').events, [
      ['', undefined],
      ['\n', undefined],
      ['', undefined],
    ]);
  });

  it('returns an event without its blank line at the end instead of reporting it', () => {
    assert.deepEqual(parseText('data: a\n\ndata: [DONE]'), { events: [['a', undefined]], rest: '[DONE]' });
    assert.deepEqual(parseText('data: a\n'), { events: [], rest: 'a' });
    assert.deepEqual(parseText('data: a\n\n'), { events: [['a', undefined]], rest: undefined });
    assert.deepEqual(parseText(''), { events: [], rest: undefined });
  });

  it('gives the same events for any split of the bytes', () => {
    for (let seed = 1; seed <= 3000; seed++) {
      const random = createSeeded(seed);
      const bytes = encoder.encode(writeRandomStream(random));
      const whole = parse([bytes]);
      const split = parse(splitRandomly(bytes, random));
      assert.deepEqual(split, whole, `seed ${seed}`);
    }
  });

  it('gives the same events one byte at a time', () => {
    for (let seed = 1; seed <= 100; seed++) {
      const bytes = encoder.encode(writeRandomStream(createSeeded(seed)));
      assert.deepEqual(parse(Array.from(bytes, byte => Uint8Array.of(byte))), parse([bytes]), `seed ${seed}`);
    }
  });

  it('reports an event over its bound, in one line or in many', () => {
    const kilobyte = encoder.encode('x'.repeat(1024));
    const line = createSseParser(() => undefined, 10 * 1024);
    const many = createSseParser(() => undefined, 10 * 1024);
    let [lineFits, manyFit] = [line.push(encoder.encode('data: ')), true];
    for (let i = 0; i < 9; i++) {
      lineFits &&= line.push(kilobyte);
      manyFit &&= many.push(encoder.encode(`data: ${'x'.repeat(1024)}\n`));
    }
    assert.ok(lineFits && manyFit);
    assert.equal(line.push(kilobyte), false);
    assert.equal(many.push(encoder.encode(`data: ${'x'.repeat(1024)}\n`)), false);
  });

  it('joins a long line once, however many pieces it comes in', () => {
    const pieces = Array.from({ length: 4000 }, () => encoder.encode('y'.repeat(250)));
    const { events } = parse([encoder.encode('data: '), ...pieces, encoder.encode('\n\n')]);
    assert.equal(events[0]?.[0].length, 1_000_000);
  });
});

const words = [
  'data: {"a":1}',
  'data: grüße 世界 👩‍🔬',
  'data:',
  'data',
  ': comment',
  'event: error',
  'id: 7',
  '',
  '',
  '',
  'data: \ufeff',
  '\ufeffdata: x',
  'data: [DONE]',
  'retry:1',
];

function writeRandomStream(random: () => number): string {
  const ends = ['\n', '\r\n', '\r'];
  const fixed = random() < 0.7 ? pick(ends, random) : undefined;
  let text = random() < 0.3 ? '\ufeff' : '';
  const count = Math.floor(random() * 30);
  for (let i = 0; i < count; i++) text += pick(words, random) + (fixed ?? pick(ends, random));
  return random() < 0.3 ? text + pick(words, random) : text;
}

function splitRandomly(bytes: Uint8Array, random: () => number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < bytes.length;) {
    const size = random() < 0.5 ? 1 + Math.floor(random() * 4) : Math.floor(random() * 60);
    pieces.push(bytes.subarray(at, at + size));
    at += size;
  }
  return pieces;
}

function pick<T>(values: readonly T[], random: () => number): T {
  return values[Math.floor(random() * values.length)] as T;
}
