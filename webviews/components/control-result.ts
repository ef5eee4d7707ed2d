import { html, LitElement, nothing } from 'lit';
import type { AssessmentRecord, ControlResult, FrameworkMapping } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatDay, formatFixed, formatRelative } from '../shared/format.ts';
import { levelName, outcomeWords, severityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';
import './check-list.ts';
import { controlResultStyles } from './control-result-styles.ts';
import './long-text.ts';

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
    const { icon: name, tone } = outcomeWords(control.outcome);
    return html`<details ?open=${this.open} @toggle=${this.#onToggle}>
      <summary class="tone-${tone}">
        <span class="chevron">${icon('chevronRight')}</span>
        ${icon(name)}
        <span class="words">${this.#renderSummary(control)}</span>
      </summary>
      ${this.open ? html`<div class="body">${this.#renderBody(control)}</div>` : nothing}
    </details>`;
  }

  #renderSummary({ id, title, severity, outcome, reason, waiver }: ControlResult) {
    return html`<span class="head">
        <span class="title" dir="auto"><code>${clipLine(id, 80)}</code> ${clipLine(title)}</span>
        <span class="tags">
          ${waiver === undefined ? nothing : html`<span class="tag strong">Waived</span>`}
          <span class="tag ${severity === 'critical' ? 'strong' : ''}">${severityName(severity)}</span>
          <span class="outcome">${outcomeWords(outcome).text}</span>
        </span>
      </span>
      <span class="reason muted" dir="auto">${clipLine(reason, 400)}</span>`;
  }

  #renderBody(control: ControlResult) {
    const { description, remediation, reason, checks, outcome } = control;
    const hasWork = outcome !== 'compliant' && outcome !== 'not-applicable';
    return html`
      ${reason.length > 400 ? html`<aiwb-long-text prose .text=${reason}></aiwb-long-text>` : nothing}
      ${description === undefined ? nothing : html`<aiwb-long-text class="muted" prose .text=${description}></aiwb-long-text>`}
      ${this.#renderWaiver(control)}
      ${
        hasWork && remediation !== undefined
          ? html`<div class="todo">
              <span class="label">What to do</span> <aiwb-long-text prose .text=${remediation}></aiwb-long-text>
            </div>`
          : nothing
      }
      ${hasWork ? this.#renderAttest(control) : nothing}
      <aiwb-checks .checks=${checks} .now=${this.now} ?linked=${this.linked}></aiwb-checks>
      <dl class="facts">
        <dt>Asked for by</dt>
        <dd>${this.#renderSource(control)}</dd>
        <dt>Weight</dt>
        <dd>
          ${formatFixed(control.weight, Number.isInteger(control.weight) ? 0 : 2)}${control.value === null ? ', not counted' : `, counts ${formatFixed(control.value, control.value === 0.5 ? 1 : 0)} of 1`}
        </dd>
        ${
          control.mappings.length === 0
            ? nothing
            : html`<dt>Mapped to</dt>
                <dd>${this.#renderMappings(control.mappings)}</dd>`
        }
      </dl>
    `;
  }

  #renderWaiver({ waiver: id }: ControlResult) {
    if (id === undefined) return nothing;
    const waiver = this.record?.waivers.find(candidate => candidate.id === id);
    if (waiver === undefined || this.now === undefined)
      return html`<p>Waived under <code>${clipLine(id, 80)}</code>.</p>`;
    return html`<p>
      Waived under <code>${clipLine(id, 80)}</code>, which ${waiver.expiresAt < this.now ? 'expired' : 'expires'}
      ${formatRelative(waiver.expiresAt, this.now)} (${formatDay(waiver.expiresAt)}): ${clipLine(waiver.reason)}
    </p>`;
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

defineElement('aiwb-control', ControlResultView);
