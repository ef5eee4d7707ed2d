import { html, nothing } from 'lit';
import type { MetricValue, TriedModel } from '../../schemas/generated/messages.ts';
import { columnFormat, formatCount, unitName } from '../shared/format.ts';
import { clipLine } from '../shared/text.ts';

/** Figures that are shown of every model, in this order, where any has them. */
const shown: readonly (readonly [metric: string, label: string])[] = [
  ['latency.p50', 'Latency'],
  ['time-to-first-token.p50', 'First token'],
  ['tokens.input', 'Tokens in'],
  ['tokens.output', 'Tokens out'],
];

interface Column {
  readonly label: string;
  readonly unit: string;
  readonly cells: readonly (string | undefined)[];
  /** Positions of the lowest figure, where there is something to choose. */
  readonly best: ReadonlySet<number>;
}

/** What each model took in all: times, tokens and money. Goes with `tableStyles`. */
export function renderTotals(models: readonly TriedModel[]) {
  if (models.length === 0) return nothing;
  const columns = [...shown.flatMap(([metric, label]) => figureColumn(models, metric, label)), ...costColumn(models)];
  const isCached = models.some(({ cached }) => cached > 0);
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures of each model">
    <table>
      <caption>
        <span>Times are medians; tokens and cost are sums over all answers.</span>
      </caption>
      <thead>
        <tr>
          <th scope="col">Model</th>
          <th scope="col" class="number">Answers</th>
          <th scope="col" class="number">Failed</th>
          ${isCached ? html`<th scope="col" class="number" title="From the cache: without times, and not paid for again">Cached</th>` : nothing}
          ${columns.map(({ label, unit }) => html`<th scope="col" class="number">${label}${unit === '' ? nothing : html` <span class="unit">${unit}</span>`}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${models.map(
          (model, index) =>
            html`<tr>
              <th scope="row" class="name">${clipLine(model.model, 80)}</th>
              <td class="number">${formatCount(model.answered)}</td>
              <td class="number">${formatCount(model.failed)}</td>
              ${isCached ? html`<td class="number">${formatCount(model.cached)}</td>` : nothing}
              ${columns.map(({ cells, best }) => html`<td class=${best.has(index) ? 'number best' : 'number'}>${cells[index] ?? '–'}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function figureColumn(models: readonly TriedModel[], metric: string, label: string): Column[] {
  const figures = models.map(({ metrics }) => metrics.find(figure => figure.metric === metric));
  const unit = figures.find(figure => figure !== undefined)?.unit;
  return unit === undefined
    ? []
    : column(
        label,
        unit,
        figures.map(figure => figure?.value ?? undefined),
      );
}

function costColumn(models: readonly TriedModel[]): Column[] {
  return column(
    'Cost',
    'USD',
    models.map(({ cost }) => cost),
  );
}

function column(label: string, unit: MetricValue['unit'], values: readonly (number | undefined)[]): Column[] {
  const known = values.filter(value => value !== undefined);
  if (known.length === 0) return [];
  const format = columnFormat(known, unit);
  const lowest = format(Math.min(...known));
  const isChoice =
    known.length > 1 && known.some(value => format(value) !== lowest) && (unit === 'ms' || unit === 'USD');
  return [
    {
      label,
      unit: unit === 'tokens' ? '' : unitName(unit),
      cells: values.map(value => (value === undefined ? undefined : format(value))),
      best: new Set(
        isChoice
          ? values.flatMap((value, index) => (value !== undefined && format(value) === lowest ? [index] : []))
          : [],
      ),
    },
  ];
}
