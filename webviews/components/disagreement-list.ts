import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type {
  Disagreement,
  DisagreementPage,
  DisagreementQuery,
  VariantAnswer,
} from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { Resource } from '../shared/resource.ts';
import { sampleLink } from '../shared/sample-links.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import './long-text.ts';
import { renderRequestError } from './request-error.ts';

const pageSize = 25;

export type FetchDisagreements = (query: DisagreementQuery, signal: AbortSignal) => Promise<DisagreementPage>;

/** Who answered: its name for the heading, and its run for links. */
export interface Answerer {
  readonly name: string;
  readonly runId: string;
}

interface Rows {
  readonly rows: readonly Disagreement[];
  readonly next: number | undefined;
  readonly total: number;
}

type Order = 'row' | 'wrong';

/** Rows that some models answer right and others wrong, side by side. `query` is without order and paging. */
export class DisagreementList extends LitElement {
  static override properties = {
    answerers: { attribute: false },
    query: { attribute: false },
    fetchDisagreements: { attribute: false },
    label: {},
    none: {},
    edition: {},
    order: { state: true },
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
      caption {
        padding: 4px 8px;
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
  /** One for each answer of a row, in their order. */
  declare answerers: readonly Answerer[] | undefined;
  declare query: Omit<DisagreementQuery, 'sort' | 'after' | 'offset' | 'limit'> | undefined;
  declare fetchDisagreements: FetchDisagreements | undefined;
  declare label: string;
  /** What it means that there is no such row. */
  declare none: string;
  /** Another one reads everything anew. */
  declare edition: string | undefined;
  declare order: Order;
  declare opened: number | undefined;
  #asked = '';
  readonly #pages: Resource<Rows, number> = new Resource(this, (offset, signal) => this.#read(offset, signal));

  constructor() {
    super();
    this.label = 'Table of rows models disagree on';
    this.none = 'There is no row that some models answer right and others wrong.';
    this.order = 'row';
  }

  protected override willUpdate(changed: PropertyValues): void {
    const asked = JSON.stringify([this.query, this.order]);
    const isSame = asked === this.#asked;
    if (isSame && !changed.has('fetchDisagreements') && !changed.has('edition')) return;
    this.#asked = asked;
    if (!isSame) this.opened = undefined;
    void this.#pages.load(0);
  }

  override render() {
    const { answerers } = this;
    const { state } = this.#pages;
    if (answerers === undefined) return nothing;
    if (state.status === 'failed') return renderRequestError(state.error, 'These rows could not be read.');
    if (state.value === undefined) return html`<p class="muted" role="status">Reading rows…</p>`;
    const { rows, next, total } = state.value;
    if (total === 0) return html`<p class="muted">${this.none}</p>`;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${this.label}>
        <table>
          <caption>
            <span>${countOf(total, 'row')}; ${formatCount(rows.length)} shown.</span>
            ${answerers.length < 3 ? nothing : this.#renderOrder()}
          </caption>
          <thead>
            <tr>
              <th scope="col" class="number">Row</th>
              <th scope="col">Input</th>
              <th scope="col">Right answer</th>
              ${answerers.map(({ name }) => html`<th scope="col" title=${name}>${clipLine(name, 40)}</th>`)}
            </tr>
          </thead>
          <tbody>
            ${rows.map(row => this.#renderRow(row, answerers))}
          </tbody>
        </table>
      </div>
      ${next === undefined ? nothing : html`<button type="button" class="link more" ?disabled=${state.status === 'loading'} @click=${() => this.#pages.load(next)}>Show more rows</button>`}`;
  }

  #renderOrder() {
    const isByWrong = this.order === 'wrong';
    return html`<button type="button" class="link no-print" @click=${() => (this.order = isByWrong ? 'row' : 'wrong')}>
      ${isByWrong ? 'In the order of rows' : 'Most wrong answers first'}
    </button>`;
  }

  async #read(offset: number, signal: AbortSignal): Promise<Rows> {
    const { query, fetchDisagreements, order } = this;
    if (query === undefined || fetchDisagreements === undefined) return { rows: [], next: undefined, total: 0 };
    const sort = order === 'row' ? {} : { sort: { by: order, descending: true } };
    const from = offset === 0 ? {} : { offset };
    const page = await fetchDisagreements({ ...query, ...sort, ...from, limit: pageSize }, signal);
    const before = offset === 0 ? [] : (this.#pages.state.value?.rows ?? []);
    const rows = [...before, ...page.rows];
    return {
      rows,
      next: rows.length < page.total && page.rows.length > 0 ? rows.length : undefined,
      total: page.total,
    };
  }

  #renderRow({ row, input, target, answers }: Disagreement, answerers: readonly Answerer[]) {
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
      ${answers.map((answer, index) => renderAnswer(answer, isOpen, answerers[index]?.runId))}
    </tr>`;
  }
}

function renderAnswer(answer: VariantAnswer | null, isOpen: boolean, runId: string | undefined) {
  if (answer === null) return html`<td class="answer muted">no answer</td>`;
  const words = answer.right ? 'right: ' : 'wrong: ';
  const { id } = answer;
  return html`<td class="answer tone-${answer.right ? 'good' : 'bad'}" dir="auto">
    ${icon(answer.right ? 'check' : 'cross')}<span class="unseen">${words}</span>
    ${isOpen ? html`<aiwb-long-text .text=${answer.output}></aiwb-long-text>` : clipLine(answer.output, 60)}
    ${isOpen && id !== undefined && runId !== undefined ? sampleLink({ runId, id }, `Sample ${formatCount(id)}`) : nothing}
  </td>`;
}

defineElement('aiwb-disagreement-list', DisagreementList);
