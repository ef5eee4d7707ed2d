import { html, type TemplateResult } from 'lit';
import type { Report, SampleRow, SampleSort } from '../../schemas/generated/messages.ts';
import { leadingMetric, variantIndex, variantName } from '../shared/figures.ts';
import { formatCount, formatFixed, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';

/** A column of the sample table besides the first, which is the sample itself. */
export interface SampleColumn {
  /** Such as `latency`, `score:wer` or `slice:region`. */
  readonly id: string;
  readonly label: string;
  readonly sort: Omit<SampleSort, 'descending'>;
  /** In pixels; texts share what is left beyond theirs. */
  readonly width: number;
  readonly isNumber?: boolean;
  readonly isText?: boolean;
  readonly cell: (row: SampleRow, place: CellPlace) => string | TemplateResult;
}

export interface CellPlace {
  readonly report: Report | undefined;
  readonly runId: string | undefined;
}

/** Names of what rows have beyond what all have. */
export interface RowNames {
  readonly scores: readonly string[];
  readonly slices: readonly string[];
}

/** Every column that there can be, in the order they are shown. */
export function sampleColumns({ scores, slices }: RowNames): readonly SampleColumn[] {
  return [
    ...textColumns,
    ...scores.map((name): SampleColumn => {
      const cell = ({ scores: own }: SampleRow): string => writeScore(Object.hasOwn(own, name) ? own[name] : undefined);
      const label = `Score ${showUnseen(name)}`;
      return { id: `score:${name}`, label, sort: { by: 'score', name }, width: 112, isNumber: true, cell };
    }),
    ...slices.map((name): SampleColumn => {
      const cell = ({ slices: own }: SampleRow): string =>
        clipLine(Object.hasOwn(own, name) ? (own[name] ?? '') : '–', 60);
      return { id: `slice:${name}`, label: showUnseen(name), sort: { by: 'slice', name }, width: 120, cell };
    }),
    ...measureColumns,
  ];
}

/** What shows until the reader chooses. */
export function usualColumns(hasSeveralModels: boolean): readonly string[] {
  return ['right', ...(hasSeveralModels ? ['variant'] : []), 'input', 'target', 'output', 'latency'];
}

const textColumns: readonly SampleColumn[] = [
  {
    id: 'right',
    label: 'Result',
    sort: { by: 'right' },
    width: 104,
    cell: (row, { report }) => renderResult(row, report),
  },
  { id: 'variant', label: 'Model', sort: { by: 'variant' }, width: 148, cell: modelOf },
  {
    id: 'input',
    label: 'Input',
    sort: { by: 'input' },
    width: 180,
    isText: true,
    cell: ({ input }) => clipLine(input),
  },
  {
    id: 'target',
    label: 'Right answer',
    sort: { by: 'target' },
    width: 120,
    isText: true,
    cell: ({ target }) => clipLine(target, 120),
  },
  { id: 'output', label: 'Output', sort: { by: 'output' }, width: 120, isText: true, cell: renderOutput },
];

const measureColumns: readonly SampleColumn[] = [
  measure('latency', 'Latency', 92, ({ latencyMs }) => write(latencyMs, value => formatValue(value, 'ms'))),
  measure('firstToken', 'First token', 104, ({ firstTokenMs }) =>
    write(firstTokenMs, value => formatValue(value, 'ms')),
  ),
  measure('inputTokens', 'Tokens in', 96, ({ inputTokens }) => write(inputTokens, formatCount)),
  measure('outputTokens', 'Tokens out', 104, ({ outputTokens }) => write(outputTokens, formatCount)),
  measure('cost', 'Cost', 112, ({ cost }) => write(cost, value => formatValue(value, 'USD'))),
  measure('attempts', 'Attempts', 92, ({ attempts }) => write(attempts, formatCount)),
  measure('row', 'Row', 84, ({ row }) => formatCount(row + 1)),
  measure('repeat', 'Repeat', 84, ({ repeat }) => formatCount(repeat + 1)),
  {
    id: 'failure',
    label: 'Failure',
    sort: { by: 'failure' },
    width: 148,
    cell: ({ failure }) => (failure === undefined ? '–' : failureWords(failure.class)),
  },
];

function measure(id: SampleSort['by'], label: string, width: number, cell: (row: SampleRow) => string): SampleColumn {
  return { id, label, sort: { by: id }, width, isNumber: true, cell };
}

function write(value: number | undefined, format: (value: number) => string): string {
  return value === undefined ? '–' : format(value);
}

export function writeScore(score: number | undefined): string {
  if (score === undefined) return '–';
  return Number.isInteger(score) ? formatFixed(score, 0) : formatFixed(score, 3);
}

function renderOutput({ output, failure }: SampleRow) {
  if (failure === undefined) return clipLine(output ?? '', 120);
  return html`<span class="failed">${failureWords(failure.class)}</span>`;
}

function renderResult(row: SampleRow, report: Report | undefined) {
  const { text, look, name } = resultOf(row, report);
  return html`<span class="tone-${look}">${icon(name)} ${text}</span>`;
}

/** How an answer fared: right or wrong by the metric that decides, else its score. */
export function resultOf(row: SampleRow, report: Report | undefined) {
  if (row.state === 'failed') return { text: 'failed', look: 'bad', name: 'error' } as const;
  if (row.right === true) return { text: 'right', look: 'good', name: 'check' } as const;
  const leading = report === undefined ? undefined : leadingMetric(report)?.metric;
  const score = leading === undefined ? undefined : row.scores[leading];
  if (row.right === false) {
    const isPartly = score !== undefined && !Number.isInteger(score);
    return { text: isPartly ? `wrong, ${score.toFixed(2)}` : 'wrong', look: 'bad', name: 'cross' } as const;
  }
  if (score === undefined) return { text: 'answered', look: 'neutral', name: 'info' } as const;
  return { text: `score ${score.toFixed(2)}`, look: 'neutral', name: 'equal' } as const;
}

function modelOf({ variant }: SampleRow, { report, runId }: CellPlace): string {
  if (report === undefined || runId === undefined) return '';
  const index = variantIndex(report, runId, variant);
  return index < 0 ? '–' : variantName(report, index);
}
