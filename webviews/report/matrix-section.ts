import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { css, html, LitElement, nothing } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import '../components/confusion-matrix.ts';
import { defineElement } from '../shared/define.ts';
import { leadingMetric, rankedVariants, variantName } from '../shared/figures.ts';
import { baseStyles } from '../shared/styles.ts';

/** The confusion matrix of one model, the best at first. Fires `matrix-changed` with the model's position. */
export class MatrixSection extends LitElement {
  static override properties = { report: { attribute: false }, chosen: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      vscode-single-select {
        width: 220px;
        margin-bottom: 8px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare chosen: number | undefined;

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const options = variantsWithMatrix(report);
    const chosen = this.chosen !== undefined && options.includes(this.chosen) ? this.chosen : options[0];
    if (chosen === undefined) return nothing;
    return html`${
        options.length < 2
          ? nothing
          : html`<vscode-single-select class="no-print" label="Model" @change=${this.#onChange}>
              ${options.map(index => html`<vscode-option value=${String(index)} ?selected=${index === chosen}>${variantName(report, index)}</vscode-option>`)}
            </vscode-single-select>`
      }
      <aiwb-confusion-matrix
        .matrix=${report.variants[chosen]?.confusion}
        .model=${variantName(report, chosen)}
      ></aiwb-confusion-matrix>`;
  }

  #onChange(event: Event): void {
    this.chosen = Number((event.currentTarget as HTMLElement & { value: string }).value);
    this.dispatchEvent(new CustomEvent<number>('matrix-changed', { detail: this.chosen }));
  }
}

/** Positions of the models that have a matrix, best first. */
export function variantsWithMatrix(report: Report): readonly number[] {
  const leading = leadingMetric(report);
  const order =
    leading === undefined ? report.variants.map((_, index) => index) : rankedVariants(report.variants, leading);
  return order.filter(index => report.variants[index]?.confusion !== undefined);
}

defineElement('aiwb-matrix-section', MatrixSection);
