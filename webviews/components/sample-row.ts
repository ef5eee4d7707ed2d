import { html, nothing } from 'lit';
import type { Report, SampleRow } from '../../schemas/generated/messages.ts';
import { leadingMetric, variantIndex, variantName } from '../shared/figures.ts';
import { formatCount, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { clipLine } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';
import './sample-detail.ts';

export interface RowPlace {
  readonly index: number;
  readonly isOpen: boolean;
  readonly isTabStop: boolean;
  readonly report: Report | undefined;
  readonly runId: string | undefined;
  readonly toggle: () => void;
}

/** Ids hold their run in the upper bits; people read the position within it. */
const idsPerRun = 2 ** 32;

/** One line of the sample table, and the sample in full below it when it is open. */
export function renderSampleRow(row: SampleRow, { index, isOpen, isTabStop, report, runId, toggle }: RowPlace) {
  const { text, look, name } = resultOf(row, report);
  return html`<tr class="row" aria-rowindex=${index + 2} @click=${toggle}>
      <th scope="row" class="number">
        <button
          type="button"
          data-index=${index}
          tabindex=${isTabStop ? 0 : -1}
          aria-expanded=${isOpen ? 'true' : 'false'}
          aria-label="Sample ${row.id % idsPerRun}, ${text}"
        >
          ${icon(isOpen ? 'chevronDown' : 'chevronRight')}${formatCount(row.id % idsPerRun)}
        </button>
      </th>
      <td class="tone-${look}">${icon(name)} ${text}</td>
      <td>${modelOf(row, report, runId)}</td>
      <td dir="auto">${clipLine(row.input)}</td>
      <td dir="auto">${clipLine(row.target, 120)}</td>
      <td dir="auto">${renderOutput(row)}</td>
      <td class="number">${row.latencyMs === undefined ? '–' : formatValue(row.latencyMs, 'ms')}</td>
    </tr>
    ${isOpen ? renderDetail(row, runId) : nothing}`;
}

/** The place of a row that is still being read. */
export function renderMissingRow(index: number) {
  return html`<tr class="row" aria-rowindex=${index + 2}>
    <td class="number muted">…</td>
    <td colspan="6"></td>
  </tr>`;
}

function renderDetail(row: SampleRow, runId: string | undefined) {
  return html`<tr class="detail">
    <td colspan="7"><aiwb-sample-detail .sample=${row} .runId=${runId}></aiwb-sample-detail></td>
  </tr>`;
}

function renderOutput({ output, failure }: SampleRow) {
  if (failure === undefined) return clipLine(output ?? '', 120);
  return html`<span class="failed">${failureWords(failure.class)}</span>`;
}

function resultOf(row: SampleRow, report: Report | undefined) {
  if (row.state === 'failed') return { text: 'failed', look: 'bad', name: 'error' } as const;
  const leading = report === undefined ? undefined : leadingMetric(report)?.metric;
  const score = (leading === undefined ? undefined : row.scores[leading]) ?? Object.values(row.scores)[0];
  if (score === undefined) return { text: 'answered', look: 'neutral', name: 'info' } as const;
  if (score >= 1) return { text: 'right', look: 'good', name: 'check' } as const;
  if (score <= 0) return { text: 'wrong', look: 'bad', name: 'cross' } as const;
  return { text: `score ${score.toFixed(2)}`, look: 'warn', name: 'equal' } as const;
}

function modelOf({ variant }: SampleRow, report: Report | undefined, runId: string | undefined): string {
  if (report === undefined || runId === undefined) return '';
  const index = variantIndex(report, runId, variant);
  return index < 0 ? '–' : variantName(report, index);
}
