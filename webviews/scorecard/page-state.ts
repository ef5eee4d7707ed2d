import { everyControl, readFilter, type ControlFilter } from './control-filter.ts';

/** What a reader chose; kept while the page is hidden. */
export interface ScorecardPageState {
  /** The assessment these choices were made in. */
  readonly assessmentId?: string;
  /** Open and closed by hand, by the name of what folds. */
  readonly folds: ReadonlyMap<string, boolean>;
  readonly filter: ControlFilter;
  /** Position in the record of the control that is open. */
  readonly selected?: number | undefined;
  /** Pixels from the top. */
  readonly scroll: number;
}

const mostFolds = 2000;

export const freshState: ScorecardPageState = { folds: new Map(), filter: everyControl, scroll: 0 };

/** Kept state may be from any version of the page: what does not fit is left out. */
export function readPageState(kept: unknown): ScorecardPageState {
  if (typeof kept !== 'object' || kept === null) return freshState;
  const { assessmentId, folds, filter, selected, scroll } = kept as Record<string, unknown>;
  return {
    ...(typeof assessmentId === 'string' ? { assessmentId } : {}),
    folds: new Map(Array.isArray(folds) ? folds.filter(isFold).slice(0, mostFolds) : []),
    filter: readFilter(filter),
    ...(Number.isInteger(selected) && Number(selected) >= 0 ? { selected: Number(selected) } : {}),
    scroll: typeof scroll === 'number' && scroll > 0 ? scroll : 0,
  };
}

/** As JSON keeps it. */
export function writeFolds(folds: ReadonlyMap<string, boolean>): readonly (readonly [string, boolean])[] {
  return [...folds];
}

function isFold(fold: unknown): fold is [string, boolean] {
  return Array.isArray(fold) && typeof fold[0] === 'string' && typeof fold[1] === 'boolean';
}
