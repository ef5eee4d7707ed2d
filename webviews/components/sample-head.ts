import { html, nothing } from 'lit';
import type { SampleSort } from '../../schemas/generated/messages.ts';
import { icon } from '../shared/icons.ts';
import type { SampleColumn } from './sample-columns.ts';

type Change = (sort: SampleSort | undefined) => void;

/** The heading of the sample table. A heading's button sorts up, then down, then lets the order of completion be again. */
export function renderSampleHead(columns: readonly SampleColumn[], sort: SampleSort | undefined, change: Change) {
  return html`<thead>
    <tr aria-rowindex="1">
      ${renderHeading('Sample', { by: 'id' }, sort ?? { by: 'id' }, change, 'id number')}
      ${columns.map(({ label, sort: own, isNumber }) => renderHeading(label, own, sort, change, isNumber === true ? 'number' : ''))}
    </tr>
  </thead>`;
}

function renderHeading(
  label: string,
  own: Omit<SampleSort, 'descending'>,
  sort: SampleSort | undefined,
  change: Change,
  classes: string,
) {
  const isSorted = sort !== undefined && sort.by === own.by && sort.name === own.name;
  const isDescending = isSorted && sort.descending === true;
  const order = isSorted ? (isDescending ? 'descending' : 'ascending') : 'none';
  const next = isSorted ? (isDescending ? undefined : { ...own, descending: true }) : own;
  return html`<th scope="col" class=${classes} aria-sort=${order} title=${label}>
    <button type="button" @click=${() => change(next)}>
      <span>${label}</span>${isSorted ? icon(isDescending ? 'arrowDown' : 'arrowUp') : nothing}
    </button>
  </th>`;
}
