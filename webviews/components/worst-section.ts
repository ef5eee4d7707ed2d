import { css, html, LitElement, nothing } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import { pick } from './pick.ts';
import './worst-rows.ts';
import { defineElement } from '../shared/define.ts';
import { leadingMetric, rankedVariants, variantName } from '../shared/figures.ts';
import { baseStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';

/** The worst rows of one model, the best model's at first. Fires `worst-changed` with the model's position. */
export class WorstSection extends LitElement {
  static override properties = {
    report: { attribute: false },
    chosen: { attribute: false },
    linked: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    css`
      .pick {
        width: 220px;
        margin-bottom: 8px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare chosen: number | undefined;
  /** Whether samples can be shown. */
  declare linked: boolean;

  constructor() {
    super();
    this.linked = false;
  }

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const positions = variantsWithWorst(report);
    const position = positions.find(each => each === this.chosen) ?? positions[0];
    const variant = position === undefined ? undefined : report.variants[position];
    if (position === undefined || variant === undefined) return nothing;
    const options = positions.map(each => ({ value: String(each), label: variantName(report, each) }));
    return html`${pick('Model', options, String(position), value => this.#choose(Number(value)))}
      <aiwb-worst-rows
        label=${showUnseen(leadingMetric(report)?.label ?? 'Score')}
        model=${variantName(report, position)}
        .runId=${this.linked ? variant.runId : undefined}
        .rows=${variant.worst}
      ></aiwb-worst-rows>`;
  }

  #choose(position: number): void {
    this.chosen = position;
    this.dispatchEvent(new CustomEvent<number>('worst-changed', { detail: position }));
  }
}

/** Positions of the models whose worst rows are known, best model first. */
export function variantsWithWorst(report: Report): readonly number[] {
  const leading = leadingMetric(report);
  if (leading === undefined) return [];
  return rankedVariants(report.variants, leading).filter(index => report.variants[index]?.worst !== undefined);
}

defineElement('aiwb-worst-section', WorstSection);
