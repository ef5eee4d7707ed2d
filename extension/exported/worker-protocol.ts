import type {
  DisagreementPage,
  DisagreementQuery,
  Failure,
  Report,
  RunFileFacts,
  SamplePage,
  SampleQuery,
  SampleReference,
  SampleRow,
  TuningComparison,
} from '../../schemas/generated/messages.ts';

/** Where a file's text comes from: a file on disk is read by the worker itself, any other is handed over. */
export type WorkerSource = { readonly path: string } | { readonly bytes: Uint8Array };

/** What a file is about. */
export interface OpenedRunFile {
  readonly report?: Report;
  readonly tuning?: TuningComparison;
  readonly facts: RunFileFacts;
}

export interface WorkerRequest {
  /** From 1. */
  readonly id: number;
  readonly ask:
    | { readonly kind: 'samples'; readonly query: SampleQuery }
    | { readonly kind: 'sample'; readonly reference: SampleReference }
    | { readonly kind: 'disagreements'; readonly query: DisagreementQuery };
}

/** The reply to a request; number 0 tells what came of opening the file. */
export type WorkerReply = { readonly id: number } & (
  | { readonly opened: OpenedRunFile }
  | { readonly samples: SamplePage }
  | { readonly sample: SampleRow }
  | { readonly disagreements: DisagreementPage }
  | { readonly failure: Failure }
);
