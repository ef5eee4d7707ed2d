import type { TableSort } from './metric-table.ts';
import type { MatrixChoice } from './matrix-section.ts';
import { readSampleChoice, type SampleChoice } from './sample-choice.ts';

/** What a reader of a report chose; kept while it is hidden. */
export interface ReportChoices {
  readonly sort?: TableSort;
  readonly samples: SampleChoice;
  readonly matrix?: MatrixChoice;
  /** Position of the model whose worst rows show. */
  readonly worstVariant?: number;
  /** Metric that slices show. */
  readonly sliceMetric?: string;
}

/** Kept state may be from any version of its view: what does not fit is left out. */
export function readReportChoices(kept: unknown): ReportChoices {
  if (typeof kept !== 'object' || kept === null) return { samples: readSampleChoice(undefined) };
  const { sort, samples, matrix, worstVariant, sliceMetric } = kept as Record<string, unknown>;
  return {
    samples: readSampleChoice(samples),
    ...(isSort(sort) ? { sort } : {}),
    ...(isMatrixChoice(matrix) ? { matrix } : {}),
    ...(typeof worstVariant === 'number' ? { worstVariant } : {}),
    ...(typeof sliceMetric === 'string' ? { sliceMetric } : {}),
  };
}

function isMatrixChoice(value: unknown): value is MatrixChoice {
  return (
    typeof value === 'object' &&
    value !== null &&
    'variant' in value &&
    typeof value.variant === 'number' &&
    'metric' in value &&
    typeof value.metric === 'string'
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
