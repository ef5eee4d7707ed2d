import { css, html, LitElement, nothing } from 'lit';
import type {
  AssessmentRecord,
  ControlResult,
  ControlSource,
  FrameworkMapping,
} from '../../schemas/generated/messages.ts';
import '../components/check-list.ts';
import type { CheckCommand } from '../components/check-list.ts';
import '../components/long-text.ts';
import '../components/quote-viewer.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatDay, formatFixed, formatRelative } from '../shared/format.ts';
import { levelName } from '../shared/governance-words.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import type { ScorecardAsks } from './asks.ts';
import { sendCommand } from './commands.ts';
import './control-history.ts';

/** Everything about one control: what to do, its checks with evidence, where it comes from, what it maps to and how it came out before. */
export class ControlDetail extends LitElement {
  static override properties = {
    control: { attribute: false },
    record: { attribute: false },
    now: { attribute: false },
    asks: { attribute: false },
    withReason: { type: Boolean },
    linked: { type: Boolean },
    acts: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: 12px;
        overflow-wrap: anywhere;
      }
      h3 {
        margin-bottom: 2px;
      }
      .facts {
        display: grid;
        grid-template-columns: 12ch minmax(0, 1fr);
        gap: 2px 12px;
      }
      .facts dt {
        color: var(--vscode-descriptionForeground);
      }
      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: 6px;
      }
      .mappings li + li {
        margin-top: 2px;
      }
      .relation {
        color: var(--vscode-descriptionForeground);
      }
      @media print {
        h3 {
          break-after: avoid;
        }
        .facts,
        li {
          break-inside: avoid;
        }
      }
      @media (max-width: 480px) {
        .facts {
          grid-template-columns: minmax(0, 1fr);
        }
        .facts dd + dt {
          margin-top: 4px;
        }
      }
    `,
  ];
  declare control: ControlResult | undefined;
  /** The assessment it is of. */
  declare record: AssessmentRecord | undefined;
  declare now: number | undefined;
  /** Absent where nobody answers. */
  declare asks: ScorecardAsks | undefined;
  /** Whether the reason stands nowhere else. */
  declare withReason: boolean;
  /** Whether somebody can show evidence. */
  declare linked: boolean;
  /** Whether something can be done about it here. */
  declare acts: boolean;

  override render() {
    const { control } = this;
    if (control === undefined) return nothing;
    const { description, reason, checks, source, mappings } = control;
    return html`
      ${this.withReason ? html`<aiwb-long-text prose .text=${reason}></aiwb-long-text>` : nothing}
      ${description === undefined ? nothing : html`<aiwb-long-text class="muted" prose .text=${description}></aiwb-long-text>`}
      ${this.#renderWork(control)} ${this.#renderButtons(control)}
      <div>
        <h3>${checks.length === 1 ? 'Check' : `Checks (${formatCount(checks.length)})`}</h3>
        <aiwb-checks
          .checks=${checks}
          .said=${reason}
          .now=${this.now}
          .fetchExcerpt=${this.asks?.excerpt}
          ?linked=${this.linked}
          ?acts=${this.acts}
          @check-command=${({ detail }: CustomEvent<CheckCommand>) => sendCommand(this, detail)}
        ></aiwb-checks>
      </div>
      <div>
        <h3>Source</h3>
        <dl class="facts">
          ${fact('Asked for by', this.#renderPolicies(control))} ${fact('Weight', weightWords(control))}
        </dl>
        ${source === undefined ? nothing : this.#renderSource(source)}
      </div>
      ${
        mappings.length === 0
          ? nothing
          : html`<div>
              <h3>Mapped to</h3>
              ${this.#renderMappings(mappings)}
            </div>`
      }
      ${this.asks === undefined ? nothing : html`<aiwb-control-history .control=${control.id} .record=${this.record} .asks=${this.asks} ?acts=${this.acts}></aiwb-control-history>`}
    `;
  }

  #renderWork({ waiver, remediation, outcome }: ControlResult) {
    const advice = hasWork(outcome) ? remediation : undefined;
    if (waiver === undefined && advice === undefined) return nothing;
    return html`<dl class="facts">
      ${advice === undefined ? nothing : fact('What to do', html`<aiwb-long-text prose .text=${advice}></aiwb-long-text>`)}
      ${waiver === undefined ? nothing : fact('Waived', this.#renderWaiver(waiver))}
    </dl>`;
  }

  #renderWaiver(id: string) {
    const waiver = this.record?.waivers.find(candidate => candidate.id === id);
    if (waiver === undefined || this.now === undefined) return html`under <code>${clipLine(id, 80)}</code>`;
    const { expiresAt, reason } = waiver;
    return html`under <code>${clipLine(id, 80)}</code>, ${expiresAt < this.now ? 'expired' : 'expires'}
      ${formatRelative(expiresAt, this.now)} (${formatDay(expiresAt)}): ${clipLine(reason)}`;
  }

  #renderButtons({ id, checks, outcome, waiver }: ControlResult) {
    if (!this.acts || !hasWork(outcome)) return nothing;
    const attests = checks.some(
      ({ kind, state }) => kind === 'attestation' && state !== 'pass' && state !== 'not-applicable',
    );
    const button = (command: 'attest' | 'requestWaiver', label: string) =>
      html`<button type="button" class="button" @click=${() => sendCommand(this, { command, control: id })}>
        ${label}
      </button>`;
    return html`<p class="buttons no-print">
      ${attests ? button('attest', 'Attest…') : nothing}
      ${waiver === undefined ? button('requestWaiver', 'Request Waiver…') : nothing}
    </p>`;
  }

  #renderPolicies({ policy, tightenedBy = [] }: ControlResult) {
    return html`${this.#policyName(policy)}${tightenedBy.length === 0 ? nothing : html`; made stricter by ${tightenedBy.map((id, index) => html`${index === 0 ? nothing : ', '}${this.#policyName(id)}`)}`}`;
  }

  #policyName(id: string) {
    const policy = this.record?.policies.find(candidate => candidate.id === id);
    if (policy === undefined) return html`<code>${clipLine(id, 120)}</code>`;
    return html`<span dir="auto">${clipLine(policy.title, 120)}</span>
      <span class="muted">(${levelName(policy.level).toLowerCase()})</span>`;
  }

  #renderSource({ document, sha256, page, quote, start, end }: ControlSource) {
    const place =
      sha256 === undefined || start === undefined || end === undefined ? undefined : { document: sha256, start, end };
    return html`<aiwb-quote
      .quote=${quote}
      .caption=${page === undefined ? document : `${document}, page ${formatCount(page)}`}
      .place=${place}
      .fetchExcerpt=${this.asks?.excerpt}
    ></aiwb-quote>`;
  }

  #renderMappings(mappings: readonly FrameworkMapping[]) {
    return html`<ul class="mappings">
      ${mappings.map(({ framework, version, id, name, relation }) => {
        const title = this.record?.frameworks.find(known => known.framework === framework)?.title ?? framework;
        return html`<li>
          <span class="relation">${relation}</span>
          <code>${clipLine(id, 80)}</code>
          ${name === undefined ? nothing : html`<span dir="auto">${clipLine(name, 160)}</span>`}
          <span class="muted">${showUnseen(clipLine(title, 80))} ${clipLine(version, 20)}</span>
        </li>`;
      })}
    </ul>`;
  }
}

function hasWork(outcome: ControlResult['outcome']): boolean {
  return outcome !== 'compliant' && outcome !== 'not-applicable';
}

function fact(name: string, value: unknown) {
  return html`<dt>${name}</dt>
    <dd>${value}</dd>`;
}

/** `5, counted as 2.5`: what it puts on the scales of the score. */
function weightWords({ weight, value }: ControlResult): string {
  const size = formatAmount(weight);
  if (value === null) return `${size}, not counted`;
  return value === 1 ? `${size}, counted in full` : `${size}, counted as ${formatAmount(weight * value)}`;
}

/** With at most two decimals, and only those it needs. */
function formatAmount(value: number): string {
  const decimals = [0, 1].find(digits => Number(value.toFixed(digits)) === value);
  return formatFixed(value, decimals ?? 2);
}

defineElement('aiwb-control-detail', ControlDetail);
