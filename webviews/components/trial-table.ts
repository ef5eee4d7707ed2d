import { html, LitElement, nothing } from 'lit';
import type { TuningReport } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { columnFormat, formatCount, formatDuration, formatPlace, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { aspectWords, chosenEpoch, selectedFigure } from '../shared/tuning.ts';
import { stateWords, verdictWords } from '../shared/words.ts';
import { figureCell } from './figure-cell.ts';
import { runName } from './tuning-charts.ts';

/** The trials of a search, the best selected figure first. */
export class TrialTable extends LitElement {
  static override properties = { reports: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare reports: readonly TuningReport[] | undefined;

  override render() {
    const reports = this.reports ?? [];
    const trials = sortTrials(reports);
    const [first] = trials;
    if (first === undefined) return nothing;
    const { selection } = first.report;
    const parameters = [...new Set(trials.flatMap(({ report }) => Object.keys(report.trial?.parameters ?? {})))];
    const write = columnFormat(
      trials.flatMap(({ figure }) => figure?.value ?? []),
      first.figure?.unit ?? 'score',
    );
    const of = Math.max(...trials.map(({ report }) => report.trial?.trials ?? 0));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Trials of the search">
      <table>
        <caption>
          <span
            >${formatCount(trials.length)} of ${formatCount(of)} trials, by ${clipLine(selection.label, 80)} on the
            ${first.figure?.isTest === true ? 'test' : 'validation'} rows of ${aspectWords(selection.aspect)}.</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col" class="number">Trial</th>
            ${parameters.map(name => html`<th scope="col" class="number">${clipLine(name, 60)}</th>`)}
            <th scope="col" class="number">${clipLine(selection.label, 80)}</th>
            <th scope="col">Against the base</th>
            <th scope="col" class="number">Best epoch</th>
            <th scope="col" class="number">Wall time</th>
            <th scope="col" class="number">Cost</th>
          </tr>
        </thead>
        <tbody>
          ${trials.map(({ report, index, figure }, rank) => {
            const { trial, infrastructure: used, run } = report;
            const best = chosenEpoch(report);
            return html`<tr>
              <th scope="row" class="word">${runName(reports, index)}</th>
              <td class="number">${trial === undefined ? '–' : formatCount(trial.trial)}</td>
              ${parameters.map(name => html`<td class="number">${String(trial?.parameters[name] ?? '–')}</td>`)}
              ${figure === undefined ? html`<td class="muted number">${stateWords(run.state).text}</td>` : figureCell(figure, write, rank === 0)}
              ${renderVerdict(report)}
              <td class="number">${best === undefined ? '–' : formatPlace(best)}</td>
              <td class="number">${used === undefined ? '–' : formatDuration(used.wallSeconds)}</td>
              <td class="number">${used?.cost === undefined ? '–' : formatValue(used.cost, 'USD')}</td>
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }
}

function renderVerdict({ aspects, selection }: TuningReport) {
  const changes = aspects.find(({ aspect }) => aspect === selection.aspect)?.changes ?? [];
  const change = changes.find(({ metric }) => metric === selection.metric);
  if (change === undefined) return html`<td class="muted">–</td>`;
  const { text, icon: name, tone } = verdictWords(change.verdict);
  return html`<td class="word tone-${tone}">${icon(name)} ${text}</td>`;
}

function sortTrials(reports: readonly TuningReport[]) {
  const trials = reports.map((report, index) => ({ report, index, figure: selectedFigure(report) }));
  const sign = reports[0]?.selection.direction === 'lower' ? 1 : -1;
  return trials.sort((a, b) => {
    if (a.figure === undefined || b.figure === undefined)
      return Number(a.figure === undefined) - Number(b.figure === undefined);
    return sign * (a.figure.value - b.figure.value) || a.index - b.index;
  });
}

defineElement('aiwb-trial-table', TrialTable);
