import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentRecord, Waiver } from '../../schemas/generated/messages.ts';
import '../components/long-text.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, formatDay, formatRelative, isoDate } from '../shared/format.ts';
import { identityWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { jumpTo, sendCommand } from './commands.ts';

/** Approvals by different people that make a waiver count. */
const neededApprovals = 2;

/** Waivers the assessment looked at: for what, until when, on whose word, and whether they counted. */
export class WaiverList extends LitElement {
  static override properties = { record: { attribute: false }, now: { attribute: false }, acts: { type: Boolean } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      li.waiver {
        padding: 8px 0;
        border-bottom: 1px solid var(--aiwb-line);
        overflow-wrap: anywhere;
      }
      li.waiver:first-child {
        padding-top: 0;
      }
      li.waiver:last-child {
        border-bottom: none;
      }
      @media print {
        li.waiver {
          break-inside: avoid;
        }
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
        justify-content: space-between;
      }
      .control {
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 2px 16px;
        margin-top: 4px;
      }
      .approve {
        margin-top: 6px;
      }
      dt {
        color: var(--vscode-descriptionForeground);
      }
      @media (max-width: 480px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  declare record: AssessmentRecord | undefined;
  declare now: number;
  /** Whether something can be done here. */
  declare acts: boolean;

  override render() {
    const { record } = this;
    if (record === undefined) return nothing;
    return html`<ul>
      ${record.waivers.map(waiver => html`<li class="waiver">${this.#renderWaiver(record, waiver)}</li>`)}
    </ul>`;
  }

  #renderWaiver({ controls }: AssessmentRecord, waiver: Waiver) {
    const counted = controls.some(control => control.waiver === waiver.id);
    const { approvals, compensatingControls = [] } = waiver;
    const approvers = new Set(approvals.map(({ by }) => by.email).filter(email => email !== waiver.requestedBy.email));
    return html`<div class="head">
        <span
          ><button type="button" class="link control" @click=${() => jumpTo(this, waiver.control)}>
            ${clipLine(waiver.control, 80)}
          </button>
          <span class="muted">${clipLine(waiver.id, 80)}</span></span
        >
        ${this.#renderExpiry(waiver)}
      </div>
      <aiwb-long-text prose .text=${waiver.reason}></aiwb-long-text>
      <dl>
        <dt>Counted here</dt>
        <dd>${counted ? 'yes, at the gate' : 'no'}</dd>
        <dt>Versions</dt>
        <dd>${clipLine(waiver.versions.join(', '))}</dd>
        ${
          compensatingControls.length === 0
            ? nothing
            : html`<dt>Instead</dt>
                <dd>
                  ${compensatingControls.map((text, index) => html`${index === 0 ? nothing : '; '}${clipLine(text)}`)}
                </dd>`
        }
        <dt>Requested</dt>
        <dd>${formatDay(waiver.requestedAt)} by ${identityWords(waiver.requestedBy)}</dd>
        <dt>Approvals</dt>
        <dd>
          ${String(approvers.size)} of
          ${String(neededApprovals)}${approvals.length === 0 ? nothing : html`: ${approvals.map(({ by, at }, index) => html`${index === 0 ? nothing : '; '}${identityWords(by)}, ${formatDay(at)}`)}`}
        </dd>
      </dl>
      ${this.#renderApprove(waiver, approvers.size)}`;
  }

  #renderApprove({ id, expiresAt }: Waiver, approvers: number) {
    if (!this.acts || approvers >= neededApprovals || expiresAt <= this.now) return nothing;
    const approve = (): void => sendCommand(this, { command: 'approveWaiver', waiverId: id });
    return html`<p class="approve no-print">
      <button type="button" class="button" @click=${approve}>Approve Waiver…</button>
    </p>`;
  }

  #renderExpiry({ expiresAt }: Waiver) {
    const isOver = expiresAt <= this.now;
    const isSoon = expiresAt - this.now < 14 * 24 * 3_600_000;
    return html`<span class="tone-${isOver ? 'bad' : isSoon ? 'warn' : 'neutral'}">
      ${icon(isOver ? 'error' : 'clock')} ${isOver ? 'expired' : 'expires'} ${formatRelative(expiresAt, this.now)},
      <time datetime=${isoDate(expiresAt)} title=${formatDate(expiresAt)}>${formatDay(expiresAt)}</time>
    </span>`;
  }
}

defineElement('aiwb-waivers', WaiverList);
