import { html, nothing, type TemplateResult } from 'lit';
import { clipLine } from '../webviews/shared/text.ts';

export interface OutputButton {
  readonly label: string;
  readonly press: () => void;
}

interface OutputHead {
  readonly name: string;
  /** How the cell calls the result. */
  readonly as: string | undefined;
  readonly facts: unknown;
  /** None where nobody listens. */
  readonly buttons: readonly OutputButton[];
}

/** An output's first line: what it is, what the notebook calls it, how it stands, and what can be done. */
export function outputHead({ name, as, facts, buttons }: OutputHead): TemplateResult {
  return html`<div class="head">
    <span class="name" dir="auto">${clipLine(name, 160)}</span>
    ${as === undefined ? nothing : html`<span class="as" title="Other cells refer to this result by this name">as <code>${clipLine(as, 60)}</code></span>`}
    ${facts}
    ${
      buttons.length === 0
        ? nothing
        : html`<span class="buttons no-print">
            ${buttons.map(({ label, press }) => html`<button type="button" class="button" @click=${press}>${label}</button>`)}
          </span>`
    }
  </div>`;
}
