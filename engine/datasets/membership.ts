import { WorkbenchError } from '../base/errors.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import type { DatasetSelection } from './asked-row.ts';
import { columnText } from './column.ts';
import { createGate, Strata, type Cut } from './draw.ts';
import type { DatasetRow } from './row.ts';
import { readRowText, withDefaults } from './row-text.ts';
import { positionOf, readRole, readShares, splitKind, type SplitRole } from './split.ts';

/** Whether a row is in; to be asked of every row of the role's files once, in file order. */
export type Membership = (row: DatasetRow, content: string) => boolean;

type Cuts = ReadonlyMap<string, Cut>;

/** What first passes over the rows found. */
interface Draws {
  /** Exact shares: which rows are asked, and which are not learnt from. */
  readonly shares?: { readonly test: Cuts; readonly untrained: Cuts };
  readonly sample?: Cuts;
}

const known = new WeakMap<DatasetSelection, Promise<Draws>>();
const defaultSeed = 7;
const mostStrata = 10_000;

/**
 * Opens the split by shares and the sample of a selection, as far as it has them. Exact ones need a first pass, which is made once for a
 * selection and keeps eight bytes a row.
 */
export async function openMembership(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  role: SplitRole,
  signal: AbortSignal,
): Promise<Membership> {
  let draws = known.get(selection);
  if (draws === undefined) {
    draws = drawAll(files, digest, selection, signal);
    known.set(selection, draws);
    // A pass that was broken off is made again by whoever asks next.
    draws.catch(() => known.delete(selection));
  }
  return createMembership(await draws, digest, selection, role);
}

async function drawAll(files: Files, digest: Digest, selection: DatasetSelection, signal: AbortSignal): Promise<Draws> {
  const { split, sample } = selection.dataset;
  const byShares = split !== undefined && splitKind(split) === 'shares' ? readShares(split, selection.path) : undefined;
  let draws: Draws = {};
  if (byShares !== undefined && split?.stratify !== undefined) {
    const seed = split.seed ?? defaultSeed;
    const strata = await countStrata(files, digest, selection, draws, ['split', seed, split.stratify], signal);
    const wanted = Math.round(byShares.test * strata.total);
    const untrained =
      byShares.test + byShares.train > 1 - 1e-9
        ? wanted
        : Math.max(wanted, strata.total - Math.round(byShares.train * strata.total));
    draws = { shares: { test: strata.cutsFor(wanted), untrained: strata.cutsFor(untrained) } };
  }
  if (sample !== undefined) {
    const seed = sample.seed ?? defaultSeed;
    const strata = await countStrata(files, digest, selection, draws, ['sample', seed, sample.stratify], signal);
    draws = { ...draws, sample: strata.cutsFor(sample.rows) };
  }
  return draws;
}

async function countStrata(
  files: Files,
  digest: Digest,
  selection: DatasetSelection,
  draws: Draws,
  [purpose, seed, column]: readonly ['split' | 'sample', number, string | undefined],
  signal: AbortSignal,
): Promise<Strata> {
  const strata = new Strata();
  const dataset = withDefaults(selection.dataset);
  // What is sampled is the asked split; what is split is everything.
  const inside = purpose === 'sample' ? createMembership(draws, digest, selection, 'test') : () => true;
  const unitOf = openUnits(digest, selection, purpose);
  const counted = new Set<string>();
  for await (const rows of readRole(files, selection, 'test', signal)) {
    for (const row of rows) {
      const content = selection.contentOf?.(row) ?? readRowText(row, dataset, selection.path, digest).content;
      if (!inside(row, content)) continue;
      const unit = unitOf(row, content);
      if (unit !== content && counted.size === counted.add(unit).size) continue;
      const stratum = stratumOf(row, column, selection.path);
      strata.add(stratum, positionOf(digest, purpose, seed, unit));
      if (strata.count > mostStrata) throw tooManyStrata(selection.path, column ?? '');
    }
  }
  return strata;
}

/** What goes into one side of a split as a whole: a row by its content, or all rows of its group. */
function openUnits(
  digest: Digest,
  { path, dataset }: DatasetSelection,
  purpose: 'split' | 'sample',
): (row: DatasetRow, content: string) => string {
  const group = purpose === 'split' ? dataset.split?.group : undefined;
  if (group === undefined) return (_row, content) => content;
  return row => groupDigest(digest, columnText(row, group, path));
}

/** SHA-256 over the value of the column whose equal values belong together. */
export function groupDigest(digest: Digest, value: string): string {
  return digest.sha256(JSON.stringify(['group', value]));
}

function stratumOf(row: DatasetRow, column: string | undefined, path: string): string {
  return column === undefined ? '' : columnText(row, column, path);
}

function tooManyStrata(path: string, column: string): WorkbenchError {
  return new WorkbenchError('dataset-invalid', `${path}: the column "${column}" has too many values to stratify by.`, {
    remedy: `Stratify by a column with few values; at most ${String(mostStrata)} are kept apart.`,
    place: { path },
  });
}

function createMembership(
  { shares, sample }: Draws,
  digest: Digest,
  selection: DatasetSelection,
  role: SplitRole,
): Membership {
  const { path, dataset } = selection;
  const passes: Membership[] = [];
  const { split } = dataset;
  if (split !== undefined && splitKind(split) === 'shares') {
    const seed = split.seed ?? defaultSeed;
    const unitOf = openUnits(digest, selection, 'split');
    if (shares === undefined) {
      const { test, train } = readShares(split, path);
      passes.push((row, content) => {
        const position = positionOf(digest, 'split', seed, unitOf(row, content));
        return role === 'test' ? position < test : position >= Math.max(test, 1 - train);
      });
    } else {
      const asked = createGate(shares.test);
      const untrained = createGate(shares.untrained);
      const decided = new Map<string, boolean>();
      passes.push((row, content) => {
        const unit = unitOf(row, content);
        const known = decided.get(unit);
        // A group is where its first row is; rows without one are decided one by one.
        if (known !== undefined) return known;
        const stratum = stratumOf(row, split.stratify, path);
        const position = positionOf(digest, 'split', seed, unit);
        const isAsked = asked(stratum, position);
        const isIn = role === 'test' ? isAsked : !untrained(stratum, position) && !isAsked;
        if (split.group !== undefined) decided.set(unit, isIn);
        return isIn;
      });
    }
  }
  if (sample !== undefined && dataset.sample !== undefined && role === 'test') {
    const { seed = defaultSeed, stratify } = dataset.sample;
    const gate = createGate(sample);
    passes.push((row, content) => gate(stratumOf(row, stratify, path), positionOf(digest, 'sample', seed, content)));
  }
  return (row, content) => passes.every(pass => pass(row, content));
}
