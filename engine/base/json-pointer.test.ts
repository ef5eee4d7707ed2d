import assert from 'node:assert/strict';
import { figureAt, followPointer } from './json-pointer.ts';

describe('followPointer', () => {
  // RFC 6901, section 5.
  const document: unknown = JSON.parse(
    '{"foo": ["bar", "baz"], "": 0, "a/b": 1, "c%d": 2, "e^f": 3, "g|h": 4, "i\\\\j": 5, "k\\"l": 6, " ": 7, "m~n": 8}',
  );
  const found: readonly [pointer: string, value: unknown][] = [
    ['', document],
    ['/foo', ['bar', 'baz']],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ];
  for (const [pointer, value] of found) {
    it(`finds ${JSON.stringify(pointer)}`, () => {
      assert.deepEqual(followPointer(document, pointer), { value });
    });
  }

  for (const pointer of [
    'foo',
    '/nope',
    '/foo/2',
    '/foo/01',
    '/foo/-',
    '/foo/x',
    '/a~1b/c',
    '/toString',
    '/__proto__',
    '/foo/length',
  ]) {
    it(`finds nothing at ${pointer}`, () => {
      assert.ok('fault' in followPointer(document, pointer));
    });
  }

  it('takes numbers and the length of lists for figures, and nothing else', () => {
    const value = { n: 1.5, list: [1, 2, 3], text: '4', yes: true, none: null, object: {} };
    assert.deepEqual(figureAt(value, '/n'), { figure: 1.5 });
    assert.deepEqual(figureAt(value, '/list'), { figure: 3 });
    for (const key of ['text', 'yes', 'none', 'object']) assert.ok('fault' in figureAt(value, `/${key}`), key);
  });
});
