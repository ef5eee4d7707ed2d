import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type {
  Disagreement,
  DisagreementPage,
  DisagreementQuery,
  Report,
  VariantAnswer,
} from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { variantName } from '../shared/figures.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { Resource } from '../shared/resource.ts';
import { RequestFailed } from '../shared/samples-source.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import './long-text.ts';
import './message-panel.ts';

const pageSize = 25;

export type FetchDisagreements = (query: DisagreementQuery, signal: AbortSignal) => Promise<DisagreementPage>;

interface Rows {
  readonly rows: readonly Disagreement[];
  readonly next: number | undefined;
  readonly total: number;
}

/** Rows that some models answer right and others wrong, side by side. */
export class DisagreementList extends LitElement {
  static override properties = {
    report: { attribute: false },
    fetchDisagreements: { attribute: false },
    opened: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .scroll {
        max-height: min(60vh, 520px);
        border: 1px solid var(--aiwb-line);
      }
      td.text {
        max-width: 44ch;
        min-width: 24ch;
        overflow-wrap: anywhere;
      }
      td.answer {
        max-width: 24ch;
        min-width: 12ch;
        overflow-wrap: anywhere;
      }
      .more {
        margin-top: 8px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare fetchDisagreements: FetchDisagreements | undefined;
  declare opened: number | undefined;
  readonly #pages: Resource<Rows, number | undefined> = new Resource(this, (after, signal) =>
    this.#read(after, signal),
  );

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('report') || changed.has('fetchDisagreements')) void this.#pages.load(undefined);
  }

  override render() {
    const { report } = this;
    const { state } = this.#pages;
    if (report === undefined) return nothing;
    if (state.status === 'failed') {
      const failure = state.error instanceof RequestFailed ? state.error.failure : undefined;
      return html`<aiwb-message
        .failure=${failure}
        kind="error"
        text="These rows could not be read."
        hint=${String(state.error)}
      ></aiwb-message>`;
    }
    if (state.value === undefined) return html`<p class="muted" role="status">Reading rows…</p>`;
    const { rows, next, total } = state.value;
    if (total === 0) return html`<p class="muted">There is no row that some models answer right and others wrong.</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of rows models disagree on">
        <table>
          <caption>
            <span>${countOf(total, 'row')}; ${formatCount(rows.length)} shown.</span>
          </caption>
          <thead>
            <tr>
              <th scope="col" class="number">Row</th>
              <th scope="col">Input</th>
              <th scope="col">Right answer</th>
              ${report.variants.map((_, index) => html`<th scope="col" title=${variantName(report, index)}>${clipLine(variantName(report, index), 40)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(row => this.#renderRow(row))}
          </tbody>
        </table>
      </div>
      ${next === undefined ? nothing : html`<button type="button" class="link more" ?disabled=${state.status === 'loading'} @click=${() => this.#pages.load(next)}>Show more rows</button>`}`;
  }

  async #read(after: number | undefined, signal: AbortSignal): Promise<Rows> {
    if (this.report === undefined || this.fetchDisagreements === undefined)
      return { rows: [], next: undefined, total: 0 };
    const runIds = this.report.runs.map(({ id }) => id);
    const page = await this.fetchDisagreements(
      { runIds, ...(after === undefined ? {} : { after }), limit: pageSize },
      signal,
    );
    const before = after === undefined ? [] : (this.#pages.state.value?.rows ?? []);
    return { rows: [...before, ...page.rows], next: page.next, total: page.total };
  }

  #renderRow({ row, input, target, answers }: Disagreement) {
    const isOpen = this.opened === row;
    return html`<tr>
      <th scope="row" class="number">
        <button
          type="button"
          aria-expanded=${isOpen ? 'true' : 'false'}
          @click=${() => (this.opened = isOpen ? undefined : row)}
        >
          ${icon(isOpen ? 'chevronDown' : 'chevronRight')} ${formatCount(row + 1)}
        </button>
      </th>
      <td class="text" dir="auto">
        ${isOpen ? html`<aiwb-long-text .text=${input}></aiwb-long-text>` : clipLine(input, 120)}
      </td>
      <td class="answer" dir="auto">
        ${isOpen ? html`<aiwb-long-text .text=${target}></aiwb-long-text>` : clipLine(target, 60)}
      </td>
      ${answers.map(answer => renderAnswer(answer, isOpen))}
    </tr>`;
  }
}

function renderAnswer(answer: VariantAnswer | null, isOpen: boolean) {
  if (answer === null) return html`<td class="answer muted">no answer</td>`;
  const words = answer.right ? 'right: ' : 'wrong: ';
  return html`<td class="answer tone-${answer.right ? 'good' : 'bad'}" dir="auto">
    ${icon(answer.right ? 'check' : 'cross')}<span class="unseen">${words}</span>
    ${isOpen ? html`<aiwb-long-text .text=${answer.output}></aiwb-long-text>` : clipLine(answer.output, 60)}
  </td>`;
}

defineElement('aiwb-disagreement-list', DisagreementList);
