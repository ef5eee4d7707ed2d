import { css, html, LitElement, nothing } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import type { FetchDisagreements } from '../components/disagreement-list.ts';
import '../components/regression-panel.ts';
import { defineElement } from '../shared/define.ts';
import { variantName } from '../shared/figures.ts';
import { baseStyles } from '../shared/styles.ts';

/** Every model against itself in an earlier run; the first that lost anything is unfolded. */
export class RegressionSection extends LitElement {
  static override properties = {
    report: { attribute: false },
    fetchDisagreements: { attribute: false },
    linked: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    css`
      aiwb-regression + aiwb-regression {
        border-top: 1px solid var(--aiwb-line);
      }
    `,
  ];
  declare report: Report | undefined;
  declare fetchDisagreements: FetchDisagreements | undefined;
  /** Whether samples can be shown. */
  declare linked: boolean;

  constructor() {
    super();
    this.linked = false;
  }

  override render() {
    const { report } = this;
    const regressions = report?.regressions ?? [];
    if (report === undefined || regressions.length === 0) return nothing;
    const opened = Math.max(
      0,
      regressions.findIndex(({ lost }) => lost > 0),
    );
    return regressions.map((regression, index) => {
      const variant = report.variants[regression.variant];
      return html`<aiwb-regression
        name=${variantName(report, regression.variant)}
        runId=${variant?.runId ?? ''}
        variant=${variant?.variant ?? 0}
        .regression=${regression}
        .fetchDisagreements=${this.fetchDisagreements}
        ?linked=${this.linked}
        ?unfolded=${index === opened}
      ></aiwb-regression>`;
    });
  }
}

defineElement('aiwb-regressions', RegressionSection);
