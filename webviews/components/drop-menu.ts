import { css, html, LitElement, type TemplateResult } from 'lit';
import { defineElement } from '../shared/define.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';

/** A button that unfolds a panel below it; Escape, or leaving it, folds it again. The panel is the element's slot. */
export class DropMenu extends LitElement {
  static override properties = { label: {}, value: {} };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      :host {
        position: relative;
        max-width: 100%;
      }
      summary {
        display: flex;
        align-items: center;
        gap: 4px;
        height: 26px;
        padding: 0 4px 0 8px;
        max-width: 260px;
        cursor: pointer;
        list-style: none;
        border: 1px solid var(--vscode-settings-dropdownBorder, var(--vscode-dropdown-border, var(--aiwb-line-strong)));
        border-radius: 4px;
        color: var(--vscode-settings-dropdownForeground, var(--vscode-dropdown-foreground));
        background: var(--vscode-settings-dropdownBackground, var(--vscode-dropdown-background));
      }
      summary::-webkit-details-marker {
        display: none;
      }
      summary > .value {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      summary > .icon {
        width: 12px;
        height: 12px;
      }
      .panel {
        position: absolute;
        z-index: 10;
        inset-inline-start: 0;
        margin-top: 2px;
        min-width: 100%;
        width: max-content;
        max-width: min(360px, calc(100vw - 32px));
        max-height: 320px;
        overflow: auto;
        padding: 8px;
        border: 1px solid var(--vscode-menu-border, var(--vscode-widget-border, var(--aiwb-line-strong)));
        border-radius: 4px;
        color: var(--vscode-menu-foreground, var(--vscode-foreground));
        background: var(--vscode-menu-background, var(--vscode-editorWidget-background, var(--aiwb-surface)));
      }
      @media (max-width: 480px) {
        :host {
          position: static;
        }
        .panel {
          inset-inline: 0;
          width: auto;
        }
      }
    `,
  ];
  declare label: string;
  declare value: string;

  override render(): TemplateResult {
    return html`<details @keydown=${this.#onKey} @focusout=${this.#onLeave}>
      <summary>
        <span class="value">${this.label}: ${showUnseen(this.value)}</span>
        ${icon('chevronDown')}
      </summary>
      <div class="panel"><slot></slot></div>
    </details>`;
  }

  #onKey(event: KeyboardEvent): void {
    const details = this.renderRoot.querySelector('details');
    if (event.key !== 'Escape' || details?.open !== true) return;
    event.stopPropagation();
    details.open = false;
    details.querySelector('summary')?.focus();
  }

  /** The panel's own controls lie outside this element's root: those are no leaving. */
  #onLeave({ relatedTarget }: FocusEvent): void {
    const details = this.renderRoot.querySelector('details');
    const isInside =
      relatedTarget instanceof Node && (this.contains(relatedTarget) || details?.contains(relatedTarget) === true);
    if (details !== null && !isInside && relatedTarget !== null) details.open = false;
  }
}

defineElement('aiwb-drop-menu', DropMenu);
