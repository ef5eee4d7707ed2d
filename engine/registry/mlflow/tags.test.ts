import assert from 'node:assert/strict';
import { propertiesOfTags, requireFits, tagsOfEdit, tagsOfProperties, toTagKey } from './tags.ts';

const mapOf = (tags: readonly { key: string; value: string }[]): Map<string, string> =>
  new Map(tags.map(({ key, value }) => [key, value]));

describe('tags of MLflow', () => {
  it('leaves names alone that MLflow takes', () => {
    for (const name of ['team', 'aiw.baseline.ttft_p90', 'a/b: c', 'a:2b:b', 'größe', 'mlflow.note'])
      assert.equal(toTagKey(name), name);
  });

  it('writes other names in signs that MLflow takes, each differently, and reads them again', () => {
    const names = ['🔵 UI', 'a+b', '..', 'a/../b', '/a', 'a/', '', 'aiw.key.x', 'aiw.type.x', 'aiw.state', 'a\nb'];
    const keys = names.map(toTagKey);
    assert.equal(new Set(keys).size, names.length);
    for (const [at, key] of keys.entries()) {
      assert.match(key, /^aiw\.key\.[A-Za-z0-9_. :-]*$/);
      assert.deepEqual(Object.keys(propertiesOfTags(new Map([[key, '']]))), [names[at]]);
    }
  });

  it('marks only what would come back as something else', () => {
    const marked = (name: string, value: string | number | boolean) => tagsOfProperties({ [name]: value }).length === 2;
    assert.deepEqual(
      [marked('a', '3'), marked('a', 'x'), marked('a', ''), marked('a', 'true')],
      [false, false, false, false],
    );
    assert.deepEqual([marked('a', 3), marked('a', true)], [true, true]);
    assert.deepEqual(
      [marked('aiw.custom.x', 3), marked('aiw.custom.x', '3'), marked('aiw.custom.x', 'fast')],
      [false, true, false],
    );
  });

  it('gives every number back to the last bit', () => {
    for (const value of [0, -1.5, 0.1 + 0.2, 1e21, 5e-324, Number.MAX_VALUE, 2 ** 53]) {
      assert.deepEqual(propertiesOfTags(mapOf(tagsOfProperties({ a: value }))), { a: value });
    }
  });

  it('removes only what is there', () => {
    const known = mapOf(tagsOfProperties({ a: 1, b: 'x' }));
    assert.deepEqual(tagsOfEdit({ a: undefined, b: undefined, c: undefined }, known), {
      set: [],
      remove: ['a', 'aiw.type.a', 'b'],
    });
    assert.deepEqual(tagsOfEdit({ a: 'one' }, known), { set: [{ key: 'a', value: 'one' }], remove: ['aiw.type.a'] });
  });

  it('measures texts as the databases do', () => {
    const tag = (value: string) => [{ key: 'a', value }];
    requireFits(tag('x'.repeat(65_535)), 'versionTag');
    requireFits(tag('é'.repeat(5000)), 'modelTag');
    assert.throws(() => requireFits(tag('é'.repeat(32_768)), 'versionTag'), { code: 'registry-refused' });
    assert.throws(() => requireFits(tag('x'.repeat(5001)), 'modelTag'), { code: 'registry-refused' });
    assert.throws(() => requireFits([], 'modelTag', 'x'.repeat(5001)), { code: 'registry-refused' });
  });
});
