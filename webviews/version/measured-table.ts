import { css, html, LitElement, nothing } from 'lit';
import type { MetricArtifact } from '../../schemas/generated/messages.ts';
import { figureCell } from '../components/figure-cell.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount, formatDay, isoDate, unitName } from '../shared/format.ts';
import { figureOfArtifact } from '../shared/registry-words.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

const scopes: Readonly<Record<MetricArtifact['scope'], string>> = {
  baseline: 'baseline',
  custom: 'own benchmark',
  tuning: 'tuning run',
};

interface TaskGroup {
  readonly task: string;
  readonly runId: string;
  readonly figures: readonly MetricArtifact[];
}

/** What a version was measured at: one group a task and run, newest first. Fires `open-run` with a run's id. */
export class MeasuredTable extends LitElement {
  static override properties = { figures: { attribute: false }, label: {} };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      tbody th.group {
        padding-top: 12px;
      }
      .task {
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .about {
        display: inline-flex;
        flex-wrap: wrap;
        gap: 0 12px;
        margin-inline-start: 8px;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];
  declare figures: readonly MetricArtifact[] | undefined;
  /** The table's name for screen readers. */
  declare label: string | undefined;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label ?? 'Figures by task'}>
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="number">Value</th>
            <th scope="col" class="number">n</th>
          </tr>
        </thead>
        <tbody>
          ${taskGroups(this.figures ?? []).map(group => this.#renderGroup(group))}
        </tbody>
      </table>
    </div>`;
  }

  #renderGroup({ task, runId, figures }: TaskGroup) {
    const [first] = figures;
    if (first === undefined) return nothing;
    const { scope, datasetDigest, timestamp } = first;
    return html`<tr>
        <th scope="rowgroup" class="group" colspan="3">
          <span class="task" dir="auto">${breakable(showUnseen(task))}</span>
          <span class="about">
            <span>${scopes[scope]}</span>
            <time datetime=${isoDate(timestamp)}>${formatDay(timestamp)}</time>
            ${datasetDigest === undefined ? html`<span>rows not known</span>` : html`<span title="Digest of the rows ${datasetDigest}">rows <code>${shortDigest(datasetDigest)}</code></span>`}
            <button
              type="button"
              class="link"
              aria-label="Open Run of ${showUnseen(task)}"
              @click=${() => this.dispatchEvent(new CustomEvent<string>('open-run', { detail: runId }))}
            >
              Open Run
            </button>
          </span>
        </th>
      </tr>
      ${figures.map(renderFigure)}`;
  }
}

function renderFigure(artifact: MetricArtifact) {
  const unit = unitName(artifact.unit);
  return html`<tr>
    <th scope="row" class="name">
      ${showUnseen(artifact.label)}${unit === '' ? nothing : html` <span class="unit">${unit}</span>`}
    </th>
    ${figureCell(figureOfArtifact(artifact), columnFormat([artifact.value], artifact.unit))}
    <td class="number">${artifact.n === undefined ? '–' : formatCount(artifact.n)}</td>
  </tr>`;
}

/** Figures of the same task and run together, the newest first. */
export function taskGroups(figures: readonly MetricArtifact[]): readonly TaskGroup[] {
  const groups = new Map<string, MetricArtifact[]>();
  for (const figure of figures) {
    const key = JSON.stringify([figure.runId, figure.task]);
    groups.set(key, [...(groups.get(key) ?? []), figure]);
  }
  const newest = (own: readonly MetricArtifact[]): number => Math.max(...own.map(({ timestamp }) => timestamp));
  return [...groups.values()]
    .sort((a, b) => newest(b) - newest(a))
    .flatMap(own => {
      const [first] = own;
      return first === undefined ? [] : [{ task: first.task, runId: first.runId, figures: own }];
    });
}

defineElement('aiwb-measured-table', MeasuredTable);
