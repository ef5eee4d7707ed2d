import { css, html, nothing, svg, type TemplateResult } from 'lit';
import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import { formatPoints } from '../shared/format.ts';
import { policyGateWords } from '../shared/governance-words.ts';

const width = 320;
const height = 56;
const edge = 8;
/** More assessments than this would be dots on dots. */
const most = 40;

export const scoreTrendStyles = css`
  .trend {
    display: block;
    width: 320px;
    max-width: 100%;
    height: auto;
    margin-bottom: 8px;
    overflow: visible;
    font-size: 10px;
    font-variant-numeric: tabular-nums;
  }
  .trend text {
    fill: var(--vscode-descriptionForeground);
    stroke: none;
  }
  .trend .axis {
    stroke: var(--aiwb-line-strong);
  }
  .trend .line {
    fill: none;
    stroke: var(--vscode-charts-blue);
    stroke-width: 1.5;
  }
  .trend .mark {
    fill: var(--aiwb-surface);
    stroke: var(--vscode-foreground);
    stroke-width: 1.5;
  }
  .trend .mark.passed {
    fill: var(--vscode-foreground);
  }
  .trend .mark.failed {
    fill: none;
    stroke: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
    stroke-width: 2;
  }
  @media (forced-colors: active) {
    .trend * {
      stroke: CanvasText;
    }
    .trend text {
      fill: CanvasText;
      stroke: none;
    }
  }
`;

/** Scores from the oldest to the newest, 0 to 100: a dot where the gate passed, a cross where it failed, a ring where neither. */
export function scoreTrend(history: readonly AssessmentSummary[]): TemplateResult | typeof nothing {
  const scored = history.filter(isScored).slice(0, most).reverse();
  if (scored.length < 3) return nothing;
  const step = (width - 2 * edge - 24) / (scored.length - 1);
  const points = scored.map(({ score, gate }, index) => ({
    x: Math.round(edge + index * step),
    y: Math.round(edge + (1 - Math.min(100, Math.max(0, score)) / 100) * (height - 2 * edge)),
    gate,
  }));
  return html`<p class="muted">
      Score from the oldest to the newest: a dot passed, a cross failed, a ring was not computed.
    </p>
    <svg
      class="trend"
      viewBox="0 0 ${width} ${height}"
      width=${width}
      height=${height}
      role="img"
      aria-label=${describe(scored)}
    >
      <path class="axis" d="M0 ${height - edge}H${width - 24}M0 ${edge}H${width - 24}" stroke-dasharray="1 3" />
      <text x=${width} y=${edge + 3} text-anchor="end">100</text>
      <text x=${width} y=${height - edge + 3} text-anchor="end">0</text>
      <path
        class="line"
        d=${points.map(({ x, y }, index) => `${index === 0 ? 'M' : 'L'}${String(x)} ${String(y)}`).join('')}
      />
      ${points.map(({ x, y, gate }) =>
        gate === 'failed'
          ? svg`<path class="mark failed" d="M${x - 3} ${y - 3}l6 6m0 -6l-6 6" />`
          : svg`<circle class="mark ${gate}" cx=${x} cy=${y} r="3" />`,
      )}
    </svg>`;
}

function isScored(summary: AssessmentSummary): summary is AssessmentSummary & { score: number } {
  return summary.score !== null;
}

function describe(scored: readonly (AssessmentSummary & { score: number })[]): string {
  const parts = scored.map(
    ({ version, score, gate }) =>
      `version ${version} ${formatPoints(score)}, ${policyGateWords(gate).text.toLowerCase()}`,
  );
  return `Scores from the oldest to the newest: ${parts.join('; ')}`;
}
