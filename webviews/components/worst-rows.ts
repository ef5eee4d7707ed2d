import { css, html, LitElement, nothing } from 'lit';
import type { WorstRow } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { sampleLink } from '../shared/sample-links.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { writeScore } from './sample-columns.ts';

/** The answers of one model that its leading metric thinks least of, each with the way to its sample. */
export class WorstRows extends LitElement {
  static override properties = { rows: { attribute: false }, runId: { attribute: false }, label: {}, model: {} };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      p {
        overflow-wrap: anywhere;
      }
      .scroll {
        max-height: min(50vh, 420px);
        border: 1px solid var(--aiwb-line);
      }
      td.text {
        min-width: 16ch;
        max-width: 44ch;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare rows: readonly WorstRow[] | undefined;
  /** Absent where samples cannot be shown. */
  declare runId: string | undefined;
  /** The metric's. */
  declare label: string;
  declare model: string;

  override render() {
    const rows = this.rows ?? [];
    if (rows.length === 0) return html`<p class="muted">${this.model} has no wrong answer.</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Worst rows of ${this.model}">
      <table>
        <thead>
          <tr>
            <th scope="col" class="number">Sample</th>
            <th scope="col" class="number">${this.label}</th>
            <th scope="col">Input</th>
            <th scope="col">Right answer</th>
            <th scope="col">Output</th>
          </tr>
        </thead>
        <tbody>
          ${rows.map(row => this.#renderRow(row))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow({ id, repeat, score, input, target, output }: WorstRow) {
    return html`<tr>
      <th scope="row" class="number">
        ${sampleLink({ runId: this.runId, id }, formatCount(id))}
        ${repeat === 0 ? nothing : html`<span class="interval">repeat ${formatCount(repeat + 1)}</span>`}
      </th>
      <td class="number">${writeScore(score)}</td>
      <td class="text" dir="auto">${clipLine(input)}</td>
      <td class="text" dir="auto">${clipLine(target, 120)}</td>
      <td class="text" dir="auto">${clipLine(output, 120)}</td>
    </tr>`;
  }
}

defineElement('aiwb-worst-rows', WorstRows);
