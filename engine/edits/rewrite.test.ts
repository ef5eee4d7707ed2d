import assert from 'node:assert/strict';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { writeRandomYaml } from '../../test/fakes/random-yaml.ts';
import { parseUntrusted } from '../documents/untrusted-yaml.ts';
import { collectValue } from '../documents/values.ts';
import { listOverrides, overlay } from '../notebooks/overlay.ts';
import { editOf, editTexts, isSameValue, replaceTexts, rewrite } from './rewrite.ts';

const valueOf = (text: string): unknown => collectValue(parseUntrusted(text).contents).value;

function lay(base: string, own: unknown): string {
  const value = valueOf(base);
  return rewrite(base, listOverrides(value, own).map(editOf), overlay(value, own));
}

describe('rewrite', () => {
  it('leaves what is not changed as it is written', () => {
    const base = "# top\na: 'x' # of a\nb:\n    c: [1,2] # of c\n\n    d: {e: 1,  f: 2}\ng: |\n  long\n  text\n";
    assert.equal(lay(base, {}), base);
    assert.equal(
      lay(base, { b: { c: [3], d: { e: null } }, h: 'new', g: 'short' }),
      "# top\na: 'x' # of a\nb:\n    c: [3] # of c\n\n    d: {f: 2}\ng: short\nh: new\n",
    );
    assert.equal(lay('a: 1\r\nb: 2\r\n', { a: null, c: [1] }), 'b: 2\r\nc: [1]\r\n');
  });

  it('writes all anew where anchors stand for a part of what is changed', () => {
    const base = '# lost\nx: &x {p: 1}\ny: *x\nz:\n  <<: *x\n  q: 2\n';
    assert.deepEqual(valueOf(lay(base, { x: { p: 2 } })), { x: { p: 2 }, y: { p: 1 }, z: { p: 1, q: 2 } });
    assert.deepEqual(valueOf(lay(base, { z: { p: null } })), { x: { p: 1 }, y: { p: 1 }, z: { q: 2 } });
    assert.deepEqual(valueOf(lay(base, { y: { r: 1 } })), { x: { p: 1 }, y: { p: 1, r: 1 }, z: { p: 1, q: 2 } });
  });

  it('holds what is wanted, whatever the text and the change', () => {
    const random = createSeeded(11);
    for (let round = 0; round < 400; round += 1) {
      const base = writeRandomYaml(random);
      const own = valueOf(writeRandomYaml(random));
      const value = valueOf(base);
      if (!isMapping(value) || !isMapping(own)) continue;
      assert.ok(isSameValue(valueOf(lay(base, own)), overlay(value, own)), `${base}\n---\n${JSON.stringify(own)}`);
    }
  });

  it('changes many texts at once, one behind several aliases once', () => {
    const base = 'a: &t one\nb: [*t, two, "three"]\n';
    const texts = [
      { path: ['a'], text: 'x y' },
      { path: ['b', 0], text: 'x y' },
      { path: ['b', 2], text: 'z: 1' },
    ];
    const wanted = replaceTexts(valueOf(base), texts);
    assert.deepEqual(wanted, { a: 'x y', b: ['x y', 'two', 'z: 1'] });
    assert.equal(rewrite(base, [editTexts(texts)], wanted), 'a: &t x y\nb: [*t, two, "z: 1"]\n');
  });
});

function isMapping(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
