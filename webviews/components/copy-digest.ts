import { css, html, LitElement, nothing } from 'lit';
import { copyText } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { shortDigest, showUnseen } from '../shared/text.ts';

const copiedMs = 2000;

/** A digest's first digits, the whole of it at hand: as a title, and to copy. `name` says what it is the digest of. */
export class CopyDigest extends LitElement {
  static override properties = { digest: {}, name: {}, outcome: { state: true } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        display: inline;
        white-space: nowrap;
      }
      button {
        color: var(--vscode-descriptionForeground);
        border-radius: 3px;
        padding: 0 2px;
      }
      button:hover {
        color: var(--vscode-foreground);
      }
    `,
  ];
  declare digest: string | undefined;
  declare name: string | undefined;
  declare outcome: 'copied' | 'refused' | undefined;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#forgetting);
  }

  override render() {
    const { digest, name = 'digest' } = this;
    if (digest === undefined) return nothing;
    const words = { copied: 'copied', refused: 'copying is not allowed here' };
    return html`<code title=${showUnseen(digest)}>${showUnseen(shortDigest(digest))}</code
      ><button
        type="button"
        class="no-print"
        title="Copy the ${name}"
        aria-label="Copy the ${name}"
        @click=${this.#copy}
      >
        ${icon(this.outcome === 'copied' ? 'check' : 'copy')}</button
      ><span role="status" class=${this.outcome === 'refused' ? 'muted' : 'unseen'}
        >${this.outcome === undefined ? nothing : words[this.outcome]}</span
      >`;
  }

  async #copy(): Promise<void> {
    this.outcome = (await copyText(this.digest ?? '')) ? 'copied' : 'refused';
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => (this.outcome = undefined), copiedMs);
  }
}

defineElement('aiwb-copy-digest', CopyDigest);
