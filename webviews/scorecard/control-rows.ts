import { html, LitElement, type TemplateResult } from 'lit';
import { intervalPlotStyles } from '../components/interval-plot.ts';
import { defineElement } from '../shared/define.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { renderControlRow, type RowContext } from './control-row.ts';
import { controlRowStyles } from './control-row-styles.ts';
import type { PlacedControl } from './page-model.ts';

/** Rows that are drawn and left out together. */
export const chunkSize = 20;
/** A list as short as this is drawn whole, so that the editor's own search finds all of it. */
export const drawnWhole = 160;
/** Drawn before it is looked at, so that scrolling finds it. */
const ahead = '1000px 0px';

/**
 * Controls as rows, of a long list only those near what is seen; what is left out keeps its height. Fires `open-control` with the
 * position in the record of the control whose row was pressed.
 */
export class ControlRows extends LitElement {
  static override properties = {
    items: { attribute: false },
    context: { attribute: false },
    rowHeight: { type: Number },
    label: {},
  };
  static override styles = [baseStyles, buttonStyles, intervalPlotStyles, controlRowStyles];
  declare items: readonly PlacedControl[];
  declare context: RowContext;
  /** About how many pixels a row takes that has not been drawn yet. */
  declare rowHeight: number;
  declare label: string;
  #near = new Set<number>();
  readonly #heights = new Map<number, number>();
  /** Row that Tab comes to: the one that was used last; drawn from then on, so that it keeps the focus. */
  #current: number | undefined;
  #observer: IntersectionObserver | undefined;
  #observed: readonly PlacedControl[] | undefined;

  constructor() {
    super();
    this.items = [];
    this.rowHeight = 50;
    this.label = '';
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
    this.#observer = undefined;
    this.#observed = undefined;
  }

  /** Draws the row of a control wherever it is, and gives it the focus; false where it is not in this list. */
  async focusControl(index: number, block: ScrollLogicalPosition = 'nearest'): Promise<boolean> {
    const position = this.items.findIndex(item => item.index === index);
    if (position < 0) return false;
    this.#current = position;
    this.requestUpdate();
    await this.updateComplete;
    const button = this.renderRoot.querySelector<HTMLElement>(`button[data-index="${String(index)}"]`);
    button?.closest('.row')?.scrollIntoView({ block });
    button?.focus({ preventScroll: true });
    return true;
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (!changed.has('items')) return;
    this.#near = new Set();
    this.#heights.clear();
    const selected = this.items.findIndex(({ index }) => index === this.context.selected);
    this.#current = selected < 0 ? undefined : selected;
  }

  override render() {
    const chunks = Array.from({ length: Math.ceil(this.items.length / chunkSize) }, (_, chunk) => chunk);
    const tabStop = this.#current ?? (chunks.find(chunk => this.#isDrawn(chunk)) ?? 0) * chunkSize;
    return html`<div role="list" aria-label=${this.label} @click=${this.#onClick}>
      ${chunks.map(
        chunk =>
          html`<div role="presentation" class="chunk" data-chunk=${chunk}>
            ${this.#isDrawn(chunk) ? this.#renderChunk(chunk, tabStop) : ''}
          </div>`,
      )}
    </div>`;
  }

  /** Chunks that are not drawn hold their place. The policy allows no style attribute, but this. */
  protected override updated(): void {
    const chunks = this.renderRoot.querySelectorAll<HTMLElement>('.chunk');
    for (const [chunk, element] of chunks.entries()) {
      const height = this.#isDrawn(chunk) ? '' : `${String(this.#heightOf(chunk))}px`;
      if (element.style.height !== height) element.style.height = height;
    }
    if (this.#observed === this.items || this.items.length <= drawnWhole) return;
    this.#observed = this.items;
    this.#observer?.disconnect();
    this.#observer = new IntersectionObserver(entries => this.#onNear(entries), { rootMargin: ahead });
    for (const element of chunks) this.#observer.observe(element);
  }

  #renderChunk(chunk: number, tabStop: number): TemplateResult[] {
    const first = chunk * chunkSize;
    return this.items.slice(first, first + chunkSize).map((item, offset) =>
      renderControlRow(item, this.context, {
        position: first + offset + 1,
        total: this.items.length,
        isTabStop: first + offset === tabStop,
      }),
    );
  }

  #isDrawn(chunk: number): boolean {
    return (
      this.items.length <= drawnWhole ||
      this.context.isPrinting ||
      this.#near.has(chunk) ||
      (this.#current !== undefined && chunk === Math.floor(this.#current / chunkSize))
    );
  }

  #heightOf(chunk: number): number {
    const rows = Math.min(chunkSize, this.items.length - chunk * chunkSize);
    return this.#heights.get(chunk) ?? rows * this.rowHeight;
  }

  #onNear(entries: readonly IntersectionObserverEntry[]): void {
    for (const { target, isIntersecting, boundingClientRect } of entries) {
      const chunk = Number((target as HTMLElement).dataset['chunk']);
      if (this.#isDrawn(chunk)) this.#heights.set(chunk, boundingClientRect.height);
      if (isIntersecting) this.#near.add(chunk);
      else this.#near.delete(chunk);
    }
    this.requestUpdate();
  }

  #onClick(event: Event): void {
    const button = event
      .composedPath()
      .find((node): node is HTMLElement => node instanceof HTMLElement && node.dataset['index'] !== undefined);
    if (button === undefined) return;
    const index = Number(button.dataset['index']);
    this.#current = Math.max(
      0,
      this.items.findIndex(item => item.index === index),
    );
    this.dispatchEvent(new CustomEvent<number>('open-control', { detail: index, bubbles: true, composed: true }));
  }
}

defineElement('aiwb-control-rows', ControlRows);
