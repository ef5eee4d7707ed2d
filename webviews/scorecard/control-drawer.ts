import { css, html, LitElement, nothing } from 'lit';
import { copyText } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';

import { controlWords, severityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine } from '../shared/text.ts';
import './control-detail.ts';
import type { RowContext } from './control-row.ts';
import type { PlacedControl } from './page-model.ts';

const copiedMs = 2000;

/**
 * One control beside the list. Its heading takes the focus; there the arrow keys walk from control to control. Fires `close-control`,
 * and `step` with 1 or -1.
 */
export class ControlDrawer extends LitElement {
  static override properties = {
    placed: { attribute: false },
    context: { attribute: false },
    copied: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      aside {
        padding: 12px 16px 32px;
      }
      .bar {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        align-items: center;
        margin-bottom: 8px;
      }
      .bar > span {
        flex: 1;
      }
      .tool {
        display: inline-flex;
        align-items: center;
        gap: 4px;
        padding: 3px 5px;
        border-radius: 4px;
      }
      .tool:hover {
        background: var(--vscode-toolbar-hoverBackground, var(--vscode-list-hoverBackground));
      }
      h2 {
        margin: 0;
        font-size: 1.15em;
        overflow-wrap: anywhere;
      }
      h2:focus {
        outline: none;
      }
      h2:focus-visible {
        outline: 1px solid var(--vscode-focusBorder);
        outline-offset: 2px;
      }
      .state {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        align-items: center;
        margin: 2px 0 12px;
      }
      .outcome {
        font-weight: 600;
      }
    `,
  ];
  declare placed: PlacedControl | undefined;
  declare context: RowContext;
  declare copied: string | undefined;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#forgetting);
  }

  async focusTitle(): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector('h2')?.focus({ preventScroll: true });
  }

  override render() {
    const { placed, context } = this;
    if (placed === undefined) return nothing;
    const { control } = placed;
    const { text, icon: shape, tone } = controlWords(control);
    return html`<aside aria-labelledby="title" @keydown=${this.#onKey}>
      <div class="bar no-print">
        ${this.#tool('chevronUp', 'Previous control', () => this.#step(-1))}
        ${this.#tool('chevronDown', 'Next control', () => this.#step(1))}
        <span></span>
        <button type="button" class="tool" @click=${() => void this.#copy('id', control.id)}>
          ${icon(this.copied === 'id' ? 'check' : 'copy')} Copy ID
        </button>
        <button type="button" class="tool" @click=${() => void this.#copy('reference', this.#reference(control.id))}>
          ${icon(this.copied === 'reference' ? 'check' : 'copy')} Copy Reference
        </button>
        ${this.#tool('cross', 'Close (Escape)', () => this.#close())}
        <p class=${this.copied === 'refused' ? 'muted' : 'unseen'} role="status">
          ${this.copied === undefined ? nothing : this.copied === 'refused' ? 'Copying is not allowed here.' : 'Copied.'}
        </p>
      </div>
      <h2 id="title" tabindex="-1" dir="auto"><code>${clipLine(control.id, 80)}</code> ${clipLine(control.title)}</h2>
      <p class="state tone-${tone}">
        ${icon(shape)} <span class="outcome">${text}${control.waiver === undefined ? nothing : ', waived'}</span>
        <span class="muted">${severityName(control.severity)} severity</span>
      </p>
      <aiwb-control-detail
        withReason
        .control=${control}
        .record=${context.record}
        .now=${context.now}
        .asks=${context.asks}
        ?linked=${context.linked}
        ?acts=${context.acts}
      ></aiwb-control-detail>
    </aside>`;
  }

  #tool(shape: 'chevronUp' | 'chevronDown' | 'cross', label: string, press: () => void) {
    return html`<button type="button" class="tool" title=${label} aria-label=${label} @click=${press}>
      ${icon(shape)}
    </button>`;
  }

  /** What names this control's result for good: the version, the assessment and the record. */
  #reference(id: string): string {
    const { id: assessment, subject, assessedAt } = this.context.record;
    const day = new Date(assessedAt);
    const when = Number.isNaN(day.valueOf()) ? '' : ` of ${day.toISOString().slice(0, 10)}`;
    return `${subject.model}@${subject.version} ${id} (assessment ${assessment}${when})`;
  }

  async #copy(what: string, text: string): Promise<void> {
    this.copied = (await copyText(text)) ? what : 'refused';
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => (this.copied = undefined), copiedMs);
  }

  #onKey(event: KeyboardEvent): void {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      this.#close();
      return;
    }
    const [target] = event.composedPath();
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || !(target instanceof HTMLElement) || target.id !== 'title') return;
    event.preventDefault();
    this.#step(step);
  }

  #step(step: number): void {
    this.dispatchEvent(new CustomEvent<number>('step', { detail: step }));
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close-control'));
  }
}

defineElement('aiwb-control-drawer', ControlDrawer);
