import { css, html, LitElement, nothing } from 'lit';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';

const shownAtFirst = 2000;
const proseAtFirst = 600;
/** Laying out a million characters on one line keeps a page busy for seconds: so many come with each press. */
const shownAtOnce = 100_000;

/**
 * Text from elsewhere, as it is: wrapped, its unseen characters spelled out, very long ones cut until asked for. In a box, as
 * data; with `prose`, as a paragraph.
 */
export class LongText extends LitElement {
  static override properties = { text: { attribute: false }, prose: { type: Boolean }, shown: { state: true } };
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
  /** Characters asked for beyond what is shown at first. */
  declare shown: number;

  constructor() {
    super();
    this.prose = false;
    this.shown = 0;
  }

  override render() {
    const text = this.text ?? '';
    const limit = Math.max(this.shown, this.prose ? proseAtFirst : shownAtFirst);
    const isCut = text.length > limit;
    const head = isCut ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, '') : text;
    const content = text === '' ? html`<span class="muted">(empty)</span>` : showUnseen(head);
    return html`${this.prose ? html`<p dir="auto">${content}${isCut ? renderRest(text.slice(head.length)) : nothing}</p>` : html`<pre dir="auto" tabindex="0">${content}${isCut ? '…' : ''}</pre>`}
    ${isCut ? html`<button type="button" class="link no-print" @click=${() => (this.shown += shownAtOnce)}>${moreWords(text.length, this.shown)}</button>` : nothing}`;
  }
}

function moreWords(length: number, shown: number): string {
  if (length <= shown + shownAtOnce) return `Show all ${formatCount(length)} characters`;
  return `Show ${formatCount(shownAtOnce)} more of ${formatCount(length)} characters`;
}

/** Paper has no button to ask for more: there, prose is whole. */
function renderRest(rest: string) {
  return html`<span class="no-print">…</span><span class="rest">${showUnseen(rest)}</span>`;
}

defineElement('aiwb-long-text', LongText);
