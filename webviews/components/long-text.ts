import { css, html, LitElement, nothing } from 'lit';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';

const shownAtFirst = 2000;
const proseAtFirst = 600;

/**
 * Text from elsewhere, as it is: wrapped, its unseen characters spelled out, very long ones cut until asked for. In a box, as
 * data; with `prose`, as a paragraph.
 */
export class LongText extends LitElement {
  static override properties = { text: { attribute: false }, prose: { type: Boolean }, isWhole: { state: true } };
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
      .rest {
        display: none;
      }
      @media print {
        .rest {
          display: inline;
        }
      }
      p {
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare text: string | undefined;
  declare prose: boolean;
  declare isWhole: boolean;

  constructor() {
    super();
    this.prose = false;
    this.isWhole = false;
  }

  override render() {
    const text = this.text ?? '';
    const limit = this.prose ? proseAtFirst : shownAtFirst;
    const isCut = !this.isWhole && text.length > limit;
    const head = isCut ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, '') : text;
    const content = text === '' ? html`<span class="muted">(empty)</span>` : showUnseen(head);
    return html`${this.prose ? html`<p dir="auto">${content}${isCut ? renderRest(text.slice(head.length)) : nothing}</p>` : html`<pre dir="auto" tabindex="0">${content}${isCut ? '…' : ''}</pre>`}
    ${isCut ? html`<button type="button" class="link no-print" @click=${() => (this.isWhole = true)}>Show all ${formatCount(text.length)} characters</button>` : nothing}`;
  }
}

/** Paper has no button to ask for more: there, prose is whole. */
function renderRest(rest: string) {
  return html`<span class="no-print">…</span><span class="rest">${showUnseen(rest)}</span>`;
}

defineElement('aiwb-long-text', LongText);
