import { html, LitElement, nothing } from 'lit';
import type { AssessmentRecord, ControlResult, FrameworkMapping } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatDay, formatFixed, formatRelative } from '../shared/format.ts';
import { controlWords, levelName, severityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import './check-list.ts';
import { controlResultStyles } from './control-result-styles.ts';
import './long-text.ts';

/** Of a longer reason, the rest stands inside. */
const shownReason = 400;

/**
 * One control: outcome, reason and severity in a line that opens to its checks, what to do, where it comes from and what it
 * maps to. Fires `fold` with whether it is open, and `attest` with its id.
 */
export class ControlResultView extends LitElement {
  static override properties = {
    control: { attribute: false },
    record: { attribute: false },
    now: { attribute: false },
    open: { type: Boolean },
    linked: { type: Boolean },
    acts: { type: Boolean },
  };
  static override styles = [baseStyles, buttonStyles, controlResultStyles];
  declare control: ControlResult | undefined;
  /** The assessment it is of. */
  declare record: AssessmentRecord | undefined;
  declare now: number | undefined;
  declare open: boolean;
  /** Whether somebody can show evidence. */
  declare linked: boolean;
  /** Whether something can be done about it here. */
  declare acts: boolean;

  /** Brings the control into view, its summary focused. */
  reveal(): void {
    const summary = this.renderRoot.querySelector('summary');
    summary?.scrollIntoView({ block: 'center' });
    summary?.focus({ preventScroll: true });
  }

  override render() {
    const { control } = this;
    if (control === undefined) return nothing;
    const look = controlWords(control);
    return html`<details ?open=${this.open} @toggle=${this.#onToggle}>
      <summary class="tone-${look.tone}">
        <span class="chevron">${icon('chevronRight')}</span>
        ${icon(look.icon)}
        <span class="words">${this.#renderSummary(control, look.text)}</span>
      </summary>
      ${this.open ? html`<div class="body">${this.#renderBody(control)}</div>` : nothing}
    </details>`;
  }

  #renderSummary({ id, title, severity, reason, waiver }: ControlResult, outcome: string) {
    return html`<span class="head">
        <span class="title" dir="auto"><code>${clipLine(id, 80)}</code> ${clipLine(title)}</span>
        <span class="tags">
          ${waiver === undefined ? nothing : html`<span class="tag strong">Waived</span>`}
          <span class="tag ${severity === 'critical' ? 'strong' : ''}">${severityName(severity)}</span>
          <span class="outcome">${outcome}</span>
        </span>
      </span>
      <span class="reason muted" dir="auto">${clipLine(reason, shownReason)}</span>`;
  }

  #renderBody(control: ControlResult) {
    const { description, remediation, reason, checks, outcome } = control;
    const hasWork = outcome !== 'compliant' && outcome !== 'not-applicable';
    return html`
      ${reason.length > shownReason ? html`<aiwb-long-text prose .text=${reason}></aiwb-long-text>` : nothing}
      ${description === undefined ? nothing : html`<aiwb-long-text class="muted" prose .text=${description}></aiwb-long-text>`}
      ${this.#renderWork(control, hasWork ? remediation : undefined)} ${hasWork ? this.#renderAttest(control) : nothing}
      <aiwb-checks .checks=${checks} .said=${reason} .now=${this.now} ?linked=${this.linked}></aiwb-checks>
      <dl class="facts">
        ${fact('Asked for by', this.#renderSource(control))} ${fact('Weight', weightWords(control))}
        ${control.mappings.length === 0 ? nothing : fact('Mapped to', this.#renderMappings(control.mappings))}
      </dl>
    `;
  }

  #renderWork({ waiver }: ControlResult, remediation: string | undefined) {
    if (waiver === undefined && remediation === undefined) return nothing;
    return html`<dl class="facts">
      ${remediation === undefined ? nothing : fact('What to do', html`<aiwb-long-text prose .text=${remediation}></aiwb-long-text>`)}
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

  #renderAttest({ id, checks }: ControlResult) {
    const isOpen = checks.some(
      ({ kind, state }) => kind === 'attestation' && state !== 'pass' && state !== 'not-applicable',
    );
    if (!this.acts || !isOpen) return nothing;
    const attest = (): void => {
      this.dispatchEvent(new CustomEvent<string>('attest', { detail: id, bubbles: true, composed: true }));
    };
    return html`<p class="no-print"><button type="button" class="button" @click=${attest}>Attest…</button></p>`;
  }

  #renderSource({ policy, tightenedBy = [] }: ControlResult) {
    return html`${this.#policyName(policy)}${tightenedBy.length === 0 ? nothing : html`; made stricter by ${tightenedBy.map((id, index) => html`${index === 0 ? nothing : ', '}${this.#policyName(id)}`)}`}`;
  }

  #policyName(id: string) {
    const policy = this.record?.policies.find(candidate => candidate.id === id);
    if (policy === undefined) return html`<code>${clipLine(id, 120)}</code>`;
    return html`<span dir="auto">${clipLine(policy.title, 120)}</span>
      <span class="muted">(${levelName(policy.level).toLowerCase()})</span>`;
  }

  #renderMappings(mappings: readonly FrameworkMapping[]) {
    return html`<ul>
      ${mappings.map(({ framework, version, id, name, relation }) => {
        const title = this.record?.frameworks.find(known => known.framework === framework)?.title ?? framework;
        return html`<li>
          ${relation}
          <code>${clipLine(id, 80)}</code>
          ${name === undefined ? nothing : html`<span dir="auto">${clipLine(name, 160)}</span>`}
          <span class="muted">${showUnseen(clipLine(title, 80))} ${clipLine(version, 20)}</span>
        </li>`;
      })}
    </ul>`;
  }

  #onToggle(event: Event): void {
    const { open } = event.currentTarget as HTMLDetailsElement;
    if (open === this.open) return;
    this.open = open;
    this.dispatchEvent(new CustomEvent<boolean>('fold', { detail: open }));
  }
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

defineElement('aiwb-control', ControlResultView);
