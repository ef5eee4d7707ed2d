import type { MeasureTools } from '../metrics/measure.ts';
import type { Metric } from '../metrics/metric.ts';

/** What a run measures with, open until the run ends. */
export interface MeasureSession {
  /** The tools as one metric sees them. */
  toolsFor(metric: Pick<Metric, 'id'>): MeasureTools;
  /** SHA-256 of each connection that measures, by its name. */
  readonly digests: ReadonlyMap<string, string>;
  /** Answers worth measuring at once. */
  readonly concurrency: number;
  close(): Promise<void>;
}
