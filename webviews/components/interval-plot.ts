import { css, nothing, svg, html, type TemplateResult } from 'lit';
import type { CheckResult, Unit } from '../../schemas/generated/messages.ts';
import { formatConfidence, formatValue } from '../shared/format.ts';

const width = 220;
const edge = 6;
const axis = 10;

/** For whoever draws an interval plot. */
export const intervalPlotStyles = css`
  .plot {
    display: block;
    width: 220px;
    max-width: 100%;
    height: auto;
    overflow: visible;
    font-size: 10px;
    font-variant-numeric: tabular-nums;
    stroke-linecap: round;
  }
  .plot text {
    fill: var(--vscode-descriptionForeground);
    stroke: none;
  }
  .plot .axis {
    stroke: var(--aiwb-line-strong);
  }
  .plot .allowed {
    stroke: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
    stroke-width: 3;
    stroke-linecap: butt;
    opacity: 0.55;
  }
  .plot .target {
    stroke: var(--vscode-foreground);
  }
  .plot .interval,
  .plot .bound,
  .plot .actual {
    stroke: var(--vscode-foreground);
    stroke-width: 1.5;
    fill: none;
  }
  .plot .bound {
    stroke-width: 3;
  }
  .plot .fail {
    stroke: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
    stroke-width: 2;
  }
  .plot .pass {
    fill: var(--vscode-foreground);
  }
  .plot .open {
    fill: var(--aiwb-surface);
  }
  @media (forced-colors: active) {
    .plot * {
      stroke: CanvasText;
    }
    .plot .allowed {
      stroke: Highlight;
      opacity: 1;
    }
    .plot text {
      fill: CanvasText;
      stroke: none;
    }
  }
`;

/**
 * A figure with its interval against the bar: the allowed side is the thick part of the line, the bound that was judged is
 * the thick end of the interval; a dot passed, a cross failed, a ring was not decided. Nothing where there is no figure.
 */
export function intervalPlot(check: CheckResult): TemplateResult | typeof nothing {
  const { actual, target, op, low, high, judged, state, unit = 'ratio' } = check;
  if (actual === undefined || target === undefined || op === undefined) return nothing;
  const place = scaleOf([actual, target, low, high, judged], unit);
  if (place === undefined) return nothing;
  const [bar, dot] = [place(target), place(actual)];
  const [from, to] = op.startsWith('>') ? [bar, width - edge] : [edge, bar];
  return html`<svg
    class="plot"
    viewBox="0 0 ${width} 30"
    width=${width}
    height="30"
    role="img"
    aria-label=${describePlot(check, unit)}
  >
    <path class="axis" d="M${edge} ${axis}H${width - edge}" />
    <path class="allowed" d="M${from} ${axis}H${to}" />
    <path class="target" d="M${bar} 2V18" />
    ${low === undefined || high === undefined ? nothing : interval(place(low), place(high))}
    ${judged === undefined || judged === actual ? nothing : svg`<path class="bound" d="M${place(judged)} 6V14" />`}
    ${marker(state, dot)}
    <text x=${Math.min(width - 2, Math.max(2, bar))} y="28" text-anchor=${anchorAt(bar)}>
      ${formatValue(target, unit)}
    </text>
  </svg>`;
}

function interval(low: number, high: number): TemplateResult {
  return svg`<path class="interval" d="M${low} ${axis}H${high}M${low} 7V13M${high} 7V13" />`;
}

function marker(state: CheckResult['state'], x: number): TemplateResult {
  if (state === 'fail') return svg`<path class="actual fail" d="M${x - 4} ${axis - 4}l8 8m0 -8l-8 8" />`;
  return svg`<circle class="actual ${state === 'pass' ? 'pass' : 'open'}" cx=${x} cy=${axis} r="3.5" />`;
}

function anchorAt(x: number): 'start' | 'middle' | 'end' {
  return x < 24 ? 'start' : x > width - 24 ? 'end' : 'middle';
}

/** From a value to pixels: all values in view with some room, a share never beyond 0 and 1. Undefined for what no screen can show. */
function scaleOf(given: readonly (number | undefined)[], unit: Unit): ((value: number) => number) | undefined {
  const values = given.filter(value => value !== undefined);
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const room = 0.25 * (most - least || Math.abs(most) || 1);
  const isShare = unit === 'ratio' && least >= 0 && most <= 1;
  const from = least >= 0 ? Math.max(0, least - room) : least - room;
  const to = isShare ? Math.min(1, most + room) : most + room;
  const span = to - from;
  if (!Number.isFinite(span) || span <= 0) return undefined;
  return value => Math.round((edge + ((value - from) / span) * (width - 2 * edge)) * 10) / 10;
}

function describePlot({ actual, target, low, high, confidence, op, state }: CheckResult, unit: Unit): string {
  if (actual === undefined || target === undefined || op === undefined) return '';
  const interval =
    low === undefined || high === undefined
      ? ''
      : `, ${confidence === undefined ? '' : `${formatConfidence(confidence)} `}interval ${formatValue(low, unit)} to ${formatValue(high, unit)}`;
  const side = op.startsWith('>') ? 'at or above' : 'at or below';
  const verdict = state === 'pass' ? 'passed' : state === 'fail' ? 'failed' : 'not decided';
  return `${formatValue(actual, unit)}${interval}; allowed ${side} ${formatValue(target, unit)}; ${verdict}`;
}
