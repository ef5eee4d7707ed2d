import { css, html, LitElement, nothing } from 'lit';
import type {
  ComparedFigure,
  MetricArtifact,
  MetricValue,
  VersionComparison,
} from '../../schemas/generated/messages.ts';
import { changeCell } from '../components/change-cell.ts';
import { figureCell } from '../components/figure-cell.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount, unitName } from '../shared/format.ts';
import { leaderItems } from '../shared/leaders.ts';
import { figureOfArtifact } from '../shared/registry-words.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';
import type { VerdictItem } from '../shared/verdicts.ts';

/** A metric of several versions, with the intervals their own artifacts hold. */
export interface ComparedRow {
  readonly figure: ComparedFigure;
  /** One a version; undefined where it was not measured on these rows. */
  readonly values: readonly (MetricValue | undefined)[];
}

export interface ComparedGroup {
  readonly task: string;
  readonly datasetDigest: string | undefined;
  readonly rows: readonly ComparedRow[];
}

/** Figures that may be held against one another, and those measured on rows no other version was measured on. */
export function splitFigures(comparison: VersionComparison): {
  readonly comparable: readonly ComparedGroup[];
  readonly apart: readonly ComparedGroup[];
} {
  const isComparable = ({ datasetDigest, values }: ComparedFigure): boolean =>
    datasetDigest !== undefined && values.filter(value => value !== null).length > 1;
  const { figures } = comparison;
  return {
    comparable: groupRows(comparison, figures.filter(isComparable)),
    apart: groupRows(
      comparison,
      figures.filter(figure => !isComparable(figure)),
    ),
  };
}

function groupRows({ versions }: VersionComparison, figures: readonly ComparedFigure[]): readonly ComparedGroup[] {
  const groups = new Map<string, { task: string; datasetDigest: string | undefined; rows: ComparedRow[] }>();
  for (const figure of figures) {
    const { task, datasetDigest } = figure;
    const key = JSON.stringify([task, datasetDigest ?? null]);
    const group = groups.get(key) ?? { task, datasetDigest, rows: [] };
    const values = figure.values.map((value, index) =>
      value === null ? undefined : withInterval(figure, value, versions[index]?.artifacts ?? []),
    );
    group.rows.push({ figure, values });
    groups.set(key, group);
  }
  return [...groups.values()];
}

/** For each task the versions share rows of: who has the best figure, by the first metric that has a best. */
export function comparisonVerdicts(groups: readonly ComparedGroup[], names: readonly string[]): readonly VerdictItem[] {
  return groups.flatMap(({ task, rows }) => {
    const row = rows.find(({ figure }) => figure.direction !== 'neutral');
    if (row === undefined) return [];
    const { label, unit, direction } = row.figure;
    return leaderItems(showUnseen(task), { label, unit, direction, figures: row.values }, names);
  });
}

/** The artifact the compared value was read from, for its interval and n; the bare value where it is not among them. */
function withInterval(
  { task, metric, label, unit, direction, datasetDigest }: ComparedFigure,
  value: number,
  artifacts: VersionComparison['versions'][number]['artifacts'],
): MetricValue {
  const found = artifacts.find(
    (artifact): artifact is MetricArtifact =>
      artifact.artifactType === 'metric' &&
      artifact.task === task &&
      artifact.metric === metric &&
      artifact.datasetDigest === datasetDigest &&
      artifact.value === value,
  );
  return found === undefined
    ? { metric, label, kind: 'quality', unit, direction, value, n: 0 }
    : figureOfArtifact(found);
}

/** Figures of versions side by side, by task. With two versions, their difference as well. */
export class ComparedFigures extends LitElement {
  static override properties = {
    groups: { attribute: false },
    columns: { attribute: false },
    apart: { type: Boolean },
  };
  static override styles = [
    baseStyles,
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
        margin-inline-start: 8px;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];
  declare groups: readonly ComparedGroup[] | undefined;
  /** Names of the versions. */
  declare columns: readonly string[] | undefined;
  /** True for figures that must not be compared: no best of a row, no difference. */
  declare apart: boolean;

  override render() {
    const [groups, columns] = [this.groups ?? [], this.columns ?? []];
    const withDifference = columns.length === 2 && !this.apart;
    return html`<div
      class="scroll"
      tabindex="0"
      role="region"
      aria-label=${this.apart ? 'Figures on other rows' : 'Figures on the same rows'}
    >
      <table>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col" class="number">n</th>
            ${columns.map(name => html`<th scope="col" class="number">${name}</th>`)}
            ${withDifference ? html`<th scope="col" class="number">${columns[0]} against ${columns[1]}</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${groups.map(
            ({ task, datasetDigest, rows }) =>
              html`<tr>
                  <th scope="rowgroup" class="group" colspan=${columns.length + (withDifference ? 3 : 2)}>
                    <span class="task" dir="auto">${breakable(showUnseen(task))}</span>
                    <span class="about">
                      ${datasetDigest === undefined ? 'rows not known' : html`<span title="Digest of the rows ${datasetDigest}">rows <code>${shortDigest(datasetDigest)}</code></span>`}
                    </span>
                  </th>
                </tr>
                ${rows.map(row => this.#renderRow(row, withDifference))}`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow({ figure: { label, unit, direction }, values }: ComparedRow, withDifference: boolean) {
    const known = values.flatMap(value => value?.value ?? []);
    const top = direction === 'lower' ? Math.min(...known) : Math.max(...known);
    const isContest = !this.apart && direction !== 'neutral' && known.some(value => value !== top);
    const write = columnFormat(known, unit);
    const n = Math.max(0, ...values.map(value => value?.n ?? 0));
    return html`<tr>
      <th scope="row" class="name">
        ${showUnseen(label)}${unitName(unit) === '' ? nothing : html` <span class="unit">${unitName(unit)}</span>`}
      </th>
      <td class="number">${n === 0 ? '–' : formatCount(n)}</td>
      ${values.map(value => figureCell(value, write, isContest && value?.value === top))}
      ${withDifference ? changeCell(values[0], values[1]) : nothing}
    </tr>`;
  }
}

defineElement('aiwb-compared-figures', ComparedFigures);
