import { css, html, LitElement, nothing } from 'lit';
import type { AppliedPolicy, AssessmentRecord, ControlOutcome } from '../../schemas/generated/messages.ts';
import '../components/copy-digest.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatCount } from '../shared/format.ts';
import { levelName, levels, outcomeWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { sendCommand } from './commands.ts';

const outcomes: readonly ControlOutcome[] = ['non-compliant', 'partial', 'not-assessed', 'compliant', 'not-applicable'];

/** A card for each policy, from the widest level: whose it is, how old, what it builds on, and how its own controls stand. */
export class PolicyCards extends LitElement {
  static override properties = { record: { attribute: false }, now: { attribute: false }, acts: { type: Boolean } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .cards {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 260px), 1fr));
        gap: 8px;
      }
      .card {
        padding: 8px 12px;
        border: 1px solid var(--aiwb-line);
        border-radius: 3px;
        overflow-wrap: anywhere;
        break-inside: avoid;
      }
      .level {
        font-size: 0.9em;
      }
      h3 button {
        font-weight: 600;
      }
      .counts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        margin-top: 4px;
      }
    `,
  ];
  declare record: AssessmentRecord | undefined;
  declare now: number;
  /** Whether a policy can be opened. */
  declare acts: boolean;

  override render() {
    const { record } = this;
    if (record === undefined) return nothing;
    if (record.policies.length === 0) return html`<p class="muted">This assessment names no policy.</p>`;
    const ordered = [...record.policies].sort((a, b) => levels.indexOf(a.level) - levels.indexOf(b.level));
    return html`<ul class="cards">
      ${ordered.map(policy => html`<li class="card">${this.#renderCard(record, policy)}</li>`)}
    </ul>`;
  }

  #renderCard(record: AssessmentRecord, policy: AppliedPolicy) {
    const title = clipLine(policy.title, 160);
    const open = (): void => sendCommand(this, { command: 'openPolicy', policy: policy.id });
    return html`<p class="level muted">${levelName(policy.level)}</p>
      <h3 dir="auto">
        ${this.acts ? html`<button type="button" class="link" @click=${open}>${title}</button>` : title}
      </h3>
      <p class="muted">
        <code>${clipLine(policy.id, 120)}</code> ${clipLine(policy.version, 40)}
        <aiwb-copy-digest digest=${policy.digest} name="digest of ${policy.id}"></aiwb-copy-digest>
      </p>
      ${policy.owner === undefined ? nothing : html`<p class="muted">owned by ${clipLine(policy.owner, 120)}</p>`}
      ${this.#renderReview(policy)}
      ${policy.extends.length === 0 ? nothing : html`<p class="muted">builds on ${policy.extends.map((id, index) => html`${index === 0 ? nothing : ', '}<code>${clipLine(id, 120)}</code>`)}</p>`}
      ${renderCounts(record, policy)}`;
  }

  #renderReview({ reviewBy }: AppliedPolicy) {
    if (reviewBy === undefined) return nothing;
    const due = Date.parse(reviewBy);
    if (Number.isNaN(due) || due > this.now)
      return html`<p class="muted">to be reviewed by ${clipLine(reviewBy, 40)}</p>`;
    return html`<p class="tone-warn">${icon('warning')} review was due by ${clipLine(reviewBy, 40)}</p>`;
  }
}

function renderCounts({ controls }: AssessmentRecord, { id }: AppliedPolicy) {
  const own = controls.filter(({ policy }) => policy === id);
  const tightened = controls.filter(({ tightenedBy = [] }) => tightenedBy.includes(id)).length;
  const counts = outcomes
    .map(outcome => ({ outcome, count: own.filter(control => control.outcome === outcome).length }))
    .filter(({ count }) => count > 0);
  return html`<p class="counts">
    <span>${countOf(own.length, 'control')}</span>
    ${counts.map(({ outcome, count }) => {
      const { text, icon: name, tone } = outcomeWords(outcome);
      return html`<span class="tone-${tone}">${icon(name)} ${formatCount(count)} ${text.toLowerCase()}</span>`;
    })}
    ${tightened === 0 ? nothing : html`<span>makes ${formatCount(tightened)} stricter</span>`}
  </p>`;
}

defineElement('aiwb-policies', PolicyCards);
