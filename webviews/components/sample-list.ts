import { html, LitElement, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Report, SamplePage, SampleQuery, SampleSort } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import './message-panel.ts';
import { renderRequestError } from './request-error.ts';
import { RowWindow } from './row-window.ts';
import type { RowNames, SampleColumn } from './sample-columns.ts';
import type { FetchSample } from './sample-detail.ts';
import { renderSampleHead } from './sample-head.ts';
import { sampleListStyles } from './sample-list-styles.ts';
import { renderMissingRow, renderSampleRow } from './sample-row.ts';
import { setSize, setWidths, targetOf } from './sample-table.ts';
import { mapScroll, scrollTopFor, type ScrollInput } from './scroll-map.ts';

const rowHeight = 28;
/** Read before they are looked at, so that scrolling finds them. */
const rowsAhead = 120;
/** On paper there is no scrolling: so many rows are printed. */
const rowsPrinted = 200;

/** A query for all that matches, whichever page of it. */
export type WholeQuery = Omit<SampleQuery, 'after' | 'offset' | 'find' | 'limit'>;
/** Another order; absent for that of completion. */
export interface SortChange {
  readonly sort: SampleSort | undefined;
}

export type FetchSamples = (query: SampleQuery, signal: AbortSignal) => Promise<SamplePage>;

/**
 * Samples of one query as a table of any length: only the rows in view exist. Arrow keys, Page Up and Down, Home and End move
 * between rows; Enter opens one. `query` is without paging; another `edition` reads everything anew; another `wanted` opens the sample
 * it names. Fires `sort-changed` with a `SortChange`, and `names-seen` with the `RowNames` of rows that were read.
 */
export class SampleList extends LitElement {
  static override properties = {
    report: { attribute: false },
    query: { attribute: false },
    fetchSamples: { attribute: false },
    fetchSample: { attribute: false },
    columns: { attribute: false },
    wanted: { attribute: false },
    edition: {},
    error: { state: true },
    opened: { state: true },
    notice: { state: true },
    isPrinting: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, tableStyles, sampleListStyles];
  declare report: Report | undefined;
  declare query: WholeQuery | undefined;
  declare fetchSamples: FetchSamples | undefined;
  /** For rows that came cut. */
  declare fetchSample: FetchSample | undefined;
  declare columns: readonly SampleColumn[];
  declare wanted: { readonly id: number } | undefined;
  declare edition: string | undefined;
  declare error: unknown;
  declare opened: { readonly index: number; readonly height: number } | undefined;
  /** What became of leading to a sample. */
  declare notice: string;
  declare isPrinting: boolean;
  #window: RowWindow | undefined;
  #loading: AbortController | undefined;
  #scrollTop = 0;
  #viewHeight = 400;
  #viewWidth = 0;
  #focusIndex: number | undefined;
  #sought: number | undefined;
  /** The row that Tab comes back to. */
  #current = 0;
  readonly #onPrint = ({ type }: Event): void => {
    this.isPrinting = type === 'beforeprint';
  };
  readonly #sizes = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.columns = [];
    this.notice = '';
    this.isPrinting = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('beforeprint', this.#onPrint);
    addEventListener('afterprint', this.#onPrint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('beforeprint', this.#onPrint);
    removeEventListener('afterprint', this.#onPrint);
    this.#loading?.abort();
    this.#loading = undefined;
    this.#sizes.disconnect();
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('query') || changed.has('fetchSamples') || changed.has('edition')) this.#restart();
    if (changed.has('wanted')) this.#sought = this.wanted?.id;
  }

  override render() {
    if (this.error !== undefined) {
      return html`${renderRequestError(this.error, 'The samples could not be read.')}
        <button type="button" class="link" @click=${this.#retry}>Try again</button>`;
    }
    const total = this.#window?.total;
    if (total === 0)
      return html`<aiwb-message
        text="No sample matches."
        hint="Choose another model or filter, or search for something else."
      ></aiwb-message>`;
    const view = this.#view();
    const tabStop = Math.max(view.first, Math.min(view.end - 1, this.#current));
    const indexes = Array.from({ length: view.end - view.first }, (_, offset) => view.first + offset);
    return html`<p class="muted count" role="status">
        ${total === undefined ? 'Reading samples…' : countOf(total, 'sample')}${this.notice === '' ? '' : `. ${this.notice}`}
      </p>
      <div
        class="scroll samples"
        tabindex="-1"
        role="region"
        aria-label="Table of samples"
        @scroll=${this.#onScroll}
        @keydown=${this.#onKey}
      >
        <table aria-rowcount=${(total ?? 0) + 1}>
          <colgroup>
            <col class="id" />
            ${this.columns.map(({ id }) => html`<col data-column=${id} />`)}
          </colgroup>
          ${renderSampleHead(this.columns, this.query?.sort, sort => this.#changeSort(sort))}
          <tbody>
            <tr class="space above" role="presentation">
              <td colspan=${this.columns.length + 1} role="presentation"></td>
            </tr>
            ${repeat(
              indexes,
              index => index,
              index => this.#renderRow(index, tabStop),
            )}
            <tr class="space below" role="presentation">
              <td colspan=${this.columns.length + 1} role="presentation"></td>
            </tr>
          </tbody>
        </table>
      </div>`;
  }

  protected override updated(): void {
    const { above, below, first, end } = this.#view();
    setSize(this.renderRoot, '.above', 'height', above);
    setSize(this.renderRoot, '.below', 'height', below);
    setWidths(this.renderRoot, this.columns, this.#viewWidth);
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller !== null) this.#sizes.observe(scroller);
    this.#fill(first, end);
    this.#focusWanted();
    const detail = this.renderRoot.querySelector<HTMLElement>('tr.detail');
    if (detail !== null) this.#sizes.observe(detail);
  }

  #renderRow(index: number, tabStop: number) {
    const row = this.#window?.rowAt(index);
    if (row === undefined) return renderMissingRow(index, this.columns.length);
    return renderSampleRow(row, {
      index,
      columns: this.columns,
      isOpen: this.opened?.index === index,
      isTabStop: index === tabStop,
      report: this.report,
      runId: this.query?.runId,
      fetchSample: this.fetchSample,
      toggle: () => this.#toggle(index),
    });
  }

  #restart(): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.error = undefined;
    this.opened = undefined;
    this.notice = '';
    this.#scrollTop = 0;
    this.#current = 0;
    const { query, fetchSamples } = this;
    if (query === undefined || fetchSamples === undefined) this.#window = undefined;
    else this.#window = new RowWindow((place, signal) => fetchSamples({ ...query, ...place }, signal));
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller !== null) scroller.scrollTop = 0;
  }

  #retry(): void {
    this.#restart();
    this.requestUpdate();
  }

  /** Loads one missing block at a time: the sought sample's first, then what is in view, then what comes next. */
  #fill(first: number, end: number): void {
    if (this.#window === undefined || this.#loading !== undefined || this.error !== undefined) return;
    const [sought, rows] = [this.#sought, this.#window];
    const last = Math.max(first, end - 1);
    const block = rows.missingBlock(first, last) ?? rows.missingBlock(first - rowsAhead, last + rowsAhead);
    if (sought !== undefined) this.#load(signal => this.#seek(rows, sought, signal));
    else if (block !== undefined) this.#load(signal => rows.loadBlock(block, signal));
  }

  #load(read: (signal: AbortSignal) => Promise<void>): void {
    const loading = new AbortController();
    this.#loading = loading;
    read(loading.signal)
      .catch((error: unknown) => {
        if (!loading.signal.aborted) this.error = error;
      })
      .finally(() => {
        if (this.#loading !== loading) return;
        this.#loading = undefined;
        this.#tellNames();
        this.requestUpdate();
      });
  }

  async #seek(rows: RowWindow, id: number, signal: AbortSignal): Promise<void> {
    const index = await rows.locate(id, signal);
    this.#sought = undefined;
    if (index === undefined) {
      this.notice = `Sample ${formatCount(id)} is not among them`;
      return;
    }
    this.opened = { index, height: 0 };
    this.#focusIndex = index;
    this.#current = index;
    // The list must have its whole length before it can scroll there.
    this.requestUpdate();
    await this.updateComplete;
    // What is told of the sample stands below its row: that is what is to be seen, without scrolling.
    this.#scrollTo(scrollTopFor(Math.max(0, index - 1), this.#input()));
  }

  #tellNames(): void {
    const { first, end } = this.#view();
    const rows = Array.from({ length: end - first }, (_, offset) => this.#window?.rowAt(first + offset));
    const names = (key: 'scores' | 'slices'): string[] => [
      ...new Set(rows.flatMap(row => Object.keys(row?.[key] ?? {}))),
    ];
    const detail = { scores: names('scores'), slices: names('slices') };
    this.dispatchEvent(new CustomEvent<RowNames>('names-seen', { detail }));
  }

  #changeSort(sort: SampleSort | undefined): void {
    this.dispatchEvent(new CustomEvent<SortChange>('sort-changed', { detail: { sort } }));
  }

  #input(): ScrollInput {
    return {
      total: this.#window?.total ?? 0,
      rowHeight,
      viewHeight: this.#viewHeight,
      scrollTop: this.#scrollTop,
      opened: this.opened,
    };
  }

  #view() {
    if (this.isPrinting) return { first: 0, end: Math.min(rowsPrinted, this.#window?.total ?? 0), above: 0, below: 0 };
    return mapScroll(this.#input());
  }

  #measure(): void {
    const scroller = this.renderRoot.querySelector<HTMLElement>('.scroll');
    const height = scroller?.clientHeight ?? 0;
    const width = scroller?.clientWidth ?? 0;
    if (height > 0 && (Math.abs(height - this.#viewHeight) > 1 || width !== this.#viewWidth)) {
      this.#viewHeight = height;
      this.#viewWidth = width;
      this.requestUpdate();
    }
    const detail = this.renderRoot.querySelector<HTMLElement>('tr.detail')?.offsetHeight ?? 0;
    if (this.opened !== undefined && detail > 0 && detail !== this.opened.height)
      this.opened = { ...this.opened, height: detail };
  }

  #onScroll(event: Event): void {
    this.#scrollTop = (event.currentTarget as HTMLElement).scrollTop;
    this.requestUpdate();
  }

  #toggle(index: number): void {
    const selected = this.ownerDocument.getSelection();
    if (selected !== null && !selected.isCollapsed && selected.containsNode(this, true)) return;
    this.#current = index;
    this.opened = this.opened?.index === index ? undefined : { index, height: 0 };
  }

  #onKey(event: KeyboardEvent): void {
    const button = event.composedPath()[0];
    const current = button instanceof HTMLElement ? button.dataset['index'] : undefined;
    if (current === undefined) return;
    const page = Math.max(1, Math.floor(this.#viewHeight / rowHeight) - 2);
    const total = this.#window?.total ?? 0;
    const target = targetOf(event.key, Number(current), page, total);
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    // In a notebook the same keys move between cells.
    event.stopPropagation();
    this.#focusIndex = Math.max(0, Math.min(total - 1, target));
    this.#current = this.#focusIndex;
    this.#reveal(this.#focusIndex);
    this.requestUpdate();
  }

  #reveal(index: number): void {
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller === null) return;
    const input = this.#input();
    const rowsInView = Math.max(1, Math.floor(scroller.clientHeight / rowHeight) - 3);
    const [top, lowest] = [scrollTopFor(index, input), scrollTopFor(Math.max(0, index - rowsInView), input)];
    if (top < scroller.scrollTop) this.#scrollTo(top);
    else if (lowest > scroller.scrollTop) this.#scrollTo(lowest);
  }

  #scrollTo(top: number): void {
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller === null) return;
    scroller.scrollTop = top;
    this.#scrollTop = scroller.scrollTop;
  }

  /** Focus follows once the row is there; a row still loading is waited for. */
  #focusWanted(): void {
    if (this.#focusIndex === undefined) return;
    const button = this.renderRoot.querySelector<HTMLElement>(`button[data-index="${String(this.#focusIndex)}"]`);
    if (button === null) return;
    button.focus({ preventScroll: true });
    this.#focusIndex = undefined;
  }
}

defineElement('aiwb-sample-list', SampleList);
