import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { latestTogether, type IsWanted } from './latest-together.ts';
import type { RunEntry } from './run-book.ts';

function entry(id: string, name: string, models: string[], changes: Partial<RunSummary> = {}): RunEntry {
  const headlines = models.map(model => ({ model, label: 'Accuracy', value: 0.5 }));
  return { folder: '/w', run: { id, name, kind: 'benchmark', archived: false, headlines, ...changes } as RunSummary };
}
const of =
  (model: string): IsWanted =>
  headline =>
    headline.model === model;
const ids = (entries: readonly RunEntry[], ...models: string[]): string[] | undefined =>
  latestTogether(entries, models.map(of))?.map(({ run }) => run.id);

describe('latestTogether', () => {
  it('prefers one run that has them all', () => {
    const entries = [entry('3', 'a', ['x']), entry('2', 'a', ['y', 'x']), entry('1', 'a', ['x', 'y'])];
    assert.deepEqual(ids(entries, 'x', 'y'), ['2']);
  });

  it('else takes the newest of each, of one benchmark alone', () => {
    const entries = [entry('5', 'b', ['x']), entry('4', 'a', ['y']), entry('3', 'a', ['x']), entry('2', 'a', ['x'])];
    assert.deepEqual(ids(entries, 'x', 'y'), ['3', '4']);
    assert.equal(ids(entries, 'x', 'z'), undefined);
  });

  it('looks at no archived run and no tuning run', () => {
    const entries = [entry('2', 'a', ['x', 'y'], { archived: true }), entry('1', 'a', ['x', 'y'], { kind: 'tune' })];
    assert.equal(ids(entries, 'x', 'y'), undefined);
  });
});
