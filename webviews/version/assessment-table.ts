import { css, html, LitElement } from 'lit';
import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatDate, formatPoints, isoDate } from '../shared/format.ts';
import { identityName, policyGateWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles, tableStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

/** Every assessment of a version, newest first. Fires `open` with an assessment's id. */
export class AssessmentTable extends LitElement {
  static override properties = { assessments: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    tableStyles,
    css`
      .policies {
        min-width: 20ch;
      }
    `,
  ];
  declare assessments: readonly AssessmentSummary[] | undefined;

  override render() {
    return html`<div class="scroll" tabindex="0" role="region" aria-label="Assessments">
      <table>
        <thead>
          <tr>
            <th scope="col">Assessed</th>
            <th scope="col">Gate</th>
            <th scope="col" class="number">Score <span class="unit">of 100</span></th>
            <th scope="col" class="number">Coverage <span class="unit">%</span></th>
            <th scope="col" class="number">Waived</th>
            <th scope="col">Policies</th>
            <th scope="col">Assessor</th>
            <th scope="col">Record</th>
          </tr>
        </thead>
        <tbody>
          ${(this.assessments ?? []).map(assessment => this.#renderRow(assessment))}
        </tbody>
      </table>
    </div>`;
  }

  #renderRow({ id, assessedAt, gate, score, coverage, waived, policies, assessor, digest }: AssessmentSummary) {
    const { text, icon: name, tone } = policyGateWords(gate);
    return html`<tr>
      <th scope="row" class="word">
        <button
          type="button"
          class="link"
          title="Open Scorecard"
          @click=${() => this.dispatchEvent(new CustomEvent<string>('open', { detail: id }))}
        >
          <time datetime=${isoDate(assessedAt)}>${formatDate(assessedAt)}</time>
        </button>
      </th>
      <td class="word tone-${tone}">${icon(name)} ${text}</td>
      <td class="number">${score === null ? '–' : formatPoints(score)}</td>
      <td class="number">${formatPoints(coverage)}</td>
      <td class="number">${formatCount(waived)}</td>
      <td class="policies" dir="auto">${policies.map(showUnseen).join(', ')}</td>
      <td class="name" dir="auto">${identityName(assessor)}</td>
      <td title=${digest}><code>${shortDigest(digest)}</code></td>
    </tr>`;
  }
}

/** `score 92 of 100, coverage 100 %` */
export function scoreWords({ score, coverage, waived }: AssessmentSummary): string {
  const points = score === null ? 'no score' : `score ${formatPoints(score)} of 100`;
  return `${points}, coverage ${formatPoints(coverage)} %${waived === 0 ? '' : `, ${formatCount(waived)} waived`}`;
}

defineElement('aiwb-assessment-table', AssessmentTable);
