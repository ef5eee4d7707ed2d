import { html, nothing } from 'lit';
import type { SampleRow } from '../../schemas/generated/messages.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { resultOf, type CellPlace, type SampleColumn } from './sample-columns.ts';
import type { FetchSample } from './sample-detail.ts';
import './sample-detail.ts';

export interface RowPlace extends CellPlace {
  readonly index: number;
  readonly columns: readonly SampleColumn[];
  readonly isOpen: boolean;
  readonly isTabStop: boolean;
  readonly fetchSample: FetchSample | undefined;
  readonly toggle: () => void;
}

/** One line of the sample table, and the sample in full below it when it is open. */
export function renderSampleRow(row: SampleRow, place: RowPlace) {
  const { index, columns, isOpen, isTabStop, report, runId, fetchSample, toggle } = place;
  return html`<tr class="row" aria-rowindex=${index + 2} @click=${toggle}>
      <th scope="row" class="number">
        <button
          type="button"
          data-index=${index}
          tabindex=${isTabStop ? 0 : -1}
          aria-expanded=${isOpen ? 'true' : 'false'}
          aria-label="Sample ${row.id}, ${resultOf(row, report).text}"
        >
          ${icon(isOpen ? 'chevronDown' : 'chevronRight')}${formatCount(row.id)}
        </button>
      </th>
      ${columns.map(({ isNumber, isText, cell }) => html`<td class=${isNumber === true ? 'number' : ''} dir=${isText === true ? 'auto' : nothing}>${cell(row, place)}</td>`)}
    </tr>
    ${
      isOpen
        ? html`<tr class="detail">
            <td colspan=${columns.length + 1}>
              <aiwb-sample-detail .sample=${row} .runId=${runId} .fetchSample=${fetchSample}></aiwb-sample-detail>
            </td>
          </tr>`
        : nothing
    }`;
}

/** The place of a row that is still being read. */
export function renderMissingRow(index: number, columns: number) {
  return html`<tr class="row" aria-rowindex=${index + 2}>
    <td class="number muted">…</td>
    <td colspan=${columns}></td>
  </tr>`;
}
