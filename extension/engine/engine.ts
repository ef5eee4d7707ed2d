import type { EngineRequests } from '../../schemas/methods.ts';
import type { Failure, RunSummary, WorkspaceOpened } from '../../schemas/generated/messages.ts';
import type { Disposable, Event, Nothing } from '../base/emitter.ts';

export type EngineMethod = keyof EngineRequests;
export type Parameters<M extends EngineMethod> = EngineRequests[M][0];
export type Result<M extends EngineMethod> = EngineRequests[M][1];

export type EngineState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting' }
  | { readonly kind: 'ready'; readonly opened: WorkspaceOpened }
  | { readonly kind: 'failed'; readonly failure: Failure };

/**
 * The engine process of one workspace folder. It starts with the first request, and again by itself when it dies.
 * Failures are `FailureError`s.
 */
export interface Engine extends Disposable {
  /** Absolute path of the workspace folder. */
  readonly folder: string;
  readonly state: EngineState;
  readonly onStateChanged: Event<EngineState>;
  readonly onRunsChanged: Event<RunSummary[]>;
  /** The registry, an assessment or an approval changed. */
  readonly onRegistryChanged: Event<Nothing>;
  request<M extends EngineMethod>(method: M, parameters: Parameters<M>, signal?: AbortSignal): Promise<Result<M>>;
  /** Stops the process, forgets earlier failures and starts it anew. */
  restart(): Promise<void>;
}

/** One life of the engine process, opened on its folder. */
export interface EngineSession extends Disposable {
  readonly opened: WorkspaceOpened;
  readonly onRunsChanged: Event<RunSummary[]>;
  readonly onRegistryChanged: Event<Nothing>;
  /** Resolves when the process is gone, with a sentence that says how; never rejects. */
  readonly ended: Promise<string>;
  request<M extends EngineMethod>(method: M, parameters: Parameters<M>, signal?: AbortSignal): Promise<Result<M>>;
}
