import { css, html, LitElement, nothing } from 'lit';
import type { MetricArtifact } from '../../schemas/generated/messages.ts';
import { figureCell } from '../components/figure-cell.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount, formatDay, isoDate, unitName } from '../shared/format.ts';
import { figureOfArtifact, hardwareWords } from '../shared/registry-words.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

const scopes: Readonly<Record<MetricArtifact['scope'], string>> = {
  baseline: 'baseline',
  custom: 'own benchmark',
  tuning: 'tuning run',
};

/** One task as one run measured it. */
export interface Measurement {
  readonly task: string;
  readonly runId: string;
  readonly scope: MetricArtifact['scope'];
  readonly datasetDigest: string | undefined;
  readonly hardware: string | undefined;
  readonly useCase: string | undefined;
  readonly timestamp: number;
  readonly figures: readonly MetricArtifact[];
}

/** What a version was measured at: a row a task and run, newest first, a column a metric. Fires `open-run` with a run's id. */
export class MeasuredTable extends LitElement {
  static override properties = { figures: { attribute: false }, label: {} };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .task {
        min-width: min(32ch, 46vw);
      }
    `,
  ];
  declare figures: readonly MetricArtifact[] | undefined;
  /** The table's name for screen readers. */
  declare label: string | undefined;

  override render() {
    const measurements = measurementsOf(this.figures ?? []);
    const columns = metricColumns(measurements);
    const withHardware = measurements.some(({ hardware }) => hardware !== undefined);
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label ?? 'Figures by task'}>
      <table>
        <thead>
          <tr>
            <th scope="col">Task</th>
            <th scope="col">Rows</th>
            ${withHardware ? html`<th scope="col">Hardware</th>` : nothing}
            <th scope="col" class="number">n</th>
            ${columns.map(({ label, unit }) => html`<th scope="col" class="number">${showUnseen(label)}${unitName(unit) === '' ? nothing : html` <span class="unit">${unitName(unit)}</span>`}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${measurements.map(measurement => this.#renderRow(measurement, columns, withHardware))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow(measurement: Measurement, columns: readonly MetricColumn[], withHardware: boolean) {
    const { task, runId, scope, datasetDigest, hardware, useCase, timestamp, figures } = measurement;
    const n = Math.max(0, ...figures.map(figure => figure.n ?? 0));
    return html`<tr>
      <th scope="row" class="name task" dir="auto">
        ${breakable(showUnseen(task))}
        <span class="interval"
          >${scopes[scope]}${useCase === undefined ? nothing : `, ${showUnseen(useCase)}`},
          <time datetime=${isoDate(timestamp)}>${formatDay(timestamp)}</time>,
          <button
            type="button"
            class="link"
            aria-label="Open Run of ${showUnseen(task)}"
            @click=${() => this.dispatchEvent(new CustomEvent<string>('open-run', { detail: runId }))}
          >
            Open Run
          </button></span
        >
      </th>
      <td class="word">
        ${datasetDigest === undefined ? html`<span class="muted">not known</span>` : html`<code title=${datasetDigest}>${shortDigest(datasetDigest)}</code>`}
      </td>
      ${withHardware ? html`<td class="word">${hardware ?? html`<span class="muted">not recorded</span>`}</td>` : nothing}
      <td class="number">${n === 0 ? '–' : formatCount(n)}</td>
      ${columns.map(({ metric, write }) => {
        const found = figures.find(figure => figure.metric === metric);
        return figureCell(found === undefined ? undefined : figureOfArtifact(found), write);
      })}
    </tr>`;
  }
}

interface MetricColumn {
  readonly metric: string;
  readonly label: string;
  readonly unit: MetricArtifact['unit'];
  readonly write: ReturnType<typeof columnFormat>;
}

function metricColumns(measurements: readonly Measurement[]): readonly MetricColumn[] {
  const figures = measurements.flatMap(measurement => measurement.figures);
  const metrics = [...new Set(figures.map(({ metric }) => metric))];
  return metrics.flatMap(metric => {
    const own = figures.filter(figure => figure.metric === metric);
    const [first] = own;
    if (first === undefined) return [];
    const write = columnFormat(
      own.map(({ value }) => value),
      first.unit,
    );
    return [{ metric, label: first.label, unit: first.unit, write }];
  });
}

/** Figures of the same task, run, rows and hardware together, the newest first. */
export function measurementsOf(artifacts: readonly MetricArtifact[]): readonly Measurement[] {
  const groups = new Map<string, MetricArtifact[]>();
  for (const figure of artifacts) {
    const key = JSON.stringify([
      figure.runId,
      figure.task,
      figure.scope,
      figure.datasetDigest ?? null,
      hardwareWords(figure) ?? null,
    ]);
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  return [...groups.values()]
    .flatMap((figures): Measurement[] => {
      const [first] = figures;
      if (first === undefined) return [];
      const { task, runId, scope, datasetDigest, useCase } = first;
      const timestamp = Math.max(...figures.map(each => each.timestamp));
      return [{ task, runId, scope, datasetDigest, hardware: hardwareWords(first), useCase, timestamp, figures }];
    })
    .sort((a, b) => b.timestamp - a.timestamp);
}

defineElement('aiwb-measured-table', MeasuredTable);
