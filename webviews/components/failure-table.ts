import { html, LitElement, nothing } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import { breakable } from '../shared/breakable.ts';
import { defineElement } from '../shared/define.ts';
import { variantName } from '../shared/figures.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { failureWords } from '../shared/words.ts';

/** The samples of one model that failed in one way. */
export interface FailedIn {
  /** Position in the report. */
  readonly variant: number;
  readonly class: string;
}

/** What failed: models down, ways to fail across. With `linked`, a number leads to its samples: fires `show-failed` with a `FailedIn`. */
export class FailureTable extends LitElement {
  static override properties = { report: { attribute: false }, linked: { type: Boolean } };
  static override styles = [baseStyles, buttonStyles, tableStyles];
  declare report: Report | undefined;
  declare linked: boolean;

  constructor() {
    super();
    this.linked = false;
  }

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const classes = failureClassesOf(report);
    const failed = report.variants.flatMap((variant, index) => (variant.failed > 0 ? [index] : []));
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Failed samples">
      <table>
        <caption>
          <span>Samples without an answer, by reason. They count in no quality figure.</span>
        </caption>
        <thead>
          <tr>
            <th scope="col">Model</th>
            ${classes.map(name => html`<th scope="col" class="number">${failureWords(name)}</th>`)}
            <th scope="col" class="number">All</th>
          </tr>
        </thead>
        <tbody>
          ${failed.map(
            index =>
              html`<tr>
                <th scope="row" class="name"><span dir="auto">${breakable(variantName(report, index))}</span></th>
                ${classes.map(name => this.#renderCount(index, name, report.variants[index]?.failureClasses?.[name] ?? 0))}
                <td class="number">${formatCount(report.variants[index]?.failed ?? 0)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  #renderCount(variant: number, name: string, count: number) {
    const text = formatCount(count);
    if (!this.linked || count === 0) return html`<td class="number ${count === 0 ? 'muted' : ''}">${text}</td>`;
    return html`<td class="number">
      <button
        type="button"
        class="link"
        title="Show these samples"
        @click=${() => this.#show({ variant, class: name })}
      >
        ${text}
      </button>
    </td>`;
  }

  #show(failed: FailedIn): void {
    this.dispatchEvent(new CustomEvent<FailedIn>('show-failed', { detail: failed }));
  }
}

/** Ways to fail that any model has, the most frequent first. */
export function failureClassesOf({ variants }: Report): readonly string[] {
  const counts = new Map<string, number>();
  for (const { failureClasses = {} } of variants)
    for (const [name, count] of Object.entries(failureClasses)) counts.set(name, count + (counts.get(name) ?? 0));
  return [...counts].sort(([, a], [, b]) => b - a).map(([name]) => name);
}

defineElement('aiwb-failures', FailureTable);
