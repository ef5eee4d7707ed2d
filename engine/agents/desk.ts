import type {
  AgreedRun,
  Assessed,
  DryRunEstimate,
  ModelList,
  RunSummary,
  StartAssessment,
  StartRun,
} from '../../schemas/generated/messages.ts';
import type { Memory } from '../diagnostics/diagnose.ts';
import type { Clock } from '../ports/clock.ts';
import type { Files } from '../ports/files.ts';
import type { Store } from '../ports/store.ts';

/** What the tools work with: one workspace, and a host that starts runs with what its person lets them use. */
export interface AgentDesk {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly store: Store;
  readonly files: Files;
  readonly clock: Clock;
  /** What checks of files may know of the store. */
  readonly memory: Memory;
  listModels(signal: AbortSignal): Promise<ModelList>;
  /** Sends nothing and reads no secret. */
  estimate(request: StartRun, signal: AbortSignal): Promise<DryRunEstimate>;
  /** Starts a run that outlives this process. */
  start(request: StartRun, signal: AbortSignal): Promise<RunSummary>;
  assess(request: StartAssessment, signal: AbortSignal): Promise<Assessed>;
  /** The text without secrets and what looks like one. */
  redact(text: string): string;
}

/** How a tool is called. */
export interface CallOptions {
  /** What a person has agreed to; absent where nobody was asked. */
  readonly confirmed?: AgreedRun;
  /** US dollars that no run may be started above, whatever the agent says. */
  readonly ceiling?: number;
  /** Told of every change of the runs that are waited for. */
  readonly onProgress?: (runs: readonly RunSummary[]) => void;
}
