import type { Report, RunOutput, RunSummary, TuningReport } from '../../schemas/generated/messages.ts';
import { isEnded } from '../runs/states.ts';

export const runMime = 'application/vnd.aiwb.run+json';

/** What an ended run has to show: a benchmark's report or a tuning run's. */
export type RunReport = { readonly report: Report } | { readonly tuning: TuningReport };

/** The reference that a cell keeps of its run; with the report once the run ended. */
export function createRunOutput(run: RunSummary, report?: RunReport): RunOutput {
  return {
    version: 1,
    runId: run.id,
    name: run.name,
    kind: run.kind,
    state: run.state,
    createdAt: run.createdAt,
    ...(run.endedAt === undefined ? {} : { endedAt: run.endedAt }),
    ...(run.host === undefined ? {} : { host: run.host }),
    ...(run.failure === undefined ? {} : { failure: run.failure }),
    ...report,
  };
}

/** The part of an output that says which run it belongs to. */
export interface RunMark {
  readonly runId: string;
  readonly ended: boolean;
}

/** Reads the run's mark from an output item of our type; absent when it is none. Notebooks come from anywhere. */
export function readRunMark(data: Uint8Array): RunMark | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, runId, state } = value as Partial<Record<keyof RunOutput, unknown>>;
  if (version !== 1 || typeof runId !== 'string' || typeof state !== 'string') return undefined;
  return { runId, ended: isEnded(state as RunOutput['state']) };
}
