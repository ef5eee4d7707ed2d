import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Report, SamplePage, SampleQuery, SampleRow } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { leadingMetric, variantIndex, variantName } from '../shared/figures.ts';
import { formatCount, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { RequestFailed } from '../shared/samples-source.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';
import './message-panel.ts';
import { RowWindow } from './row-window.ts';
import './sample-detail.ts';
import { sampleListStyles } from './sample-list-styles.ts';
import { mapScroll, scrollTopFor, type ScrollInput } from './scroll-map.ts';

const rowHeight = 28;

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
  };
  static override styles = [baseStyles, buttonStyles, tableStyles, sampleListStyles];
  declare report: Report | undefined;
  declare query: Omit<SampleQuery, 'after' | 'limit'> | undefined;
  declare fetchSamples: FetchSamples | undefined;
  declare idSpan: number;
  declare edition: string | undefined;
  declare error: unknown;
  declare opened: { readonly index: number; readonly height: number } | undefined;
  #window: RowWindow | undefined;
  #loading: AbortController | undefined;
  #scrollTop = 0;
  #viewHeight = 400;
  #focusIndex: number | undefined;
  readonly #sizes = new ResizeObserver(() => this.#measure());

  constructor() {
    super();
    this.idSpan = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
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
              index => this.#renderRow(index),
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
      <button type="button" class="link" @click=${() => (this.#restart(), this.requestUpdate())}>Try again</button>`;
  }

  #renderRow(index: number) {
    const row = this.#window?.rowAt(index);
    if (row === undefined) {
      return html`<tr class="row" aria-rowindex=${index + 2}>
        <td class="number muted" colspan="1">…</td>
        <td colspan="6"></td>
      </tr>`;
    }
    const isOpen = this.opened?.index === index;
    const { text, look, name } = this.#resultOf(row);
    return html`<tr class="row" aria-rowindex=${index + 2} @click=${() => this.#toggle(index)}>
        <th scope="row" class="number">
          <button
            type="button"
            data-index=${index}
            aria-expanded=${isOpen ? 'true' : 'false'}
            aria-label="Sample ${row.id % 2 ** 32}, ${text}"
          >
            ${icon(isOpen ? 'chevronDown' : 'chevronRight')}${formatCount(row.id % 2 ** 32)}
          </button>
        </th>
        <td class="tone-${look}">${icon(name)} ${text}</td>
        <td>${this.#modelOf(row)}</td>
        <td dir="auto">${clipLine(row.input)}</td>
        <td dir="auto">${clipLine(row.target, 120)}</td>
        <td dir="auto">
          ${row.failure === undefined ? clipLine(row.output ?? '', 120) : html`<span class="failed">${failureWords(row.failure.class)}</span>`}
        </td>
        <td class="number">${row.latencyMs === undefined ? '–' : formatValue(row.latencyMs, 'ms')}</td>
      </tr>
      ${
        isOpen
          ? html`<tr class="detail">
              <td colspan="7"><aiwb-sample-detail .sample=${row} .runId=${this.query?.runId}></aiwb-sample-detail></td>
            </tr>`
          : nothing
      }`;
  }

  #resultOf(row: SampleRow) {
    if (row.state === 'failed') return { text: 'failed', look: 'bad', name: 'error' } as const;
    const leading = this.report === undefined ? undefined : leadingMetric(this.report)?.metric;
    const score = (leading === undefined ? undefined : row.scores[leading]) ?? Object.values(row.scores)[0];
    if (score === undefined) return { text: 'answered', look: 'neutral', name: 'info' } as const;
    if (score >= 1) return { text: 'right', look: 'good', name: 'check' } as const;
    return score <= 0
      ? ({ text: 'wrong', look: 'bad', name: 'cross' } as const)
      : ({ text: `score ${score.toFixed(2)}`, look: 'warn', name: 'equal' } as const);
  }

  #modelOf({ variant }: SampleRow): string {
    if (this.report === undefined || this.query === undefined) return '';
    const index = variantIndex(this.report, this.query.runId, variant);
    return index < 0 ? '–' : variantName(this.report, index);
  }

  #restart(): void {
    this.#loading?.abort();
    this.#loading = undefined;
    this.error = undefined;
    this.opened = undefined;
    this.#scrollTop = 0;
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
