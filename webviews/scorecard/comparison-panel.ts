import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { directionOf } from '../../schemas/compare-scorecards.ts';
import type { AssessmentComparison, AssessmentSummary } from '../../schemas/generated/messages.ts';
import { renderRequestError } from '../components/request-error.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount, formatDate, formatPoints, formatSigned, isoDate } from '../shared/format.ts';
import { identityName, identityWords, policyGateWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import type { ResourceState } from '../shared/resource.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import './change-list.ts';

/** Two assessments side by side: the figures, the policies that differ, and what came out differently. */
export class ComparisonPanel extends LitElement {
  static override properties = { comparison: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      @media print {
        table {
          min-width: 100% !important;
          font-size: 0.85em;
        }
      }
      .about,
      .policies {
        margin-top: 8px;
        overflow-wrap: anywhere;
      }
      .about {
        font-weight: 600;
      }
      .policies li {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
      }
    `,
  ];
  declare comparison: AssessmentComparison | undefined;

  override render() {
    const { comparison } = this;
    if (comparison === undefined) return nothing;
    const { before, after, changes, policies } = comparison;
    const isOtherModel = before.model !== after.model;
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Figures before and after">
        <table>
          <thead>
            <tr>
              <th scope="col">Assessment</th>
              <th scope="col">Version</th>
              <th scope="col">Gate</th>
              <th scope="col" class="number">Score</th>
              <th scope="col" class="number">Coverage <span class="unit">%</span></th>
              <th scope="col" class="number">Waived</th>
              <th scope="col">Assessor</th>
            </tr>
          </thead>
          <tbody>
            ${renderSide('Before', before, isOtherModel)} ${renderSide('After', after, isOtherModel)}
            <tr>
              <th scope="row">Change</th>
              <td></td>
              <td class="word">${before.gate === after.gate ? 'the same' : 'changed'}</td>
              <td class="number">${difference(before.score, after.score)}</td>
              <td class="number">${difference(before.coverage, after.coverage)}</td>
              <td class="number">${formatSigned(after.waived - before.waived, 0)}</td>
              <td></td>
            </tr>
          </tbody>
        </table>
      </div>
      ${renderPolicies(policies)}
      <p class="about" role="status">${describe(comparison)}</p>
      ${changes.length === 0 ? nothing : html`<aiwb-changes .changes=${changes}></aiwb-changes>`}`;
  }
}

function renderSide(name: string, summary: AssessmentSummary, withModel: boolean) {
  const { model, version, assessedAt, gate, score, coverage, waived, assessor } = summary;
  const { text, icon: shape, tone } = policyGateWords(gate);
  return html`<tr>
    <th scope="row" class="word">
      ${name} <time class="unit" datetime=${isoDate(assessedAt)}>${formatDate(assessedAt)}</time>
    </th>
    <td class="name">${withModel ? clipLine(`${model}@${version}`, 120) : clipLine(version, 60)}</td>
    <td class="word tone-${tone}">${icon(shape)} ${text}</td>
    <td class="number">${score === null ? '–' : formatPoints(score, 1)}</td>
    <td class="number">${formatPoints(coverage, 1)}</td>
    <td class="number">${formatCount(waived)}</td>
    <td title=${identityWords(assessor)}>${identityName(assessor)}</td>
  </tr>`;
}

function renderPolicies(policies: AssessmentComparison['policies']) {
  if (policies.length === 0) return html`<p class="policies muted">Both were judged by the same policies.</p>`;
  return html`<div class="policies">
    <h3>Policies that differ (${formatCount(policies.length)})</h3>
    <ul>
      ${policies.map(
        ({ id, before, after }) =>
          html`<li>
            <code>${clipLine(id, 120)}</code
            ><span
              >${before === undefined ? 'not there' : clipLine(before, 60)} →
              ${after === undefined ? 'not there' : clipLine(after, 60)}</span
            >
          </li>`,
      )}
    </ul>
  </div>`;
}

function difference(before: number | null, after: number | null): string {
  return before === null || after === null ? '–' : formatSigned(after - before, 1);
}

/** `2 controls came out worse, 5 better; 6 came out alike.` */
function describe({ changes, unchanged }: AssessmentComparison): string {
  const count = (direction: string): number => changes.filter(change => directionOf(change) === direction).length;
  const [worse, better, other] = [count('worse'), count('better'), count('other')];
  const alike = `${formatCount(unchanged)} came out alike`;
  if (changes.length === 0) return `Nothing came out differently: ${countOf(unchanged, 'control')} came out alike.`;
  const parts = [
    ...(worse === 0 ? [] : [`${formatCount(worse)} worse`]),
    ...(better === 0 ? [] : [`${formatCount(better)} better`]),
    ...(other === 0 ? [] : [`${formatCount(other)} otherwise changed`]),
  ];
  return `${countOf(changes.length, 'control')} came out differently: ${parts.join(', ')}. ${alike}.`;
}

/** The part of the page that holds a comparison, while there is one or it is on its way. */
export function renderComparison(
  state: ResourceState<AssessmentComparison | undefined> | undefined,
  close: () => void,
): TemplateResult | typeof nothing {
  if (state === undefined) return nothing;
  return html`<section aria-labelledby="comparison">
    <div class="section-head">
      <h2 id="comparison" tabindex="-1">Comparison</h2>
      <button type="button" class="link no-print" @click=${close}>Close the comparison</button>
    </div>
    ${
      state.status === 'failed'
        ? renderRequestError(state.error, 'The two could not be compared.')
        : state.status === 'ready' && state.value !== undefined
          ? html`<aiwb-comparison .comparison=${state.value}></aiwb-comparison>`
          : html`<p class="muted" role="status">Comparing…</p>`
    }
  </section>`;
}

defineElement('aiwb-comparison', ComparisonPanel);
