import pc from 'picocolors';
import type { ExitCode } from '../../engine/base/errors.ts';
import type { RunRecord, Store } from '../../engine/ports/store.ts';
import { compareTuning } from '../../engine/tuning/compare.ts';
import { runSearch, type SearchOutcome } from '../../engine/tuning/search/run-search.ts';
import { describeSearch, parameterWords, renderSearch } from '../../engine/tuning/search/text.ts';
import { renderTuningText } from '../../engine/tuning/text.ts';
import { createRunPorts } from '../composition.ts';
import type { GlobalOptions } from '../options.ts';
import { printJson, printNote, printResult, tableWidth } from '../output.ts';
import { runInForeground, type AttemptContext } from './attempt.ts';

/** Runs the trials of a search in this process, one after another. */
export async function searchInForeground(
  of: RunRecord,
  context: AttemptContext,
  signal: AbortSignal,
): Promise<SearchOutcome> {
  const { store, workspace, access, host, options } = context;
  const ports = await createRunPorts(host, workspace, access, {}, signal);
  return runSearch(
    of,
    store,
    ports,
    {
      execute: (trial, stop) => runInForeground(trial, context, stop),
      onTrial({ spec: { trial } }) {
        if (options.json !== true && trial !== undefined)
          printNote(pc.dim(`Trial ${String(trial.trial)} of ${String(trial.trials)}: ${parameterWords(trial)}`));
      },
      onNote: printNote,
    },
    signal,
  );
}

const mostCompared = 5;

/** Prints a search and tells how it went: 0 where every trial has succeeded. */
export async function printSearch(outcome: SearchOutcome, store: Store, options: GlobalOptions): Promise<ExitCode> {
  const all = outcome.measured.filter(({ report }) => report.epochs.length > 0).map(({ report }) => report.run.id);
  // More do not fit side by side: the list of trials has them all.
  const trained =
    all.length > mostCompared && options.json !== true && outcome.best !== undefined ? [outcome.best.run.id] : all;
  const comparison = trained.length === 0 ? undefined : await compareTuning(trained, store);
  if (options.json === true) {
    printJson({ ...describeSearch(outcome), ...(comparison === undefined ? {} : { comparison }) });
  } else {
    if (comparison !== undefined) printResult(`${renderTuningText(comparison, tableWidth())}\n\n`);
    printResult(renderSearch(outcome, tableWidth()));
  }
  if (outcome.stopped) {
    const [first] = outcome.measured;
    if (first !== undefined) printNote(pc.dim(`Go on with: aiwb tune --resume ${first.report.run.id}`));
    return 130;
  }
  return outcome.measured.every(({ report }) => report.run.state === 'succeeded') ? 0 : 3;
}
