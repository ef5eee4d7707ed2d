import '@vscode-elements/elements/dist/vscode-button/index.js';
import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentSummary, ScorecardView } from '../../schemas/generated/messages.ts';
import '../components/copy-digest.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, formatDay, formatRelative, isoDate } from '../shared/format.ts';
import { approvalWords, identityWords, signatureWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { headerStyles } from '../shared/page-styles.ts';
import { statusWords } from '../shared/registry-words.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { sendCommand, type Command } from './commands.ts';
import './compare-menu.ts';

/** Which version, by whom and when assessed, how far approved; and what can be done next. */
export class ScorecardHeader extends LitElement {
  static override properties = {
    view: { attribute: false },
    now: { attribute: false },
    standalone: { type: Boolean },
    outdated: { type: Boolean },
    compared: { attribute: false },
  };
  static override styles = [
    baseStyles,
    headerStyles,
    css`
      .state {
        flex-basis: 100%;
      }
      .about {
        flex-basis: 440px;
      }
      h1 .tag {
        margin-inline-start: 8px;
        padding: 0 6px;
        border: 1px solid var(--aiwb-line-strong);
        border-radius: 3px;
        font-size: 0.55em;
        font-weight: normal;
        line-height: 1.6;
        vertical-align: 4px;
        white-space: nowrap;
      }
      h1 .tag .icon {
        width: 11px;
        height: 11px;
        vertical-align: -1px;
      }
      .facts + .facts {
        margin-top: 2px;
      }
      .buttons {
        position: relative;
        align-items: center;
      }
      aiwb-copy-digest {
        color: var(--vscode-foreground);
      }
    `,
  ];
  declare view: ScorecardView | undefined;
  declare now: number;
  declare standalone: boolean;
  /** Whether there is a newer assessment of this version, to which approval belongs. */
  declare outdated: boolean;
  /** What it is compared with. */
  declare compared: AssessmentSummary | undefined;

  override render() {
    const { view } = this;
    if (view === undefined) return nothing;
    const { record } = view.scorecard;
    const { model, version } = record.subject;
    return html`<header>
      <div class="about">
        <h1 dir="auto">${clipLine(model, 160)}@${clipLine(version, 40)}${renderStatus(view)}</h1>
        <p class="facts">${this.#renderApproval(view)}</p>
        <p class="facts">
          <span
            >weights
            <aiwb-copy-digest digest=${record.subject.weightsDigest} name="digest of the weights"></aiwb-copy-digest
          ></span>
          <span
            >policy set
            <aiwb-copy-digest digest=${record.policySetDigest} name="digest of the policy set"></aiwb-copy-digest
          ></span>
          ${view.source === 'store' && !this.standalone && view.verification.state === 'verified' ? html`<span class="tone-good">${icon('check')} record verified</span>` : nothing}
          ${renderSignature(view)}
        </p>
        <p class="facts">
          <span
            >assessed <time datetime=${isoDate(record.assessedAt)}>${formatDate(record.assessedAt)}</time> by
            ${identityWords(record.assessor)}</span
          >
          ${this.#renderValidity(record.validUntil)}
        </p>
      </div>
      <div class="buttons no-print">${this.#renderButtons(view)}</div>
    </header>`;
  }

  #renderApproval({ scorecard: { approval } }: ScorecardView) {
    const { text, icon: name, tone } = approvalWords(approval.state);
    return html`<span class="state tone-${tone}"
      >${icon(name)} ${approval.sentence === '' ? text : clipLine(approval.sentence)}</span
    >`;
  }

  #renderValidity(validUntil: number | undefined) {
    if (validUntil === undefined) return nothing;
    const day = html`<time datetime=${isoDate(validUntil)} title=${formatDate(validUntil)}
      >${formatDay(validUntil)}</time
    >`;
    if (validUntil > this.now) return html`<span>valid until ${day}, ${formatRelative(validUntil, this.now)}</span>`;
    return html`<span class="state tone-warn"
      >${icon('warning')} valid until ${day}: evidence expired ${formatRelative(validUntil, this.now)}</span
    >`;
  }

  #renderButtons(view: ScorecardView) {
    if (this.standalone) return this.#renderButton('Print', () => print());
    if (view.source === 'file')
      return [this.#command('compareWith', 'Compare…'), this.#command('openSource', 'Open as JSON')];
    const step = this.outdated ? undefined : nextStep(view);
    return [
      ...(step === undefined ? [] : [this.#command(step.command, step.label, true)]),
      this.#command('assessAgain', 'Assess Again'),
      html`<aiwb-compare-menu .view=${view} .chosen=${this.compared}></aiwb-compare-menu>`,
      this.#command('export', 'Export…'),
      this.#command('openHtml', 'Print…'),
      this.#command('openVersion', 'Open Version'),
    ];
  }

  #command(command: Command['command'], label: string, isPrimary = false) {
    return this.#renderButton(label, () => sendCommand(this, { command }), isPrimary);
  }

  #renderButton(label: string, press: () => void, isPrimary = false) {
    return html`<vscode-button ?secondary=${!isPrimary} @click=${press}>${label}</vscode-button>`;
  }
}

/** Where the version stands now, as far as a registry knows it. */
function renderStatus({ status }: ScorecardView) {
  if (status === undefined || status === 'untracked') return nothing;
  const { icon: shape, text, tone } = statusWords({ status, state: 'LIVE' });
  return html`<span class="tag tone-${tone}">${icon(shape)} ${text}</span>`;
}

function renderSignature({ signature }: ScorecardView) {
  if (signature === undefined) return nothing;
  const { icon: shape, text, tone } = signatureWords(signature.state);
  return html`<span class="tone-${tone}" title=${clipLine(signature.sentence)}
    >${icon(shape)} ${text.toLowerCase()}</span
  >`;
}

/** The next step to production; none for what is there and approved, while the gate is closed or the record cannot be trusted. */
function nextStep({
  scorecard,
  verification,
  status,
}: ScorecardView): { command: Command['command']; label: string } | undefined {
  if (scorecard.record.gate.outcome !== 'passed' || verification.state !== 'verified') return undefined;
  switch (scorecard.approval.state) {
    case 'none':
    case 'void':
      return { command: 'requestApproval', label: 'Request Approval…' };
    case 'requested':
      return { command: 'approve', label: 'Approve…' };
    case 'approved':
      return status === 'production' ? undefined : { command: 'promote', label: 'Promote…' };
  }
}

defineElement('aiwb-scorecard-header', ScorecardHeader);
