import { css, html, LitElement, nothing } from 'lit';
import { readChartTheme, watchTheme } from '../shared/chart-theme.ts';
import { copyPicture, copyText, toCsv } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';
import { formatFixed } from '../shared/format.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import type { DrawnChart } from './chart-runtime.ts';
import type { Chart } from './chart-specs.ts';

/** A chart with its question above it, its data behind a button, and copies for elsewhere. Drawing code is loaded when first shown. */
export class ChartFigure extends LitElement {
  static override properties = {
    chart: { attribute: false },
    showsData: { state: true },
    problem: { state: true },
    notice: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      figcaption {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        align-items: baseline;
        margin-bottom: 8px;
      }
      figcaption > h3 {
        flex: 1 1 auto;
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 12px;
      }
      figure {
        max-width: 760px;
      }
      h3,
      .note {
        overflow-wrap: anywhere;
        min-width: 0;
      }
      .note {
        margin: -4px 0 8px;
      }
      .plot {
        width: 100%;
        min-height: 40px;
        overflow: hidden;
      }
      .scroll {
        max-height: 320px;
      }
    `,
  ];
  declare chart: Chart | undefined;
  declare showsData: boolean;
  declare problem: string | undefined;
  declare notice: string;
  #drawn: DrawnChart | undefined;
  #turn = 0;
  #isDrawing = false;
  #width = 0;
  #unwatch: (() => void) | undefined;
  readonly #sizes = new ResizeObserver(() => void this.#fit());

  constructor() {
    super();
    this.showsData = false;
    this.notice = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#unwatch = watchTheme(() => void this.#draw());
    if (this.hasUpdated) void this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#sizes.disconnect();
    this.#drawn?.remove();
    this.#drawn = undefined;
  }

  override render() {
    const { chart } = this;
    if (chart === undefined) return nothing;
    return html`<figure>
      <figcaption>
        <h3>${chart.question}</h3>
        <span class="actions no-print">
          <button
            type="button"
            class="link"
            aria-expanded=${this.showsData ? 'true' : 'false'}
            @click=${() => (this.showsData = !this.showsData)}
          >
            ${this.showsData ? 'Hide data' : 'Show data'}
          </button>
          <button
            type="button"
            class="link"
            @click=${() => this.#copy('CSV', () => toCsv(chart.table.header, chart.table.rows))}
          >
            Copy as CSV
          </button>
          ${
            this.problem === undefined
              ? html`<button
                    type="button"
                    class="link"
                    @click=${() => this.#copy('SVG', () => this.#drawn?.toSvg() ?? '')}
                  >
                    Copy as SVG</button
                  ><button type="button" class="link" @click=${this.#copyPng}>Copy as PNG</button>`
              : nothing
          }
          <span class="muted" role="status">${this.notice}</span>
        </span>
      </figcaption>
      ${chart.note === undefined ? nothing : html`<p class="note muted">${chart.note}</p>`}
      <div class="plot" role="img" aria-label=${chart.summary} ?hidden=${this.problem !== undefined}></div>
      ${this.problem === undefined ? nothing : html`<p class="muted">The chart could not be drawn (${this.problem}). Its data:</p>`}
      ${this.showsData || this.problem !== undefined ? renderData(chart) : nothing}
    </figure>`;
  }

  protected override updated(changed: Map<string, unknown>): void {
    if (changed.has('chart')) void this.#draw();
  }

  /** Draws what there is to draw, one drawing at a time: what changes meanwhile is drawn after it. */
  async #draw(): Promise<void> {
    this.#turn++;
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    try {
      for (let drawn = 0; drawn !== this.#turn && this.isConnected;) {
        drawn = this.#turn;
        await this.#drawOnce();
      }
    } finally {
      this.#isDrawing = false;
    }
  }

  async #drawOnce(): Promise<void> {
    const { chart } = this;
    const plot = this.renderRoot.querySelector<HTMLElement>('.plot');
    if (chart === undefined || plot === null) return;
    this.#sizes.observe(plot);
    this.#width = Math.floor(plot.clientWidth);
    if (this.#width < 40) return;
    try {
      const { drawChart } = await import('./chart-runtime.ts');
      const stage = document.createElement('div');
      const drawn = await drawChart(stage, chart.build(readChartTheme(this), this.#width), this.#width);
      if (!this.isConnected) {
        drawn.remove();
        return;
      }
      // The former drawing stays until the new one is whole, so that a chart that grows does not flicker.
      this.#drawn?.remove();
      plot.replaceChildren(stage);
      this.#drawn = drawn;
      this.problem = undefined;
    } catch (error) {
      this.problem = error instanceof Error ? error.message : String(error);
    }
  }

  /** A new width changes how much room labels get, so the chart is drawn anew. */
  async #fit(): Promise<void> {
    const width = Math.floor(this.renderRoot.querySelector('.plot')?.clientWidth ?? 0);
    if (Math.abs(width - this.#width) < 8) return;
    await this.#draw();
  }

  async #copy(what: string, read: () => string | Promise<string>): Promise<void> {
    this.#tell(what, await copyText(await read()));
  }

  async #copyPng(): Promise<void> {
    const drawn = this.#drawn;
    if (drawn !== undefined) this.#tell('PNG', await copyPicture(drawn.toPng(readChartTheme(this).background)));
  }

  #tell(what: string, isDone: boolean): void {
    this.notice = isDone ? `${what} copied` : 'Copying is not allowed here';
    setTimeout(() => (this.notice = ''), 4000);
  }
}

function renderData({ question, table: { header, rows } }: Chart) {
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Data of the chart: ${question}">
    <table>
      <thead>
        <tr>
          ${header.map((name, index) => html`<th scope="col" class=${index === 0 ? '' : 'number'}>${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([name, ...values]) =>
            html`<tr>
              <th scope="row" class="name">${name}</th>
              ${values.map(value => html`<td class="number">${renderCell(value)}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function renderCell(value: string | number | null): string {
  if (typeof value !== 'number') return value ?? '–';
  return Number.isInteger(value) ? formatFixed(value, 0) : formatFixed(value, Math.abs(value) < 0.01 ? 6 : 4);
}

defineElement('aiwb-chart', ChartFigure);
