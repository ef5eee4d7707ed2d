import type { SearchedTrial, SearchReport, SearchTrial } from '../../../schemas/generated/messages.ts';
import { countOf, formatNumber, formatSeconds } from '../../reports/format.ts';
import { renderTable, type Cell } from '../../reports/table.ts';
import { selectionWords } from '../report.ts';
import type { Table } from '../text-tables.ts';
import type { SearchOutcome } from './run-search.ts';

/** A search for a terminal: its trials with what chooses between them, and the best. */
export function renderSearch({ report, stopped }: Pick<SearchOutcome, 'report' | 'stopped'>, width = Infinity): string {
  const { run, trials } = report;
  const { header, rows } = searchTable(report);
  const lines = [`${run.name}: search ${run.id}, ${begunWords(report)}`, '', ...renderTable(header, rows, { width })];
  const sentences = searchSentences(report);
  if (sentences.length > 0) lines.push('', ...sentences);
  if (stopped || trials.some(({ state }) => state !== 'succeeded'))
    lines.push('', `Go on with trials that have not succeeded: aiwb tune --resume ${run.id}`);
  return lines.join('\n');
}

/** `3 of 6 trials`. */
export function begunWords({ trials }: SearchReport): string {
  const begun = trials.filter(({ runId }) => runId !== undefined).length;
  return `${String(begun)} of ${countOf(trials.length, 'trial')}`;
}

/** All trials in their order, the best one said to be. */
export function searchTable({ run, trials, selection, best }: SearchReport): Table {
  const right = (text: string): Cell => ({ text, align: 'right' });
  const names = differingParameters(trials);
  const hasSteps = trials.some(({ step }) => step !== undefined);
  const hasLosses = trials.some(({ loss }) => loss !== undefined);
  const hasCosts = trials.some(({ cost }) => cost !== undefined);
  return {
    caption: `Trials of the search ${run.id}, by ${selectionWords(selection)} on the validation rows`,
    header: [
      right('Trial'),
      { text: 'Run' },
      ...names.map(right),
      { text: 'State' },
      right('Epochs'),
      ...(hasSteps ? [right('Step')] : []),
      ...(hasLosses ? [right('Training loss')] : []),
      right(`${selectionWords(selection)} (validation rows)`),
      right('Time'),
      ...(hasCosts ? [right('Cost')] : []),
    ],
    rows: trials.map(trial => [
      right(String(trial.trial)),
      { text: trial.runId ?? '–' },
      ...names.map(name => right(String(trial.parameters[name] ?? '–'))),
      {
        text: trial.runId !== undefined && trial.runId === best ? `${stateWords(trial)}, the best` : stateWords(trial),
      },
      right(trial.ofEpochs === undefined ? '–' : `${figureText(trial.epochs ?? 0)}/${figureText(trial.ofEpochs)}`),
      ...(hasSteps ? [right(trial.step === undefined ? '–' : String(trial.step))] : []),
      ...(hasLosses ? [right(trial.loss === undefined ? '–' : figureText(trial.loss))] : []),
      right(trial.figure === undefined ? '–' : figureText(trial.figure)),
      right(trial.seconds === undefined ? '–' : formatSeconds(trial.seconds)),
      ...(hasCosts ? [right(trial.cost === undefined ? '–' : formatNumber(trial.cost, 'USD'))] : []),
    ]),
  };
}

/** The best, what became of it, and why others failed. */
export function searchSentences({ trials, best, registered }: SearchReport): readonly string[] {
  const chosen = trials.find(({ runId }) => runId !== undefined && runId === best);
  return [
    ...(chosen === undefined ? [] : [`Best: trial ${String(chosen.trial)} (${parameterWords(chosen)}).`]),
    ...(registered === undefined ? [] : [`Registered as ${registered.model}, version ${registered.version}.`]),
    ...trials.flatMap(({ trial, failure }) =>
      failure === undefined ? [] : [`Trial ${String(trial)} failed: ${failure}`],
    ),
  ];
}

/** The parameters whose value is not the same in all trials; all of them where there is but one trial. */
function differingParameters(trials: readonly SearchedTrial[]): readonly string[] {
  const names = [...new Set(trials.flatMap(({ parameters }) => Object.keys(parameters)))];
  const differing = names.filter(name => new Set(trials.map(({ parameters }) => parameters[name])).size > 1);
  return differing.length === 0 ? names : differing;
}

function stateWords({ state }: SearchedTrial): string {
  return state ?? 'not begun';
}

/** `learningRate 0.0002, rank 8`. */
export function parameterWords({ parameters }: Pick<SearchTrial, 'parameters'>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

/** The same for programs: the trials that were begun. */
export function describeSearch({ report, stopped }: Pick<SearchOutcome, 'report' | 'stopped'>): object {
  const { run, trials, best, registered } = report;
  return {
    search: run.id,
    trials: trials.length,
    stopped,
    runs: trials.flatMap(({ runId, state, trial, parameters, figure }) =>
      runId === undefined
        ? []
        : [{ run: runId, state, trial, parameters, ...(figure === undefined ? {} : { figure }) }],
    ),
    ...(best === undefined ? {} : { best }),
    ...(registered === undefined ? {} : { registered }),
  };
}

/** Figures of any unit: four digits tell trials apart. */
function figureText(figure: number): string {
  return String(Number(figure.toPrecision(4)));
}
