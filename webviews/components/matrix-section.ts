import { css, html, LitElement, nothing } from 'lit';
import type { MetricConfusion, Report } from '../../schemas/generated/messages.ts';
import './confusion-matrix.ts';
import { pick } from './pick.ts';
import { defineElement } from '../shared/define.ts';
import { leadingMetric, rankedVariants, variantName } from '../shared/figures.ts';
import { baseStyles } from '../shared/styles.ts';

/** Position of a model, and the metric whose matrix shows. */
export interface MatrixChoice {
  readonly variant: number;
  readonly metric: string;
}

/** The confusion matrix of one model behind one metric, the best model's at first. Fires `matrix-changed` with a `MatrixChoice`. */
export class MatrixSection extends LitElement {
  static override properties = { report: { attribute: false }, chosen: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      .picks {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .pick {
        width: 220px;
        margin-bottom: 8px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare chosen: MatrixChoice | undefined;

  override render() {
    const { report, chosen } = this;
    if (report === undefined) return nothing;
    const positions = variantsWithMatrix(report);
    const variant = positions.find(position => position === chosen?.variant) ?? positions[0];
    if (variant === undefined) return nothing;
    const matrices = matricesOf(report, variant);
    const confusion = matrices.find(({ metric }) => metric === chosen?.metric) ?? matrices[0];
    if (confusion === undefined) return nothing;
    const { metric } = confusion;
    return html`<div class="picks">
        ${pick(
          'Model',
          positions.map(position => ({ value: String(position), label: variantName(report, position) })),
          String(variant),
          value => this.#choose({ variant: Number(value), metric }),
        )}
        ${pick(
          'Metric',
          matrices.map(({ metric: value, label }) => ({ value, label })),
          metric,
          value => this.#choose({ variant, metric: value }),
        )}
      </div>
      <aiwb-confusion-matrix
        .matrix=${confusion.matrix}
        .model=${variantName(report, variant)}
      ></aiwb-confusion-matrix>`;
  }

  #choose(choice: MatrixChoice): void {
    this.chosen = choice;
    this.dispatchEvent(new CustomEvent<MatrixChoice>('matrix-changed', { detail: choice }));
  }
}

/** Positions of the models that have a matrix, best first. */
export function variantsWithMatrix(report: Report): readonly number[] {
  const leading = leadingMetric(report);
  const order =
    leading === undefined ? report.variants.map((_, index) => index) : rankedVariants(report.variants, leading);
  return order.filter(index => matricesOf(report, index).length > 0);
}

/** Reports from before there were several have one. */
function matricesOf({ variants }: Report, index: number): readonly MetricConfusion[] {
  const { confusion, confusions } = variants[index] ?? {};
  if (confusions !== undefined) return confusions;
  return confusion === undefined ? [] : [{ metric: '', label: '', matrix: confusion }];
}

defineElement('aiwb-matrix-section', MatrixSection);
