import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentRecord, Baseline, CheckResult, MetricArtifact } from '../../schemas/generated/messages.ts';
import '../components/copy-digest.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, decimalsFor, formatCount, formatDay, formatFixed, formatSigned, unitName } from '../shared/format.ts';
import { identityWords } from '../shared/governance-words.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { baseStyles, tableStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import type { Tone } from '../shared/words.ts';

interface Pair {
  readonly metric: MetricArtifact;
  readonly check: CheckResult & { actual: number };
}

/** The figures of the locked baseline beside those this assessment judged. */
export class BaselineTable extends LitElement {
  static override properties = { record: { attribute: false }, baseline: { attribute: false } };
  static override styles = [
    baseStyles,
    tableStyles,
    css`
      @media print {
        table {
          min-width: 100% !important;
          font-size: 0.85em;
        }
      }
      .about {
        margin-bottom: 8px;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare record: AssessmentRecord | undefined;
  declare baseline: Baseline | undefined;

  override render() {
    const { record, baseline } = this;
    if (record === undefined || baseline === undefined) return nothing;
    const pairs = pairFigures(record, baseline);
    const others = baseline.metrics.length - pairs.length;
    return html`<p class="about muted">
        ${describeBaseline(record, baseline)}
        <aiwb-copy-digest digest=${baseline.digest} name="digest of the baseline"></aiwb-copy-digest>
      </p>
      ${pairs.length === 0 ? nothing : this.#renderPairs(record, baseline, pairs)}
      ${others === 0 ? nothing : html`<p class="muted">${describeOthers(others, pairs.length)}</p>`}`;
  }

  #renderPairs({ subject }: AssessmentRecord, baseline: Baseline, pairs: readonly Pair[]) {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures against the baseline">
      <table>
        <caption>
          <span
            >Each version's own figures with intervals. A comparison of the two runs tells whether a difference is more
            than chance.</span
          >
        </caption>
        <thead>
          <tr>
            <th scope="col">Metric</th>
            <th scope="col">Benchmark</th>
            <th scope="col" class="number">Baseline, version ${clipLine(baseline.version, 20)}</th>
            <th scope="col" class="number">Version ${clipLine(subject.version, 20)}</th>
            <th scope="col" class="number">Difference</th>
            <th scope="col">Verdict</th>
          </tr>
        </thead>
        <tbody>
          ${pairs.map(renderPair)}
        </tbody>
      </table>
    </div>`;
  }
}

function renderPair({ metric, check }: Pair) {
  const decimals = decimalsFor([metric.value, check.actual], metric.unit);
  const unit = unitName(metric.unit);
  const verdict = verdictOf(metric, check.actual, decimals);
  return html`<tr>
    <th scope="row" class="name">
      <span dir="auto">${clipLine(metric.label, 120)}</span
      >${unit === '' ? nothing : html` <span class="unit">${unit}</span>`}
    </th>
    <td class="name" dir="auto">${clipLine(metric.task, 120)}</td>
    ${figureCell(metric.value, metric, decimals)} ${figureCell(check.actual, check, decimals)}
    <td class="number">${formatSigned(check.actual - metric.value, decimals)}</td>
    <td class="word tone-${verdict.tone}">${icon(verdict.icon)} ${verdict.text}</td>
  </tr>`;
}

function figureCell(value: number, { low, high, n }: { low?: number; high?: number; n?: number }, decimals: number) {
  const interval =
    low === undefined || high === undefined ? '' : `${formatFixed(low, decimals)} to ${formatFixed(high, decimals)}`;
  const size = n === undefined ? '' : `n ${formatCount(n)}`;
  const about = [interval, size].filter(text => text !== '').join(', ');
  return html`<td class="number">
    ${formatFixed(value, decimals)}${about === '' ? nothing : html`<span class="interval">${about}</span>`}
  </td>`;
}

function verdictOf(
  { value, direction }: MetricArtifact,
  actual: number,
  decimals: number,
): { text: string; icon: IconName; tone: Tone } {
  const isSame = !/[1-9]/.test(formatFixed(actual - value, decimals));
  if (isSame) return { text: 'the same', icon: 'equal', tone: 'neutral' };
  const isHigher = actual > value;
  const shape = isHigher ? 'arrowUp' : 'arrowDown';
  if (direction === 'neutral') return { text: isHigher ? 'higher' : 'lower', icon: shape, tone: 'neutral' };
  const isBetter = isHigher === (direction === 'higher');
  return {
    text: `${isHigher ? 'higher' : 'lower'}, ${isBetter ? 'better' : 'worse'}`,
    icon: shape,
    tone: isBetter ? 'good' : 'bad',
  };
}

/** Figures over all rows of the same benchmark; those of one slice have no counterpart in a baseline. */
function pairFigures({ controls }: AssessmentRecord, { metrics }: Baseline): readonly Pair[] {
  const checks = controls.flatMap(control => control.checks).filter(isOverall);
  return metrics.flatMap(metric => {
    const check = checks.find(({ benchmark, metric: id }) => benchmark === metric.task && id === metric.metric);
    return check === undefined ? [] : [{ metric, check }];
  });
}

function isOverall(check: CheckResult): check is CheckResult & { actual: number } {
  return check.kind === 'metric' && check.slice === undefined && check.actual !== undefined;
}

function describeBaseline({ subject }: AssessmentRecord, baseline: Baseline): string {
  const which =
    baseline.weightsDigest === subject.weightsDigest
      ? `This version is the baseline, locked`
      : `${showUnseen(baseline.model)}@${showUnseen(baseline.version)}, locked`;
  return `${which} on ${formatDay(baseline.lockedAt)} by ${identityWords(baseline.lockedBy)}, approved by ${identityWords(baseline.approvedBy)}. Digest`;
}

function describeOthers(others: number, paired: number): string {
  const are = others === 1 ? 'is' : 'are';
  if (paired === 0) return `None of its ${countOf(others, 'figure')} ${are} judged by this assessment.`;
  return `${countOf(others, 'other figure')} of the baseline ${are} not judged by this assessment.`;
}

defineElement('aiwb-baseline', BaselineTable);
