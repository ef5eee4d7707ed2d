import { css, html, LitElement, nothing } from 'lit';
import { readChartTheme, watchTheme } from '../shared/chart-theme.ts';
import { findChartDesk, type ChartDesk, type TakenChart } from '../shared/chart-desk.ts';
import { copyPicture, copyText, download, toBase64, toCsv } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';
import { formatFixed } from '../shared/format.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import type { DrawnChart } from './chart-runtime.ts';
import type { Chart } from './chart-specs.ts';

/** What becomes of a chart that is taken out of the page. */
type Way = TakenChart['take'];
type Format = TakenChart['format'];

/** A chart that changes many times a second is drawn so seldom that drawing takes a fifth of the time at most, and never faster than the eye follows. */
const restAfterDrawing = 4;
const leastRestMs = 150;

/** A chart with its question above it, its data behind a button, and ways out of the page. Drawing code is loaded when first shown. */
export class ChartFigure extends LitElement {
  static override properties = {
    chart: { attribute: false },
    showsData: { state: true },
    showsWays: { state: true },
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
      .ways {
        margin: -4px 0 8px;
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
  declare showsWays: boolean;
  declare problem: string | undefined;
  declare notice: string;
  #drawn: DrawnChart | undefined;
  /** Before then, by the page's clock, nothing is drawn anew. */
  #restsUntil = 0;
  #turn = 0;
  #noticed: ReturnType<typeof setTimeout> | undefined;
  #isDrawing = false;
  #width = 0;
  #unwatch: (() => void) | undefined;
  readonly #sizes = new ResizeObserver(() => void this.#fit());

  constructor() {
    super();
    this.showsData = false;
    this.showsWays = false;
    this.notice = '';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    // A theme changes seldom, and all at once.
    this.#unwatch = watchTheme(() => {
      this.#restsUntil = 0;
      void this.#draw();
    });
    if (this.hasUpdated) void this.#draw();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unwatch?.();
    this.#sizes.disconnect();
    this.#drawn?.remove();
    this.#drawn = undefined;
    this.#restsUntil = 0;
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
            aria-expanded=${this.showsWays ? 'true' : 'false'}
            @click=${() => (this.showsWays = !this.showsWays)}
          >
            Copy or open
          </button>
          <span class="muted" role="status">${this.notice}</span>
        </span>
      </figcaption>
      ${this.showsWays ? this.#renderWays(chart) : nothing}
      ${chart.note === undefined ? nothing : html`<p class="note muted">${chart.note}</p>`}
      <div class="plot" role="img" aria-label=${chart.summary} ?hidden=${this.problem !== undefined}></div>
      ${this.problem === undefined ? nothing : html`<p class="muted">The chart could not be drawn (${this.problem}). Its data:</p>`}
      ${this.showsData || this.problem !== undefined ? renderData(chart) : nothing}
    </figure>`;
  }

  #renderWays(chart: Chart) {
    const desk = findChartDesk(this);
    const way = (take: Way, format: Format, label: string) =>
      html`<button type="button" class="link" @click=${() => this.#take(chart, take, format, desk)}>${label}</button>`;
    const canDraw = this.problem === undefined;
    return html`<div class="ways actions no-print" role="group" aria-label="Copy or open: ${chart.question}">
      ${canDraw ? html`${way('copy', 'png', 'Copy as PNG')} ${way('copy', 'svg', 'Copy as SVG')}` : nothing}
      ${way('copy', 'csv', 'Copy as CSV')}
      ${desk !== undefined && canDraw ? way('open', 'svg', 'Open SVG in editor') : nothing}
      ${desk === undefined ? nothing : way('open', 'csv', 'Open CSV in editor')}
      ${canDraw ? way('save', 'png', 'Save PNG') : nothing}
    </div>`;
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
        const rest = this.#restsUntil - performance.now();
        if (rest > 0) {
          await pause(rest);
          continue;
        }
        drawn = this.#turn;
        const start = performance.now();
        await this.#drawOnce();
        const end = performance.now();
        this.#restsUntil = end + Math.max(leastRestMs, restAfterDrawing * (end - start));
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

  async #take(chart: Chart, take: Way, format: Format, desk: ChartDesk | undefined): Promise<void> {
    this.notice =
      (await (format === 'png' ? this.#takePicture(chart, take, desk) : this.#takeText(chart, take, format, desk))) ??
      '';
    clearTimeout(this.#noticed);
    this.#noticed = setTimeout(() => (this.notice = ''), 4000);
  }

  /** The browser's own clipboard first; where it refuses, VS Code's. Tells what became of it. */
  async #takeText({ question, table }: Chart, take: Way, format: 'csv' | 'svg', desk: ChartDesk | undefined) {
    const content = format === 'csv' ? toCsv(table.header, table.rows) : ((await this.#drawn?.toSvg()) ?? '');
    const copied = `${format.toUpperCase()} copied`;
    if (take === 'copy' && (await copyText(content))) return copied;
    if (desk === undefined) return 'Copying is not allowed here';
    desk.take({ take, format, name: nameOf(question), content });
    return take === 'copy' ? copied : undefined;
  }

  /** VS Code has no clipboard for pictures: where the browser refuses, a file takes its place. */
  async #takePicture({ question }: Chart, take: Way, desk: ChartDesk | undefined) {
    const picture = this.#drawn?.toPng(readChartTheme(this).background);
    if (picture === undefined) return undefined;
    if (take === 'copy' && (await copyPicture(picture))) return 'PNG copied';
    const name = nameOf(question);
    if (desk === undefined) download(await picture, `${name}.png`);
    else desk.take({ take: 'save', format: 'png', name, content: await toBase64(await picture) });
    return take === 'copy' ? 'Pictures cannot be copied here: save it instead' : undefined;
  }
}

/** Names hold words from files, of any length. */
function nameOf(question: string): string {
  return clipLine(question, 150);
}

function pause(milliseconds: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, milliseconds));
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
