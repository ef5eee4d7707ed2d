import { css, html, LitElement, nothing } from 'lit';
import type { DueItem } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, formatDay, formatRelative, isoDate } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import { jumpTo, sendCommand, type Command } from './commands.ts';

const states: Readonly<Record<DueItem['state'], { text: string; icon: IconName; tone: string }>> = {
  overdue: { text: 'Overdue', icon: 'error', tone: 'bad' },
  due: { text: 'Due', icon: 'clock', tone: 'warn' },
  open: { text: 'Open', icon: 'absent', tone: 'neutral' },
};

/** What waits for somebody at this version: until when, who is asked, and the way to do it. */
export class DueItems extends LitElement {
  static override properties = { items: { attribute: false }, now: { attribute: false }, acts: { type: Boolean } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      li {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 0 8px;
        padding: 6px 0;
        overflow-wrap: anywhere;
      }
      li + li {
        border-top: 1px solid var(--aiwb-line);
      }
      li > .icon {
        margin-top: 2px;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        justify-content: space-between;
        align-items: baseline;
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 0 16px;
      }
    `,
  ];
  declare items: readonly DueItem[] | undefined;
  declare now: number;
  /** Whether something can be done here. */
  declare acts: boolean;

  override render() {
    return html`<ul>
      ${(this.items ?? []).map(item => this.#renderItem(item))}
    </ul>`;
  }

  #renderItem(item: DueItem) {
    const { title, detail, state, dueAt, role, control } = item;
    const { text, icon: shape, tone } = states[state];
    const action = this.acts ? actionOf(item) : undefined;
    return html`<li class="tone-${tone}">
      ${icon(shape)}
      <div>
        <div class="head">
          <span dir="auto">${clipLine(title)}</span>
          ${action === undefined ? nothing : html`<button type="button" class="button no-print" @click=${() => sendCommand(this, action.command)}>${action.label}</button>`}
        </div>
        <p class="facts muted">
          <span>${text}${dueAt === undefined ? nothing : this.#renderDay(dueAt)}</span>
          ${role === undefined ? nothing : html`<span>asked of ${clipLine(role, 120)}</span>`}
          ${control === undefined ? nothing : html`<button type="button" class="link" @click=${() => jumpTo(this, control)}>${clipLine(control, 80)}</button>`}
        </p>
        ${detail === undefined ? nothing : html`<p class="muted" dir="auto">${clipLine(detail)}</p>`}
      </div>
    </li>`;
  }

  #renderDay(dueAt: number) {
    return html`, <time datetime=${isoDate(dueAt)} title=${formatDate(dueAt)}>${formatDay(dueAt)}</time>,
      ${formatRelative(dueAt, this.now)}`;
  }
}

/** What its button does; none where the way leads through the control, or elsewhere. */
function actionOf({
  kind,
  control,
  waiverId,
  answerId,
  policy,
}: DueItem): { command: Command; label: string } | undefined {
  if (kind === 'attestation' && control !== undefined)
    return { label: 'Attest…', command: { command: 'attest', control } };
  if (kind === 'waiver-approval' && waiverId !== undefined)
    return { label: 'Approve Waiver…', command: { command: 'approveWaiver', waiverId } };
  if (kind === 'document-review' && answerId !== undefined)
    return { label: 'Review Answer…', command: { command: 'reviewAnswer', answerId } };
  if (kind === 'approval') return { label: 'Approve…', command: { command: 'approve' } };
  if (kind === 'assessment' || kind === 'evidence-expiry')
    return { label: 'Assess Again', command: { command: 'assessAgain' } };
  if (kind === 'policy-review' && policy !== undefined)
    return { label: 'Open Policy', command: { command: 'openPolicy', policy } };
  return undefined;
}

defineElement('aiwb-due', DueItems);
