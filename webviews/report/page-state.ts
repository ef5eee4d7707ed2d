import type { SampleFilter, SliceChoice } from '../../schemas/generated/messages.ts';
import type { TableSort } from '../components/metric-table.ts';

/** What a reader chose; kept while the page is hidden. */
export interface PageState {
  readonly sort?: TableSort;
  readonly filter?: SampleFilter;
  /** Position in the report of the model whose samples show; absent for all of a run. */
  readonly sampleVariant?: number | undefined;
  /** Absent for the rows of every slice. */
  readonly slice?: SliceChoice | undefined;
  readonly matrixVariant?: number;
}

/** Kept state may be from any version of the page: what does not fit is left out. */
export function readPageState(kept: unknown): PageState {
  if (typeof kept !== 'object' || kept === null) return {};
  const { sort, filter, sampleVariant, slice, matrixVariant } = kept as Record<string, unknown>;
  return {
    ...(isSort(sort) ? { sort } : {}),
    ...(filter === 'all' || filter === 'wrong' || filter === 'failed' ? { filter } : {}),
    ...(isPosition(sampleVariant) ? { sampleVariant } : {}),
    ...(isSlice(slice) ? { slice } : {}),
    ...(isPosition(matrixVariant) ? { matrixVariant } : {}),
  };
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

function isSlice(value: unknown): value is SliceChoice {
  return (
    typeof value === 'object' &&
    value !== null &&
    'column' in value &&
    typeof value.column === 'string' &&
    'value' in value &&
    typeof value.value === 'string'
  );
}

function isSort(value: unknown): value is TableSort {
  return (
    typeof value === 'object' &&
    value !== null &&
    'column' in value &&
    typeof value.column === 'string' &&
    'descending' in value &&
    typeof value.descending === 'boolean'
  );
}
