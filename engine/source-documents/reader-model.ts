import type { MeasuringModel } from '../metrics/measure.ts';

/** The model that reads the documents, with how long it may take. */
export interface DocumentReaderModel {
  readonly model: MeasuringModel;
  /** Milliseconds for a request. */
  readonly timeout: number;
}
