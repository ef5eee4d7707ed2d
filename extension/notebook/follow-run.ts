import { setTimeout as delay } from 'node:timers/promises';
import type * as vscode from 'vscode';
import type { Failure, RunSummary } from '../../schemas/generated/messages.ts';
import { describeFailure, FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import { awaitSearchEnd } from '../runs/follow-search.ts';
import type { RunBook } from '../runs/run-book.ts';
import type { Claims } from './claims.ts';
import type { CellControl } from './control.ts';
import { isGone } from './control.ts';
import { isBehind } from './output-facts.ts';
import { cellOutput, runFactsOf } from './outputs.ts';
import { awaitRunEnd, describeMissingRun } from './run-end.ts';

/** How often a window that may not write looks whether it may, or whether the other's output has come, in milliseconds. */
const lookEvery = 3_000;
/** How often in all a sound engine process may fail to give the output. */
const mostFailures = 5;

export interface FollowParts {
  readonly book: RunBook;
  readonly claims: Claims;
  readonly log: Log;
  /** Says in the cell's output what is wrong with its run. */
  say(notebook: vscode.NotebookDocument, runId: string, failure: Failure): void;
  /** Says what could not be done for the person who asked. */
  tell(error: unknown): void;
}

/** A run on whose end a cell's output waits. */
export interface FollowedRun {
  readonly control: CellControl;
  readonly engine: Engine;
  readonly runId: string;
  /** Whether it is a search, which ends with its last trial. */
  readonly isSearch: boolean;
  /** How the cell calls its result. */
  readonly as: string | undefined;
  /** Absolute path of the notebook. */
  readonly notebook: string;
  /** The execution that shows the cell as busy; absent where starting one would change the file. */
  readonly execution: vscode.NotebookCellExecution | undefined;
  /** Whether the notebook has our kernel: without it nothing can be written. */
  canWrite(): boolean;
  createExecution(): vscode.NotebookCellExecution;
  /** The number that the cell gets beside it. */
  order(): number;
}

/** How it came out: the run's last state; that there is no such run, or it has no output; or that the cell went away. */
export type FollowedEnd =
  | { readonly kind: 'ended'; readonly run: RunSummary }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'left' };

/**
 * Waits for a run's end, cancelling the run when the cell is interrupted, and replaces the cell's output: once, in one window. Where another
 * window writes it, this one takes it from the file, and takes over when the other dies.
 */
export async function followRun(followed: FollowedRun, parts: FollowParts): Promise<FollowedEnd> {
  const { control, engine, runId, execution } = followed;
  const { interrupted, left } = control;
  const { notebook } = control.cell;
  const onTrouble = (error: unknown): void => {
    const failure = toFailure(error);
    parts.log.warn(describeFailure(failure));
    parts.say(notebook, runId, failure);
  };
  const cancel = (): void => {
    engine.request('runs/cancel', { runId }).catch((error: unknown) => {
      // Nobody can stop it from here: the cell does not wait for that.
      parts.tell(error);
      control.leave();
    });
  };
  interrupted.addEventListener('abort', cancel, { once: true });
  if (interrupted.aborted) cancel();
  await mayWrite(followed, parts).catch(onTrouble);
  let open = execution;
  const close = (success?: boolean, endTime?: number): void => {
    open?.end(success, endTime);
    open = undefined;
  };
  try {
    const awaitEnd = followed.isSearch ? awaitSearchEnd : awaitRunEnd;
    let run = await awaitEnd(engine, runId, { book: parts.book, onTrouble }, left);
    for (let failures = 0; ;) {
      if (isGone(control.cell)) return { kind: 'left' };
      if (!isWanted(followed, run)) break;
      try {
        if (await mayWrite(followed, parts)) {
          const asked = { runId, ...(followed.as === undefined ? {} : { as: followed.as }) };
          const { bundle } = await engine.request('cells/output', asked, left);
          open ??= reopen(followed, run);
          await open.replaceOutput(cellOutput(bundle));
          open.executionOrder = followed.order();
          close(run.state === 'succeeded', run.endedAt ?? Date.now());
          // It may have been resumed while its end was written.
          const now = await runNow(followed, parts);
          if (now === undefined || !isBehind(run, now)) break;
          run = await awaitEnd(engine, runId, { book: parts.book, onTrouble }, left);
          continue;
        }
        // The notebook is another window's to write: nothing is under way here.
        close();
      } catch (error) {
        if (left.aborted || toFailure(error).code === 'run-not-found') throw error;
        if (engine.state.kind === 'ready' && ++failures === mostFailures) throw error;
        onTrouble(error);
      }
      await delay(lookEvery, undefined, { signal: left, ref: false });
    }
    return { kind: 'ended', run };
  } catch (error) {
    if (left.aborted) return { kind: 'left' };
    const known = toFailure(error);
    const failure = known.code === 'run-not-found' ? describeMissingRun(runId).failure : known;
    onTrouble(new FailureError(failure, error));
    // What the output says of the run stays: it may be one of another machine.
    close(false, Date.now());
    return { kind: 'failed', failure };
  } finally {
    close();
    interrupted.removeEventListener('abort', cancel);
  }
}

/** Whether the cell still waits for this end: its output may have been cleared, written by another window or be another run's. */
function isWanted({ control, runId, execution }: FollowedRun, run: RunSummary): boolean {
  const facts = runFactsOf(control.cell);
  if (facts === undefined) return execution !== undefined && control.cell.outputs.length === 0;
  return facts.id === runId && isBehind(facts, run);
}

/** The run, or the search as one run, as it is known now. */
async function runNow({ engine, runId, isSearch, control }: FollowedRun, { book }: FollowParts) {
  if (!isSearch) return book.get(runId)?.run;
  return (await engine.request('tuning/search', { runId }, control.left)).run;
}

async function mayWrite(followed: FollowedRun, { claims }: FollowParts): Promise<boolean> {
  const { engine, runId, notebook } = followed;
  return followed.canWrite() && (await claims.take({ engine, runId, notebook }));
}

function reopen(followed: FollowedRun, run: RunSummary): vscode.NotebookCellExecution {
  const execution = followed.createExecution();
  execution.start(run.startedAt ?? run.createdAt);
  return execution;
}
