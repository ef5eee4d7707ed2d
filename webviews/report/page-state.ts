import type { TableSort } from '../components/metric-table.ts';

export type SampleFilter = 'all' | 'wrong' | 'failed';

/** What a reader chose; kept while the page is hidden. */
export interface PageState {
  readonly sort?: TableSort;
  readonly filter?: SampleFilter;
  /** Position in the report of the model whose samples show; absent for all of a run. */
  readonly sampleVariant?: number | undefined;
  readonly matrixVariant?: number;
}

/** Kept state may be from any version of the page: what does not fit is left out. */
export function readPageState(kept: unknown): PageState {
  if (typeof kept !== 'object' || kept === null) return {};
  const { sort, filter, sampleVariant, matrixVariant } = kept as Record<string, unknown>;
  return {
    ...(isSort(sort) ? { sort } : {}),
    ...(filter === 'all' || filter === 'wrong' || filter === 'failed' ? { filter } : {}),
    ...(isPosition(sampleVariant) ? { sampleVariant } : {}),
    ...(isPosition(matrixVariant) ? { matrixVariant } : {}),
  };
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
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
