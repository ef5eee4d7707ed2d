import type { IngestStep, Ingestion } from '../../../schemas/generated/messages.ts';
import type { IngestPorts } from '../ports.ts';
import type { Observed } from '../scan/findings.ts';

/** What a step changes of the record. */
export interface StepOutcome {
  readonly state: 'done' | 'skipped' | 'refused';
  readonly sentence: string;
  /** SHA-256 of what was looked at or made. */
  readonly evidence?: string;
  /** In place of those of an earlier attempt. */
  readonly findings?: readonly Observed[];
  readonly changes?: Partial<
    Pick<
      Ingestion,
      | 'source'
      | 'files'
      | 'weightsDigest'
      | 'signature'
      | 'card'
      | 'verdict'
      | 'reportDigest'
      | 'runs'
      | 'version'
      | 'publication'
    >
  >;
}

export type StepName = IngestStep['name'];

export interface StepContext {
  readonly ingestion: Ingestion;
  readonly ports: IngestPorts;
  readonly signal: AbortSignal;
  /** Writes a change down before the step is over. */
  save(changes: StepOutcome['changes']): Promise<void>;
}

export type Step = (context: StepContext) => Promise<StepOutcome>;
export type Steps = Readonly<Record<StepName, Step>>;
