import assert from 'node:assert/strict';
import type { FilterTerm } from '../../ports/registry-filter.ts';
import { conditionsOnModels, conditionsOnVersions, equals, listsOfNames, nameIsIn, tagEquals } from './filters.ts';

const filterOf = (...terms: FilterTerm[]) => ({ text: '', terms });
const field = (name: 'name' | 'task' | 'license' | 'alias', values: readonly string[], not = false): FilterTerm => ({
  kind: 'field',
  field: name,
  values,
  not,
});

describe('filters of MLflow', () => {
  it('quotes what nothing in it can end', () => {
    assert.equal(equals('name', 'a b%_'), `name = 'a b%_'`);
    assert.equal(tagEquals('aiw.x', 'y'), "tags.`aiw.x` = 'y'");
  });

  it('lets no text end its quotes', () => {
    const texts = [`it's`, `a" OR "b`, `back\\`, `x' OR name != '`, 'new\nline', `[it's]`];
    for (const text of texts) {
      const condition = equals('name', text);
      assert.match(condition, /^name LIKE '[^'"\\[\n]*'$/);
      assert.equal(condition.length, text.length + "name LIKE ''".length);
    }
  });

  it('lists only names that a list can hold', () => {
    assert.equal(nameIsIn(['a', 'b c']), `name IN ('a', 'b c')`);
    for (const name of [`it's`, 'a,b', '(a)', '\\']) assert.equal(nameIsIn(['a', name]), undefined);
  });

  it('asks for as many names at once as an address holds', () => {
    const names = Array.from({ length: 900 }, (_, index) => (index % 100 === 7 ? `it's ${index}` : `model-${index} ü`));
    const lists = listsOfNames(names);
    assert.deepEqual(lists.flat().sort(), names.toSorted());
    const [alone, together] = [lists.filter(list => list[0]?.includes(`'`)), lists.filter(list => list.length > 1)];
    assert.deepEqual([alone.length, alone.every(list => list.length === 1)], [9, true]);
    for (const list of together) assert.ok(encodeURIComponent(nameIsIn(list) ?? '').length < 3100);
    assert.ok(together.length < 15, `${together.length} lists`);
    assert.deepEqual(listsOfNames([]), []);
    assert.deepEqual(listsOfNames(['n'.repeat(5000)]), [['n'.repeat(5000)]]);
  });

  it('asks MLflow for one value of a field, whatever its case', () => {
    const filter = filterOf(field('license', ['MIT']), field('task', ['asr']), field('name', ['Whisper']));
    assert.deepEqual(conditionsOnModels(filter), [
      "tags.`aiw.license` ILIKE 'MIT'",
      "tags.`aiw.tasks` ILIKE '%asr%'",
      "name ILIKE 'Whisper'",
    ]);
    assert.deepEqual(conditionsOnVersions(filter), ["name ILIKE 'Whisper'"]);
  });

  it('leaves to who asks what MLflow would answer differently', () => {
    const filter = filterOf(
      field('license', ['MIT', 'Apache-2.0']),
      field('license', ['MIT'], true),
      field('license', ['größe']),
      field('license', [`it's`]),
      field('alias', ['champion']),
      { kind: 'text', text: 'x', not: false },
      { kind: 'status', values: ['untracked'], not: false },
      { kind: 'status', values: ['approved'], not: true },
      { kind: 'figure', figure: 'ttft_p90', comparison: '<', value: 200 },
    );
    assert.deepEqual([conditionsOnModels(filter), conditionsOnVersions(filter)], [[], []]);
  });
});
