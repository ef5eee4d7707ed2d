import assert from 'node:assert/strict';
import { createSeeded } from '../test/fakes/seeded.ts';
import { canonicalJson, canonicalJsonWith } from './canonical.ts';

describe('canonicalJson', () => {
  const cases: readonly [what: string, value: unknown, text: string][] = [
    ['keys in order', { b: 1, a: { d: [], c: null } }, '{"a":{"c":null,"d":[]},"b":1}'],
    [
      'keys by code units, not by letters',
      { é: 1, z: 2, Z: 3, '😀': 4, '\uffff': 5 },
      '{"Z":3,"z":2,"é":1,"😀":4,"\uffff":5}',
    ],
    ['keys that are whole numbers', { 9: 'a', 10: 'b', x: 'c' }, '{"10":"b","9":"a","x":"c"}'],
    ['such keys deep inside', { list: [{ a: { 2: 0, 11: 0 } }] }, '{"list":[{"a":{"11":0,"2":0}}]}'],
    ['a key that objects treat apart', JSON.parse('{"a":1,"__proto__":{"b":2}}'), '{"__proto__":{"b":2},"a":1}'],
    ['fields that are not there', { a: undefined, b: [undefined, 1] }, '{"b":[null,1]}'],
    ['numbers as ECMAScript writes them', [1e21, 0.1, -0, 1e-7, 100], '[1e+21,0.1,0,1e-7,100]'],
    ['text that must be escaped', ['"\\\n\u2028'], '["\\"\\\\\\n\u2028"]'],
    ['a bare value', 'text', '"text"'],
  ];
  for (const [what, value, text] of cases) {
    it(`writes ${what}`, () => {
      assert.equal(canonicalJson(value), text);
    });
  }

  it('orders few keys and many alike', () => {
    const random = createSeeded(5);
    for (const count of [2, 7, 23, 24, 25, 26, 300]) {
      const keys = Array.from(
        { length: count },
        () => `k${String.fromCharCode(97 + random() * 26)}\uffff${String(random())}`,
      );
      const text = canonicalJson(Object.fromEntries(keys.map(key => [key, 0])));
      assert.equal(
        text,
        `{${[...keys]
          .sort()
          .map(key => `${JSON.stringify(key)}:0`)
          .join(',')}}`,
      );
    }
  });

  it('refuses numbers that JSON has no form for, wherever they stand', () => {
    for (const value of [NaN, [Infinity], { a: { b: -Infinity } }, { 1: NaN }])
      assert.throws(() => canonicalJson(value), TypeError);
  });

  it('writes what can be read again, and the same whatever order keys came in', () => {
    const random = createSeeded(11);
    const keys = ['a', 'B', 'id', '1', '10', '02', '__proto__', 'constructor', 'ä', 'toString'];
    const make = (depth: number): unknown => {
      const kind = Math.floor(random() * (depth === 0 ? 3 : 5));
      if (kind === 0) return Math.round(random() * 1e6) / 1e3;
      if (kind === 1) return random() < 0.5 ? null : random() < 0.5;
      if (kind === 2) return String.fromCodePoint(32 + Math.floor(random() * 5000)).toWellFormed();
      if (kind === 3) return Array.from({ length: Math.floor(random() * 4) }, () => make(depth - 1));
      return Object.fromEntries(keys.filter(() => random() < 0.4).map(key => [key, make(depth - 1)]));
    };
    const reverse = (value: unknown): unknown => {
      if (typeof value !== 'object' || value === null) return value;
      if (Array.isArray(value)) return value.map(reverse);
      return Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, field]) => [key, reverse(field)]),
      );
    };
    for (let round = 0; round < 300; round += 1) {
      const value = make(4);
      const text = canonicalJson(value);
      assert.deepEqual(JSON.parse(text), value);
      assert.equal(canonicalJson(reverse(value)), text);
      assert.equal(canonicalJson(JSON.parse(text)), text);
      if (value === null || typeof value !== 'object' || Array.isArray(value)) continue;
      for (const [key, field] of Object.entries(value))
        assert.equal(canonicalJsonWith({ gone: undefined, ...value }, key, canonicalJson(field)), text);
    }
  });
});
