import { css, html, LitElement, nothing } from 'lit';
import type { NumberRange } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import './drop-menu.ts';

/** Something with a number that can be narrowed. */
export interface Measured {
  readonly id: string;
  readonly label: string;
}

export type Ranges = Readonly<Record<string, NumberRange>>;

/** Least and most of any number of measures behind one button. Fires `ranges-changed` with `Ranges`. */
export class RangeMenu extends LitElement {
  static override properties = { measures: { attribute: false }, ranges: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .grid {
        display: grid;
        grid-template-columns: minmax(0, 1fr) 9ch 9ch;
        gap: 4px 8px;
        align-items: center;
      }
      .grid > span {
        overflow-wrap: anywhere;
      }
      input {
        width: 100%;
        height: 24px;
        padding: 0 4px;
        font: inherit;
        font-variant-numeric: tabular-nums;
        color: var(--vscode-input-foreground);
        background: var(--vscode-input-background);
        border: 1px solid var(--vscode-input-border, var(--aiwb-line-strong));
        border-radius: 2px;
      }
      .clear {
        margin-top: 4px;
      }
    `,
  ];
  declare measures: readonly Measured[] | undefined;
  declare ranges: Ranges | undefined;

  override render() {
    const measures = this.measures ?? [];
    const ranges = this.ranges ?? {};
    const count = Object.keys(ranges).length;
    const value = count === 0 ? 'any' : `${formatCount(count)} narrowed`;
    return html`<aiwb-drop-menu label="Numbers" value=${value}>
      <div class="grid" role="group" aria-label="Numbers">
        <span></span><span class="muted" aria-hidden="true">at least</span
        ><span class="muted" aria-hidden="true">at most</span>
        ${measures.map(
          measure =>
            html`<span dir="auto">${showUnseen(measure.label)}</span> ${this.#renderBound(measure, 'least')}
              ${this.#renderBound(measure, 'most')}`,
        )}
      </div>
      ${count === 0 ? nothing : html`<button type="button" class="link clear" @click=${() => this.#tell({})}>Any number</button>`}
    </aiwb-drop-menu>`;
  }

  #renderBound({ id, label }: Measured, bound: 'least' | 'most') {
    const value = this.ranges?.[id]?.[bound];
    return html`<input
      type="number"
      step="any"
      aria-label="${showUnseen(label)}, at ${bound}"
      .value=${value === undefined ? '' : String(value)}
      @change=${(event: Event) => this.#change(id, bound, (event.currentTarget as HTMLInputElement).valueAsNumber)}
    />`;
  }

  #change(id: string, bound: 'least' | 'most', value: number): void {
    const { [id]: range = {}, ...others } = this.ranges ?? {};
    const bounds = Object.entries({ ...range, [bound]: value }).filter(([, each]) => Number.isFinite(each));
    const next: NumberRange = Object.fromEntries(bounds);
    this.#tell(Object.keys(next).length === 0 ? others : { ...others, [id]: next });
  }

  #tell(ranges: Ranges): void {
    this.dispatchEvent(new CustomEvent<Ranges>('ranges-changed', { detail: ranges }));
  }
}

defineElement('aiwb-range-menu', RangeMenu);
