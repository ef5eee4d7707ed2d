import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount, formatPoints } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';

/** Score, evidence coverage and waived controls: always the three together, each with what it means. */
export class ScoreFigures extends LitElement {
  static override properties = { record: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(min(100%, 200px), 1fr));
        gap: 8px 24px;
      }
      dl > div {
        display: grid;
        align-content: start;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      dt {
        font-weight: 600;
      }
      .bar {
        display: block;
        width: 100%;
        max-width: 260px;
        height: 4px;
        margin: 2px 0 4px;
      }
      .bar .track {
        fill: var(--aiwb-line-strong, rgb(128 128 128 / 50%));
        opacity: 0.5;
      }
      .bar .fill {
        fill: var(--vscode-foreground);
      }
      @media (forced-colors: active) {
        .bar .track {
          fill: GrayText;
        }
        .bar .fill {
          fill: CanvasText;
        }
      }
      .figure {
        font-size: 1.55em;
        line-height: 1.3;
        font-weight: 600;
        font-variant-numeric: tabular-nums;
      }
      .of {
        font-size: 0.65em;
        font-weight: normal;
        color: var(--vscode-descriptionForeground);
      }
    `,
  ];
  declare record: AssessmentRecord | undefined;

  override render() {
    const { record } = this;
    if (record === undefined) return nothing;
    const { score, coverage, waived, controls } = record;
    const applicable = controls.filter(({ outcome }) => outcome !== 'not-applicable').length;
    return html`<dl>
      <div>
        <dt>Score</dt>
        <dd class="figure">
          ${score === null ? '–' : formatPoints(score)}
          <span class="of"
            >${score !== null ? 'of 100' : applicable === 0 ? 'no control applies' : 'not computed'}</span
          >
          ${meter(score)}
        </dd>
        <dd class="muted">
          Weight of what is met, of all that applies. Half for partial, nothing for not assessed or waived.
        </dd>
      </div>
      <div>
        <dt>Evidence coverage</dt>
        <dd class="figure">${formatPoints(coverage)}<span class="of"> %</span>${meter(coverage)}</dd>
        <dd class="muted">Of ${countOf(applicable, 'applicable control')}, the share with all its evidence.</dd>
      </div>
      <div>
        <dt>Waived</dt>
        <dd class="figure">${formatCount(waived)} <span class="of">${waived === 1 ? 'control' : 'controls'}</span></dd>
        <dd class="muted">Not met, and excused at the gate until the waiver expires. The score is untouched.</dd>
      </div>
    </dl>`;
  }
}

/** How much of a hundred, drawn; the figure beside it says the same. */
function meter(points: number | null) {
  const share = Math.min(100, Math.max(0, points ?? 0));
  return html`<svg class="bar" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
    <rect class="track" width="100" height="4" />
    <rect class="fill" width=${share} height="4" />
  </svg>`;
}

defineElement('aiwb-score-figures', ScoreFigures);
