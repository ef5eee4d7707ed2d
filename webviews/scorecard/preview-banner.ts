import '@vscode-elements/elements/dist/vscode-button/index.js';
import { css, html, LitElement, nothing } from 'lit';
import type { ScorecardView } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { countOf, formatDate, isoDate } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import './change-list.ts';
import { sendCommand } from './commands.ts';

/** What has arrived since the assessment, and what is on its way: what would come out differently, and the button that records it. */
export class PreviewBanner extends LitElement {
  static override properties = { preview: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .banner {
        display: flex;
        gap: 8px;
        padding: 8px 12px;
        border: 1px solid var(--aiwb-line-strong);
        border-inline-start: 3px solid var(--vscode-progressBar-background, var(--aiwb-line-strong));
        border-radius: 3px;
        overflow-wrap: anywhere;
      }
      .banner > .icon {
        margin-top: 2px;
      }
      .body {
        flex: 1;
        min-width: 0;
      }
      .head {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        justify-content: space-between;
        align-items: flex-start;
      }
      .text {
        font-weight: 600;
      }
      summary {
        cursor: pointer;
        color: var(--vscode-textLink-foreground);
      }
    `,
  ];
  declare preview: ScorecardView['preview'];

  override render() {
    const { preview } = this;
    if (preview === undefined || !tellsSomething(preview)) return nothing;
    const { changes, open, at } = preview;
    const isBusy = changes.length === 0;
    return html`<div class="banner tone-${isBusy ? 'busy' : 'neutral'}">
      ${icon(isBusy ? 'spinner' : 'info')}
      <div class="body">
        <div class="head">
          <div role="status">
            ${changes.length === 0 ? nothing : html`<p class="text">Evidence has arrived: ${countOf(changes.length, 'control')} would come out differently.</p>`}
            ${open === 0 ? nothing : html`<p class=${isBusy ? 'text' : ''}>Evidence for ${countOf(open, 'check')} is being made right now.</p>`}
            <p class="muted">
              Below stands what was recorded; nothing changes until it is assessed again. Looked at
              <time datetime=${isoDate(at)}>${formatDate(at)}</time>.
            </p>
          </div>
          ${changes.length === 0 ? nothing : html`<vscode-button class="no-print" @click=${() => sendCommand(this, { command: 'assessAgain' })}>Assess Again</vscode-button>`}
        </div>
        ${
          changes.length === 0
            ? nothing
            : html`<details ?open=${changes.length <= 5}>
                <summary>What would change</summary>
                <aiwb-changes .changes=${changes}></aiwb-changes>
              </details>`
        }
      </div>
    </div>`;
  }
}

/** Whether there is anything to tell of a preview. */
export function tellsSomething({ changes, open }: NonNullable<ScorecardView['preview']>): boolean {
  return changes.length > 0 || open > 0;
}

defineElement('aiwb-preview', PreviewBanner);
