import type { SearchTrial } from '../../../schemas/generated/messages.ts';
import { renderTable, type Cell } from '../../reports/table.ts';
import { selectionWords } from '../report.ts';
import type { MeasuredTrial } from './choose.ts';
import type { SearchOutcome } from './run-search.ts';

/** A search for a terminal: its trials with what chooses between them, and the best. */
export function renderSearch(outcome: SearchOutcome): string {
  const { search, trials, measured, best, registered, stopped } = outcome;
  const [first] = measured;
  const names = [...new Set(measured.flatMap(({ report }) => Object.keys(report.trial?.parameters ?? {})))];
  const right = (text: string): Cell => ({ text, align: 'right' });
  const header = [
    right('Trial'),
    { text: 'Run' },
    ...names.map(right),
    right(first === undefined ? 'Figure' : `${selectionWords(first.report.selection)} (validation rows)`),
    { text: 'State' },
  ];
  const rows = measured.map(({ report, figure }) => [
    right(String(report.trial?.trial ?? 1)),
    { text: report.run.id },
    ...names.map(name => right(String(report.trial?.parameters[name] ?? '–'))),
    right(figure === undefined ? '–' : figureText(figure)),
    { text: report.run.id === best?.run.id ? `${report.run.state}, the best` : report.run.state },
  ]);
  const lines = [
    `${first?.report.run.name ?? search}: search ${search}, ${String(measured.length)} of ${String(trials)} trials`,
    '',
  ];
  lines.push(...renderTable(header, rows));
  if (best?.trial !== undefined)
    lines.push('', `Best: trial ${String(best.trial.trial)} (${parameterWords(best.trial)}).`);
  if (registered !== undefined) lines.push(`Registered as ${registered.model}, version ${registered.version}.`);
  if (stopped || measured.some(({ report }) => report.run.state !== 'succeeded'))
    lines.push('', `Go on with trials that have not succeeded: aiwb tune --resume ${search}`);
  return lines.join('\n');
}

/** `learningRate 0.0002, rank 8`. */
export function parameterWords({ parameters }: Pick<SearchTrial, 'parameters'>): string {
  return Object.entries(parameters)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

/** The same for programs. */
export function describeSearch({ search, trials, measured, best, registered, stopped }: SearchOutcome): object {
  return {
    search,
    trials,
    stopped,
    runs: measured.map(({ report, figure }: MeasuredTrial) => ({
      run: report.run.id,
      state: report.run.state,
      trial: report.trial?.trial ?? 1,
      parameters: report.trial?.parameters ?? {},
      ...(figure === undefined ? {} : { figure }),
    })),
    ...(best === undefined ? {} : { best: best.run.id }),
    ...(registered === undefined ? {} : { registered }),
  };
}

/** Figures of any unit: four digits tell trials apart. */
function figureText(figure: number): string {
  return String(Number(figure.toPrecision(4)));
}
