import type { TuningDataset } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import { splitKind } from '../datasets/split.ts';
import { countOf } from '../reports/format.ts';
import type { TuningTask } from '../documents/tune-kind.ts';
import { aspectWords, type AspectRows, type TuningRow } from './rows.ts';

/** A leak names so many places. */
const shownPairs = 3;
const shownClasses = 5;

/** What must hold before anything is trained. Throws the first fault. Classes are those of a classifier alone. */
export function checkAspects(aspects: readonly AspectRows[], task: TuningTask = 'text-classification'): void {
  checkLeakage(aspects);
  checkGroups(aspects);
  if (task !== 'text-classification') return;
  for (const aspect of aspects) checkClasses(aspect);
  checkClassCount(aspects);
}

/** Every row of a role with the place that names it. */
function* placedRows(
  aspects: readonly AspectRows[],
  roles: readonly ('training' | 'validation' | 'test')[],
): Iterable<readonly [row: TuningRow, place: () => string, dataset: TuningDataset]> {
  for (const { datasets } of aspects) {
    for (const each of datasets) {
      for (const role of roles) {
        for (const row of each[role]) yield [row, () => placeOf(each.dataset.path, row), each.dataset];
      }
    }
  }
}

/**
 * No text, conversation or sound may be both learnt and tested, in one aspect or in two: its figure would tell memory and not skill. Texts are
 * compared without the white space around them, sounds by their bytes. Validation rows count as learnt from: they choose the checkpoint.
 */
function checkLeakage(aspects: readonly AspectRows[]): void {
  const learnt = new Map<string, string>();
  for (const [row, place] of placedRows(aspects, ['training', 'validation'])) {
    if (!learnt.has(row.content)) learnt.set(row.content, place());
  }
  const pairs: string[] = [];
  let leaked = 0;
  let first: { readonly row: TuningRow; readonly dataset: TuningDataset } | undefined;
  for (const [row, testPlace, dataset] of placedRows(aspects, ['test'])) {
    const place = learnt.get(row.content);
    if (place === undefined) continue;
    leaked += 1;
    first ??= { row, dataset };
    if (pairs.length < shownPairs) pairs.push(`${testPlace()} is ${place}`);
  }
  if (first === undefined) return;
  const more = leaked > pairs.length ? `; and ${countOf(leaked - pairs.length, 'more', 'more')}` : '';
  const what = first.row.audio === undefined ? 'text' : 'sound';
  throw new WorkbenchError(
    'dataset-leakage',
    `${countOf(leaked, 'test row')} ${leaked === 1 ? 'has' : 'have'} the ${what} of a training row: ${pairs.join('; ')}${more}.`,
    { remedy: leakRemedy(first.dataset) },
  );
}

/** A split by shares divides whole rows: those that ask the same and differ in something else are kept together by a group. */
function leakRemedy({ split, input, messages }: TuningDataset): string {
  const column = input ?? messages;
  if (split.field !== undefined || splitKind(split) !== 'shares' || split.group !== undefined || column === undefined)
    return 'Move both rows into one split, or remove one: what was learnt cannot be tested.';
  return `Remove repeated rows, or set \`split.group: ${column}\`: rows that ask the same then go into one split.`;
}

/** Rows of one group (one document, one person) teach about each other, so a group is learnt or tested, never both. */
function checkGroups(aspects: readonly AspectRows[]): void {
  const learnt = new Map<string, string>();
  for (const [row, place] of placedRows(aspects, ['training', 'validation'])) {
    if (row.groupName !== undefined && !learnt.has(row.group)) learnt.set(row.group, place());
  }
  const shared = new Map<string, string>();
  for (const [row, testPlace] of placedRows(aspects, ['test'])) {
    const place = row.groupName === undefined ? undefined : learnt.get(row.group);
    if (place === undefined || shared.has(row.group)) continue;
    shared.set(row.group, `${JSON.stringify(row.groupName)} (${testPlace()} and ${place})`);
  }
  if (shared.size === 0) return;
  const shown = [...shared.values()].slice(0, shownPairs).join('; ');
  const more = shared.size > shownPairs ? `; and ${countOf(shared.size - shownPairs, 'more', 'more')}` : '';
  throw new WorkbenchError(
    'dataset-leakage',
    `${countOf(shared.size, 'group')} ${shared.size === 1 ? 'is' : 'are'} both learnt and tested: ${shown}${more}.`,
    { remedy: 'Move all rows of a group into one split; `split.group` names the column.' },
  );
}

function placeOf(path: string, { line }: TuningRow): string {
  return `${path}:${String(line)}`;
}

/** A class that is never learnt, or never tested, makes an aspect's figures mean something else than they say. */
function checkClasses({ name, dataset, training, validation, test }: AspectRows): void {
  const trained = new Set(training.map(row => row.label));
  const tested = new Set(test.map(row => row.label));
  const classes = new Set([...trained, ...validation.map(row => row.label), ...tested]);
  const { split } = dataset;
  const report = (present: ReadonlySet<string>, value: string, why: string): void => {
    const missing = [...classes].filter(label => !present.has(label));
    if (missing.length === 0) return;
    const names = missing.slice(0, shownClasses).map(label => JSON.stringify(label));
    const more = missing.length > shownClasses ? ` and ${String(missing.length - shownClasses)} more` : '';
    throw new WorkbenchError(
      'split-class-empty',
      `${dataset.path}: ${value} of ${aspectWords(name)} has no row of ${names.join(', ')}${more}${why}.`,
      {
        remedy: `Give every class rows in both splits${split.train === undefined ? '' : ` ("${split.train}" and "${split.test}")`}, or take the class out of the dataset.`,
        place: { path: dataset.path },
      },
    );
  };
  report(
    trained,
    split.train === undefined ? 'the training split' : `the split "${split.train}"`,
    ' to learn from (rows held out for validation not counted)',
  );
  report(tested, `the split "${split.test}"`, '');
}

function checkClassCount(aspects: readonly AspectRows[]): void {
  const [first] = aspects;
  const labels = classesOf(aspects);
  if (first === undefined || labels.length > 1) return;
  throw new WorkbenchError(
    'model-unsuitable',
    `All rows have one class, ${JSON.stringify(labels[0] ?? '')}: there is nothing to tell apart.`,
    {
      remedy: 'Check the target column; a classifier needs two classes or more.',
      place: { path: first.dataset.path },
    },
  );
}

/** The classes in order of first appearance in the training rows. */
export function classesOf(aspects: readonly AspectRows[]): readonly string[] {
  return [...new Set(aspects.flatMap(({ training }) => training.map(({ label }) => label)))];
}
