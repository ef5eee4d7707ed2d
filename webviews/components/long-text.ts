import { css, html, LitElement, nothing } from 'lit';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';

const shownAtFirst = 2000;

/** Text from a dataset or a model, as it is: wrapped, its unseen characters spelled out, very long ones cut until asked for. */
export class LongText extends LitElement {
  static override properties = { text: { attribute: false }, isWhole: { state: true } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      pre {
        margin: 0;
        padding: 6px 8px;
        max-height: 240px;
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        background: var(--vscode-textCodeBlock-background);
        border-radius: 3px;
      }
    `,
  ];
  declare text: string | undefined;
  declare isWhole: boolean;

  constructor() {
    super();
    this.isWhole = false;
  }

  override render() {
    const text = this.text ?? '';
    const isCut = !this.isWhole && text.length > shownAtFirst;
    const shown = isCut ? `${text.slice(0, shownAtFirst).replace(/[\ud800-\udbff]$/, '')}…` : text;
    return html`<pre dir="auto" tabindex="0">
${text === '' ? html`<span class="muted">(empty)</span>` : showUnseen(shown)}</pre>
      ${isCut ? html`<button type="button" class="link" @click=${() => (this.isWhole = true)}>Show all ${formatCount(text.length)} characters</button>` : nothing}`;
  }
}

defineElement('aiwb-long-text', LongText);
