import { css, html, LitElement, nothing } from 'lit';
import { figureCell } from '../components/figure-cell.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount, unitName } from '../shared/format.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import type { ComparedGroup } from './split-figures.ts';

/** Figures that must not be held against one another: a row a task and version, without a best of anything. */
export class ApartFigures extends LitElement {
  static override properties = { groups: { attribute: false }, names: { attribute: false } };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      .task {
        min-width: min(32ch, 46vw);
      }
    `,
  ];
  declare groups: readonly ComparedGroup[] | undefined;
  /** Names of the versions. */
  declare names: readonly string[] | undefined;

  override render() {
    const groups = this.groups ?? [];
    const columns = metricColumns(groups);
    const withHardware = groups.some(({ rows }) => rows.some(row => row.hardware.some(name => name !== undefined)));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures that are not comparable">
      <table>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Version</th>
            <th scope="col">Rows</th>
            ${withHardware ? html`<th scope="col">Hardware</th>` : nothing}
            <th scope="col" class="number">n</th>
            ${columns.map(({ label, unit }) => html`<th scope="col" class="number">${showUnseen(label)}${unitName(unit) === '' ? nothing : html` <span class="unit">${unitName(unit)}</span>`}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${groups.flatMap(group => (this.names ?? []).map((name, index) => renderRow(group, name, index, columns, withHardware)))}
        </tbody>
      </table>
    </div>`;
  }
}

type Column = ComparedGroup['rows'][number]['figure'] & { readonly write: ReturnType<typeof columnFormat> };

function metricColumns(groups: readonly ComparedGroup[]): readonly Column[] {
  const rows = groups.flatMap(group => group.rows);
  const metrics = [...new Set(rows.map(({ figure }) => figure.metric))];
  return metrics.flatMap(metric => {
    const own = rows.filter(({ figure }) => figure.metric === metric);
    const [first] = own;
    if (first === undefined) return [];
    const known = own.flatMap(({ values }) => values.flatMap(value => value?.value ?? []));
    return [{ ...first.figure, write: columnFormat(known, first.figure.unit) }];
  });
}

function renderRow(
  { task, datasetDigest, rows }: ComparedGroup,
  name: string,
  index: number,
  columns: readonly Column[],
  withHardware: boolean,
) {
  const values = rows.flatMap(({ values: own }) => own[index] ?? []);
  if (values.length === 0) return nothing;
  const n = Math.max(...values.map(value => value.n));
  const hardware = rows.map(row => row.hardware[index]).find(known => known !== undefined);
  return html`<tr>
    <th scope="row" class="name task" dir="auto">${breakable(showUnseen(task))}</th>
    <td class="word">${name}</td>
    <td class="word">
      ${datasetDigest === undefined ? html`<span class="muted">not known</span>` : html`<code title=${datasetDigest}>${shortDigest(datasetDigest)}</code>`}
    </td>
    ${withHardware ? html`<td class="word">${hardware ?? html`<span class="muted">not recorded</span>`}</td>` : nothing}
    <td class="number">${n === 0 ? '–' : formatCount(n)}</td>
    ${columns.map(({ metric, write }) =>
      figureCell(
        values.find(value => value.metric === metric),
        write,
      ),
    )}
  </tr>`;
}

defineElement('aiwb-apart-figures', ApartFigures);
