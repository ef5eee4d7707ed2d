import type { LentReply, LentRequest } from '../../schemas/generated/messages.ts';

/** A lent request as its run sees it. */
export interface LentState {
  readonly id: number;
  /** A window has it under a lease that has not run out. */
  readonly taken: boolean;
  readonly reply?: LentReply;
}

/**
 * A run's side of models that a VS Code window lends: it leaves requests in the store and looks for replies. `ask` throws
 * `run-lease-lost` once another process has taken the run over.
 */
export interface LentDesk {
  /** Leaves a request until `deadline` (ms since the epoch); returns its id. */
  ask(request: LentRequest, deadline: number): Promise<number>;
  /** The requests of these ids that are still there. */
  read(ids: readonly number[]): Promise<readonly LentState[]>;
  /** Takes requests away, answered or not: a window that works on one gives it up. */
  withdraw(ids: readonly number[]): Promise<void>;
}

/** A request that a window has taken. */
export interface LentTask {
  readonly id: number;
  readonly runId: string;
  /** Name of the benchmark. */
  readonly run: string;
  /** Samples of the whole run, where that is known by now. */
  readonly total: number;
  readonly request: LentRequest;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
}

/**
 * A window's side. `holder` names the window's engine process; what it has taken is its own for `lentLease` milliseconds at a time, then
 * another may take it.
 */
export interface LentCounter {
  /** Takes up to `limit` open requests of runs that are under way, oldest first. */
  take(holder: string, limit: number): Promise<readonly LentTask[]>;
  /** Renews the leases; returns the ids that are still the holder's. */
  renew(holder: string, ids: readonly number[]): Promise<readonly number[]>;
  /** Writes a reply. False where the request is no longer the holder's, and the reply went nowhere. */
  reply(holder: string, id: number, reply: LentReply): Promise<boolean>;
  /** Gives a request back unanswered, for another window. */
  release(holder: string, ids: readonly number[]): Promise<void>;
}
