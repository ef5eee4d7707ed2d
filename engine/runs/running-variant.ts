import type { VariantAggregate } from '../reports/aggregate.ts';
import type { OpenModel } from './models.ts';
import type { VariantRecord } from '../ports/run-spec.ts';

/** One variant of a run under way. */
export interface RunningVariant {
  readonly record: VariantRecord;
  readonly open: OpenModel;
  readonly aggregate: VariantAggregate;
  /** Keys of the samples answered before a resume. */
  readonly answered: Set<string>;
}
