import { css, html, LitElement, nothing } from 'lit';
import type { Failure } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipText } from '../shared/text.ts';

/** Says why there is nothing else to see, or what went wrong and what to do: `failure`, or `text` with an optional `hint`. */
export class MessagePanel extends LitElement {
  static override properties = {
    failure: { attribute: false },
    text: {},
    hint: {},
    kind: {},
  };
  static override styles = [
    baseStyles,
    css`
      .panel {
        display: flex;
        gap: 8px;
        padding: 8px 12px;
        border: 1px solid var(--aiwb-line, rgb(128 128 128 / 25%));
        border-inline-start-width: 3px;
        border-radius: 3px;
        overflow-wrap: anywhere;
      }
      .panel.tone-bad {
        border-inline-start-color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
      }
      .panel.tone-warn {
        border-inline-start-color: var(--vscode-list-warningForeground, var(--vscode-charts-yellow));
      }
      .panel > .icon {
        margin-top: 2px;
      }
      .text {
        font-weight: 600;
        white-space: pre-wrap;
      }
    `,
  ];
  declare failure: Failure | undefined;
  declare text: string | undefined;
  declare hint: string | undefined;
  declare kind: 'error' | 'warning' | 'info' | 'busy' | undefined;

  override render() {
    const kind = this.failure === undefined ? (this.kind ?? 'info') : 'error';
    const looks: Record<typeof kind, { name: IconName; tone: string }> = {
      error: { name: 'error', tone: 'bad' },
      warning: { name: 'warning', tone: 'warn' },
      info: { name: 'info', tone: 'neutral' },
      busy: { name: 'spinner', tone: 'busy' },
    };
    const { name, tone } = looks[kind];
    const text = this.failure?.message ?? this.text ?? '';
    const hint = this.failure?.remedy ?? this.hint;
    return html`<div class="panel tone-${tone}" role=${kind === 'error' ? 'alert' : 'status'}>
      ${icon(name)}
      <div>
        <p class="text" dir="auto">${clipText(text)}</p>
        ${hint === undefined || hint === '' ? nothing : html`<p dir="auto">${clipText(hint)}</p>`}
        ${this.#renderPlace()}
      </div>
    </div>`;
  }

  #renderPlace() {
    const place = this.failure?.place;
    if (place === undefined) return nothing;
    const { path, line, column } = place;
    const position = line === undefined ? '' : `:${String(line)}${column === undefined ? '' : `:${String(column)}`}`;
    return html`<p class="muted">In <code>${clipText(path)}${position}</code></p>`;
  }
}

defineElement('aiwb-message', MessagePanel);
