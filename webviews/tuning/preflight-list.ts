import { css, html, LitElement, nothing } from 'lit';
import type { PreflightFinding } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import type { Tone } from '../shared/words.ts';

const looks: Readonly<Record<PreflightFinding['level'], { icon: IconName; tone: Tone; word: string }>> = {
  error: { icon: 'error', tone: 'bad', word: 'Stands in the way' },
  warning: { icon: 'warning', tone: 'warn', word: 'Worth a look' },
  ok: { icon: 'pass', tone: 'good', word: 'In order' },
};

const order: readonly PreflightFinding['level'][] = ['error', 'warning', 'ok'];

/** What was found out before the job was started: what stood in its way first. */
export class PreflightList extends LitElement {
  static override properties = { findings: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      li {
        display: flex;
        gap: 8px;
        padding: 2px 0;
        overflow-wrap: anywhere;
      }
      li > .icon {
        flex: none;
        margin-top: 2px;
      }
    `,
  ];
  declare findings: readonly PreflightFinding[] | undefined;

  override render() {
    const findings = [...(this.findings ?? [])].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level));
    return html`<ul>
      ${findings.map(({ level, check, message, remedy }) => {
        const { icon: name, tone, word } = looks[level];
        return html`<li>
          <span class="icon tone-${tone}">${icon(name)}</span>
          <span dir="auto"
            ><span class="unseen">${word}: </span><strong>${clipLine(check, 40)}</strong> ${clipLine(message, 600)}
            ${remedy === undefined ? nothing : html`<span class="muted">${clipLine(remedy, 600)}</span>`}</span
          >
        </li>`;
      })}
    </ul>`;
  }
}

defineElement('aiwb-preflight-list', PreflightList);
