import { html, LitElement, nothing } from 'lit';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { letterOf } from '../shared/figures.ts';
import { formatCount, formatDate, formatDuration, isoDate } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { doneWords, gateWords, stateWords } from '../shared/words.ts';

/** The runs of a comparison, with the letters they go by in the other tables. */
export class RunList extends LitElement {
  static override properties = { runs: { attribute: false }, names: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare runs: readonly RunSummary[] | undefined;
  /** What a notebook calls each of them, where it does. */
  declare names: readonly string[] | undefined;

  override render() {
    const runs = this.runs ?? [];
    const withGate = runs.some(({ kind }) => kind === 'benchmark');
    const isMixed = new Set(runs.map(({ kind }) => kind)).size > 1;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Runs compared">
      <table>
        <thead>
          <tr>
            <th scope="col">Run</th>
            <th scope="col">Name</th>
            <th scope="col">State</th>
            <th scope="col">Started</th>
            <th scope="col" class="number">Took</th>
            <th scope="col" class="number">${isMixed ? 'Done' : withGate ? 'Samples' : 'Epochs'}</th>
            ${withGate ? html`<th scope="col">Gate</th>` : nothing}
          </tr>
        </thead>
        <tbody>
          ${runs.map((run, index) => {
            const state = stateWords(run.state);
            const started = run.startedAt ?? run.createdAt;
            const gate = run.gate === undefined ? undefined : gateWords(run.gate);
            return html`<tr>
              <th scope="row">${letterOf(index)}</th>
              <td class="name" dir="auto">${clipLine(run.name, 160)} ${this.#renderName(run, index)}</td>
              <td class="word tone-${state.tone}">${icon(state.icon)} ${state.text}</td>
              <td class="word"><time datetime=${isoDate(started)}>${formatDate(started)}</time></td>
              <td class="number">
                ${run.startedAt === undefined || run.endedAt === undefined ? '–' : formatDuration((run.endedAt - run.startedAt) / 1000)}
              </td>
              <td class="number">${isMixed ? doneWords(run) : formatCount(run.progress.done)}</td>
              ${
                withGate
                  ? html`<td class="word ${gate === undefined ? '' : `tone-${gate.tone}`}">
                      ${gate === undefined ? '–' : html`${icon(gate.icon)} ${gate.text}`}
                    </td>`
                  : nothing
              }
            </tr>`;
          })}
        </tbody>
      </table>
    </div>`;
  }

  #renderName({ id }: RunSummary, index: number) {
    const name = this.names?.[index];
    return name === undefined || name === id
      ? nothing
      : html`<span class="tag" dir="auto">${clipLine(name, 60)}</span>`;
  }
}

defineElement('aiwb-run-list', RunList);
