import type {
  AspectResult,
  FigureChange,
  MetricValue,
  TuningComparison,
  TuningReport,
} from '../../schemas/generated/messages.ts';
import { formatNumber, formatSeconds, formatValue, groupDigits } from '../reports/format.ts';
import type { Cell } from '../reports/table.ts';
import { verdictNames } from './change-words.ts';
import { aspectWords } from './rows.ts';

/** A table as every rendering writes it. */
export interface Table {
  readonly caption: string;
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

const right = (text: string): Cell => ({ text, align: 'right' });

/** All tables that these runs give rise to, in the order they are read. */
export function tablesOf(comparison: TuningComparison): readonly Table[] {
  const { reports } = comparison;
  const several = reports.length > 1;
  return [
    trialTable(reports),
    changeTable(reports, several),
    figureTable(reports, several),
    sliceTable(reports, several),
    ...(several ? [usageTable(comparison), differenceTable(comparison)] : []),
  ].filter(table => table !== undefined && table.rows.length > 0) as Table[];
}

const changeHeader: readonly Cell[] = [
  right('Base'),
  right('Tuned'),
  right('Difference'),
  right('n'),
  right('p'),
  { text: 'Verdict' },
];

/** Base and tuned model on the same test rows, one line a figure. */
function changeTable(reports: readonly TuningReport[], several: boolean): Table {
  const rows = reports.flatMap(({ run, aspects }) =>
    aspects.flatMap(({ aspect, changes = [] }) =>
      changes.map(change => [
        ...(several ? [{ text: run.id }] : []),
        { text: `${aspectWords(aspect)}: ${change.label}` },
        ...changeCells(change),
      ]),
    ),
  );
  return {
    caption: 'Base and tuned model on the test rows',
    header: [...(several ? [{ text: 'Run' }] : []), { text: 'Test rows of' }, ...changeHeader],
    rows,
  };
}

function sliceTable(reports: readonly TuningReport[], several: boolean): Table {
  const rows = reports.flatMap(({ run, aspects }) =>
    aspects.flatMap(({ aspect, sliceChanges = [] }) =>
      sliceChanges.map(({ column, value, change }) => [
        ...(several ? [{ text: run.id }] : []),
        { text: `${aspectWords(aspect)}, ${column} ${value === '' ? '(empty)' : value}: ${change.label}` },
        ...changeCells(change),
      ]),
    ),
  );
  return {
    caption: 'Slices',
    header: [...(several ? [{ text: 'Run' }] : []), { text: 'Slice' }, ...changeHeader],
    rows,
  };
}

function changeCells({ base, tuned, difference, low, high, unit, n, pValue, verdict }: FigureChange): Cell[] {
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value, unit)}`;
  const interval = low === undefined || high === undefined ? '' : ` (${signed(low)} to ${signed(high)})`;
  return [
    right(base === null ? '–' : formatNumber(base, unit)),
    right(tuned === null ? '–' : formatNumber(tuned, unit)),
    right(difference === undefined ? '–' : `${signed(difference)}${interval}`),
    right(groupDigits(n)),
    right(verdict === 'not-computed' ? '–' : pValue < 0.001 ? '<0.001' : pValue.toFixed(3)),
    { text: verdictNames[verdict] },
  ];
}

/** Aspects × metrics on the test rows, of aspects whose base was not compared; the base's figures stand under the tuned model's. */
function figureTable(reports: readonly TuningReport[], several: boolean): Table {
  const measured = reports.flatMap(report =>
    report.aspects
      .filter(({ metrics, changes = [] }) => metrics.length > 0 && changes.length === 0)
      .map(aspect => ({ report, aspect })),
  );
  const columns = new Map(
    measured.flatMap(({ aspect }) => aspect.metrics.map(({ metric, label }) => [metric, label] as const)),
  );
  const header = [
    ...(several ? [{ text: 'Run' }] : []),
    { text: 'Test rows of' },
    { text: 'Model' },
    ...[...columns.values()].map(right),
    right('n'),
  ];
  const line = (run: string, aspect: AspectResult, model: string, figures: readonly MetricValue[]): Cell[] => [
    ...(several ? [{ text: run }] : []),
    { text: aspectWords(aspect.aspect) },
    { text: model },
    ...[...columns.keys()].map(metric => {
      const figure = figures.find(candidate => candidate.metric === metric);
      return right(figure === undefined ? '–' : formatValue(figure));
    }),
    right(groupDigits(aspect.testRows)),
  ];
  const rows = measured.flatMap(({ report, aspect }) => [
    line(report.run.id, aspect, 'tuned', aspect.metrics),
    ...(aspect.base === undefined ? [] : [line(report.run.id, aspect, 'base', aspect.base)]),
  ]);
  return { caption: 'Test rows', header, rows };
}

/** The trials of a search, the best selected figure first. */
function trialTable(reports: readonly TuningReport[]): Table | undefined {
  const trials = reports.flatMap(report => (report.trial === undefined ? [] : [{ report, trial: report.trial }]));
  const [first] = trials;
  if (first === undefined || trials.length < 2) return undefined;
  const { selection } = first.report;
  const parameters = [...new Set(trials.flatMap(({ trial }) => Object.keys(trial.parameters)))];
  const sign = selection.direction === 'lower' ? 1 : -1;
  const sorted = trials
    .map(each => ({ ...each, figure: selectedFigure(each.report) }))
    .sort((a, b) => sign * ((a.figure?.value ?? sign * Infinity) - (b.figure?.value ?? sign * Infinity)));
  return {
    caption: `Trials by ${selection.label} on the test rows of ${aspectWords(selection.aspect)}`,
    header: [{ text: 'Trial' }, { text: 'Run' }, ...parameters.map(right), right(selection.label), right('Cost')],
    rows: sorted.map(({ report, trial, figure }) => [
      { text: String(trial.trial) },
      { text: report.run.id },
      ...parameters.map(name => right(String(trial.parameters[name] ?? '–'))),
      right(figure === undefined ? report.run.state : formatValue(figure)),
      right(costWords(report)),
    ]),
  };
}

/** The figure that chooses, on the test rows. */
function selectedFigure({ selection, aspects }: TuningReport): MetricValue | undefined {
  const metrics = aspects.find(({ aspect }) => aspect === selection.aspect)?.metrics ?? [];
  return metrics.find(({ metric }) => metric === selection.metric);
}

function costWords({ infrastructure }: TuningReport): string {
  return infrastructure?.cost === undefined ? '–' : formatNumber(infrastructure.cost, 'USD');
}

/** What each run used, and whether another is as good for less. */
function usageTable({ reports, tradeoff = [] }: TuningComparison): Table {
  const used = reports.filter(({ infrastructure }) => infrastructure !== undefined);
  const withGpu = used.some(({ infrastructure }) => infrastructure?.gpuSeconds !== undefined);
  const withTokens = used.some(({ infrastructure }) => infrastructure?.tokens !== undefined);
  return {
    caption: 'Infrastructure',
    header: [
      { text: 'Run' },
      { text: 'Hardware' },
      right('Time'),
      ...(withGpu ? [right('GPU-hours')] : []),
      ...(withTokens ? [right('Tokens')] : []),
      right('Cost'),
      ...(tradeoff.length === 0 ? [] : [{ text: 'Quality for cost' }]),
    ],
    rows: used.map(report => {
      const { run, infrastructure } = report;
      const { gpu, hardware, platform, wallSeconds = 0, gpuSeconds, tokens } = infrastructure ?? {};
      const point = tradeoff.find(({ runId }) => runId === run.id);
      const standing =
        point === undefined ? 'not compared' : point.isBest ? 'none as good for less' : 'another is as good for less';
      return [
        { text: run.id },
        { text: gpu ?? hardware ?? platform ?? '–' },
        right(formatSeconds(wallSeconds)),
        ...(withGpu ? [right(gpuSeconds === undefined ? '–' : (gpuSeconds / 3600).toFixed(2))] : []),
        ...(withTokens ? [right(tokens === undefined ? '–' : groupDigits(tokens))] : []),
        right(costWords(report)),
        ...(tradeoff.length === 0 ? [] : [{ text: standing }]),
      ];
    }),
  };
}

function differenceTable({ reports, differences }: TuningComparison): Table {
  return {
    caption: 'Settings that differ',
    header: [{ text: 'Differs in' }, ...reports.map(({ run }) => ({ text: run.id }))],
    rows: differences.map(({ name, values }) => [{ text: name }, ...values.map(text => ({ text }))]),
  };
}
