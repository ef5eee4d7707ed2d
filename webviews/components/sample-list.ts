import { html, LitElement, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Report, SamplePage, SampleQuery } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { RequestFailed } from '../shared/samples-source.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import './message-panel.ts';
import { RowWindow } from './row-window.ts';
import { sampleListStyles } from './sample-list-styles.ts';
import { renderMissingRow, renderSampleRow } from './sample-row.ts';
import { mapScroll, scrollTopFor, type ScrollInput } from './scroll-map.ts';

const rowHeight = 28;
/** On paper there is no scrolling: so many rows are printed. */
const rowsPrinted = 200;

export type FetchSamples = (query: SampleQuery, signal: AbortSignal) => Promise<SamplePage>;

/**
 * Samples of one query as a table of any length: only the rows in view exist. Arrow keys, Page Up and Down, Home and End move
 * between rows; Enter opens one.
 * `query` without paging; `idSpan` is how many samples the run holds in all; another
 * `edition` reads everything anew.
 */
export class SampleList extends LitElement {
  static override properties = {
    report: { attribute: false },
    query: { attribute: false },
    fetchSamples: { attribute: false },
    idSpan: { attribute: false },
    edition: {},
    error: { state: true },
    opened: { state: true },
    isPrinting: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, tableStyles, sampleListStyles];
  declare report: Report | undefined;
  declare query: Omit<SampleQuery, 'after' | 'limit'> | undefined;
  declare fetchSamples: FetchSamples | undefined;
  declare idSpan: number;
  declare edition: string | undefined;
  declare error: unknown;
  declare opened: { readonly index: number; readonly height: number } | undefined;
  declare isPrinting: boolean;
  #window: RowWindow | undefined;
  #loading: AbortController | undefined;
  #scrollTop = 0;
  #viewHeight = 400;
  #focusIndex: number | undefined;
  /** The row that Tab comes back to. */
  #current = 0;
  readonly #onPrint = ({ type }: Event): void => {
    this.isPrinting = type === 'beforeprint';
  };
  readonly #sizes = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.idSpan = 0;
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
  }

  override render() {
    if (this.error !== undefined) return this.#renderError();
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
        ${total === undefined ? 'Reading samples…' : `${formatCount(total)} samples`}
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
          <thead>
            <tr aria-rowindex="1">
              <th scope="col" class="id number">Sample</th>
              <th scope="col" class="result">Result</th>
              <th scope="col" class="model">Model</th>
              <th scope="col">Input</th>
              <th scope="col" class="answer">Right answer</th>
              <th scope="col" class="answer">Output</th>
              <th scope="col" class="number latency">Latency</th>
            </tr>
          </thead>
          <tbody>
            <tr class="space above" role="presentation">
              <td colspan="7" role="presentation"></td>
            </tr>
            ${repeat(
              indexes,
              index => index,
              index => this.#renderRow(index, tabStop),
            )}
            <tr class="space below" role="presentation">
              <td colspan="7" role="presentation"></td>
            </tr>
          </tbody>
        </table>
      </div>`;
  }

  protected override updated(): void {
    const { above, below, first, end } = this.#view();
    this.#setHeight('.above', above);
    this.#setHeight('.below', below);
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller !== null) this.#sizes.observe(scroller);
    this.#fill(first, end);
    this.#focusWanted();
    const detail = this.renderRoot.querySelector<HTMLElement>('tr.detail');
    if (detail !== null) this.#sizes.observe(detail);
  }

  #renderError() {
    const failure = this.error instanceof RequestFailed ? this.error.failure : undefined;
    return html`<aiwb-message
        .failure=${failure}
        kind="error"
        text="The samples could not be read."
        hint=${String(this.error)}
      ></aiwb-message>
      <button type="button" class="link" @click=${this.#retry}>Try again</button>`;
  }

  #renderRow(index: number, tabStop: number) {
    const row = this.#window?.rowAt(index);
    if (row === undefined) return renderMissingRow(index);
    return renderSampleRow(row, {
      index,
      isOpen: this.opened?.index === index,
      isTabStop: index === tabStop,
      report: this.report,
      runId: this.query?.runId,
      toggle: () => this.#toggle(index),
    });
  }

  #restart(): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.error = undefined;
    this.opened = undefined;
    this.#scrollTop = 0;
    this.#current = 0;
    const { query, fetchSamples } = this;
    if (query === undefined || fetchSamples === undefined) this.#window = undefined;
    else
      this.#window = new RowWindow(
        (after, limit, signal) => fetchSamples({ ...query, ...(after === undefined ? {} : { after }), limit }, signal),
        this.idSpan,
      );
    const scroller = this.renderRoot.querySelector('.scroll');
    if (scroller !== null) scroller.scrollTop = 0;
  }

  #retry(): void {
    this.#restart();
    this.requestUpdate();
  }

  /** Loads one missing block at a time, what is in view first. */
  #fill(first: number, end: number): void {
    const block = this.#window?.missingBlock(first, Math.max(first, end - 1));
    if (block === undefined || this.#window === undefined || this.#loading !== undefined || this.error !== undefined)
      return;
    const loading = new AbortController();
    this.#loading = loading;
    this.#window
      .loadBlock(block, loading.signal)
      .catch((error: unknown) => {
        if (!loading.signal.aborted) this.error = error;
      })
      .finally(() => {
        if (this.#loading !== loading) return;
        this.#loading = undefined;
        this.requestUpdate();
      });
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

  #setHeight(selector: string, height: number): void {
    this.renderRoot.querySelector<HTMLElement>(selector)?.style.setProperty('height', `${String(height)}px`);
  }

  #measure(): void {
    const height = this.renderRoot.querySelector('.scroll')?.clientHeight ?? 0;
    if (height > 0 && Math.abs(height - this.#viewHeight) > 1) {
      this.#viewHeight = height;
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
    const targets: Record<string, number> = {
      ArrowDown: Number(current) + 1,
      ArrowUp: Number(current) - 1,
      PageDown: Number(current) + page,
      PageUp: Number(current) - page,
      Home: 0,
      End: total - 1,
    };
    const target = targets[event.key];
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
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
    if (top < scroller.scrollTop) scroller.scrollTop = top;
    else if (lowest > scroller.scrollTop) scroller.scrollTop = lowest;
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
