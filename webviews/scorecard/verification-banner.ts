import { css, html, LitElement, nothing } from 'lit';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { signatureWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles } from '../shared/styles.ts';
import { clipLine, showUnseen } from '../shared/text.ts';

/** Whether the record still is what was recorded, in words, and what that does and does not mean. */
export class VerificationBanner extends LitElement {
  static override properties = { view: { attribute: false }, standalone: { type: Boolean } };
  static override styles = [
    baseStyles,
    css`
      .banner {
        display: flex;
        gap: 8px;
        padding: 8px 12px;
        border: 1px solid var(--aiwb-line-strong);
        border-inline-start-width: 3px;
        border-radius: 3px;
        overflow-wrap: anywhere;
      }
      .banner.tone-good {
        border-inline-start-color: var(--vscode-testing-iconPassed, var(--vscode-charts-green));
      }
      .banner.tone-bad {
        border-width: 2px;
        border-color: var(--vscode-testing-iconFailed, var(--vscode-errorForeground));
      }
      .banner > .icon {
        margin-top: 2px;
      }
      .state {
        font-weight: 600;
      }
      dl {
        display: grid;
        grid-template-columns: max-content minmax(0, 1fr);
        gap: 0 16px;
        margin-top: 4px;
      }
      dt {
        color: var(--vscode-descriptionForeground);
      }
      @media (max-width: 480px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
        }
      }
    `,
  ];
  declare view: ScorecardView | undefined;
  declare standalone: boolean;

  override render() {
    if (this.view === undefined) return nothing;
    const { verification } = this.view;
    if (verification.state === 'tampered') return this.#renderTampered(this.view);
    return html`<div class="banner tone-good" role="status">
      ${icon('pass')}
      <div>
        <p><span class="state">Verified.</span> ${clipLine(verification.sentence)}</p>
        ${renderSignature(this.view)}
        <p class="muted">${this.#meaning()}</p>
      </div>
    </div>`;
  }

  #meaning(): string {
    if (this.standalone)
      return 'That was so when this page was written; a page cannot prove itself. Open the scorecard file in AI Workbench to verify it again.';
    return 'What stands below is what was recorded. Identities are self-asserted unless they are signed.';
  }

  #renderTampered(view: ScorecardView) {
    const { verification, scorecard } = view;
    return html`<div class="banner tone-bad" role="alert">
      ${icon('error')}
      <div>
        <p><span class="state">TAMPERED.</span> ${clipLine(verification.sentence)}</p>
        <p>Do not rely on anything below: get the file from its author again, or assess the version anew.</p>
        ${verification.computedDigest === undefined || verification.computedDigest === scorecard.digest ? nothing : renderDigests(scorecard.digest, verification.computedDigest)}
        ${renderSignature(view)}
      </div>
    </div>`;
  }
}

/** Who signed the record, and whether that holds; nothing where nobody signed. */
function renderSignature({ signature }: ScorecardView) {
  if (signature === undefined) return nothing;
  const { icon: shape, text, tone } = signatureWords(signature.state);
  return html`<p class="tone-${tone}">
    ${icon(shape)} <span class="state">${text}.</span> ${clipLine(signature.sentence)}
  </p>`;
}

function renderDigests(written: string, computed: string) {
  return html`<dl>
    <dt>Digest as written</dt>
    <dd><code>${showUnseen(written)}</code></dd>
    <dt>Digest of what is here</dt>
    <dd><code>${showUnseen(computed)}</code></dd>
  </dl>`;
}

/** A file from elsewhere always says how it stands; what comes from the store, only when something is wrong. */
export function needsBanner({ verification, signature, source }: ScorecardView, isStandalone: boolean): boolean {
  const isSound = verification.state === 'verified' && signature?.state !== 'invalid';
  return !isSound || source === 'file' || isStandalone;
}

defineElement('aiwb-verification', VerificationBanner);
