import { css, html, LitElement, nothing } from 'lit';
import { defineElement } from '../shared/define.ts';
import { countOf } from '../shared/format.ts';
import { baseStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { diffWords, type DiffPart } from '../shared/word-diff.ts';

/** So many differences are marked; the rest of a very different text is told as a count. */
const shownParts = 400;

/** What an answer has in place of the right one's words: missing ones struck out, added ones underlined, both said aloud. */
export class TextAlignment extends LitElement {
  static override properties = { target: { attribute: false }, output: { attribute: false } };
  static override styles = [
    baseStyles,
    css`
      p {
        max-height: 240px;
        overflow: auto;
        overflow-wrap: anywhere;
      }
      del,
      ins {
        padding: 0 2px;
        border-radius: 2px;
      }
      del {
        text-decoration: line-through;
        background: var(--vscode-diffEditor-removedTextBackground, rgb(255 0 0 / 20%));
      }
      ins {
        text-decoration: underline;
        background: var(--vscode-diffEditor-insertedTextBackground, rgb(0 160 0 / 20%));
      }
      @media (forced-colors: active) {
        del,
        ins {
          outline: 1px solid CanvasText;
        }
      }
    `,
  ];
  declare target: string | undefined;
  declare output: string | undefined;

  override render() {
    const parts = diffWords(this.target ?? '', this.output ?? '');
    if (parts === undefined) return html`<p class="muted">The texts are too long to be aligned here.</p>`;
    if (parts.every(({ kind }) => kind === 'same')) return html`<p class="muted">None, word by word.</p>`;
    const rest = parts.slice(shownParts).filter(({ kind }) => kind === 'changed').length;
    return html`<p dir="auto" tabindex="0">
        ${parts.slice(0, shownParts).map(part => html`${renderPart(part)} `)}${rest === 0 ? nothing : html`<span class="muted">… ${countOf(rest, 'more difference')}</span>`}
      </p>
      <span class="muted">Struck out: missing. Underlined: in its place, or added.</span>`;
  }
}

function renderPart(part: DiffPart) {
  if (part.kind === 'same') return showUnseen(part.words);
  const { wanted, got } = part;
  return html`${wanted === '' ? nothing : html`<span class="unseen">missing: </span><del>${showUnseen(wanted)}</del> `}${
    got === ''
      ? nothing
      : html`<span class="unseen">${wanted === '' ? 'added' : 'instead'}: </span><ins>${showUnseen(got)}</ins>`
  }`;
}

defineElement('aiwb-text-alignment', TextAlignment);
