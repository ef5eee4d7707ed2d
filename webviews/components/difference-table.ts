import { html, LitElement } from 'lit';
import type { SettingDifference } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';

/** Settings in which things side by side differ: a row a setting, a column each. */
export class DifferenceTable extends LitElement {
  static override properties = { differences: { attribute: false }, columns: { attribute: false } };
  static override styles = [baseStyles, tableStyles];
  declare differences: readonly SettingDifference[] | undefined;
  /** Names of what stands side by side. */
  declare columns: readonly string[] | undefined;

  override render() {
    const [differences, columns] = [this.differences ?? [], this.columns ?? []];
    if (differences.length === 0) return html`<p class="muted">They were set alike in every way.</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Settings that differ">
      <table>
        <thead>
          <tr>
            <th scope="col">Setting</th>
            ${columns.map(name => html`<th scope="col">${name}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${differences.map(
            ({ name, values }) =>
              html`<tr>
                <th scope="row" class="name" dir="auto">${clipLine(name, 160)}</th>
                ${columns.map((_, index) => renderValue(values[index]))}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }
}

function renderValue(value: string | undefined) {
  if (value === undefined || value === '') return html`<td class="muted">–</td>`;
  return html`<td class="name" dir="auto" title=${clipLine(value, 2000)}>${clipLine(value, 120)}</td>`;
}

defineElement('aiwb-difference-table', DifferenceTable);
