import type {
  PromptReport,
  Report,
  RunOutput,
  RunSummary,
  SearchReport,
  TuningReport,
} from '../../schemas/generated/messages.ts';

/** What an ended run has to show: a benchmark's report, a tuning run's or the answers to a prompt. */
export type RunContent =
  | { readonly report: Report }
  | { readonly tuning: TuningReport }
  | { readonly prompt: PromptReport }
  /** Of a search also before it ended; `tuning` is its best trial then. */
  | { readonly search: SearchReport; readonly tuning?: TuningReport };

/** The reference that a cell keeps of its run; with the report once the run ended. */
export function createRunOutput(run: RunSummary, name: string | undefined, content?: RunContent): RunOutput {
  return {
    version: 1,
    ...(name === undefined ? {} : { as: name }),
    runId: run.id,
    name: run.name,
    kind: run.kind,
    state: run.state,
    createdAt: run.createdAt,
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(run.host === undefined ? {} : { host: run.host }),
    ...(run.failure === undefined ? {} : { failure: run.failure }),
    ...content,
  };
}
