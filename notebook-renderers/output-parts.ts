import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../webviews/shared/icons.ts';

/** Something more of a result, shown when asked for. */
export interface OutputPart {
  readonly id: string;
  readonly label: string;
  readonly draw: () => unknown;
}

/**
 * Parts of a result behind a row of buttons, one open at a time, so that an output stays short in a notebook of many.
 * @param open id of the open part
 * @param toggle opens a part, or none
 */
export function outputParts(
  parts: readonly OutputPart[],
  open: string | undefined,
  toggle: (id: string | undefined) => void,
): TemplateResult | typeof nothing {
  if (parts.length === 0) return nothing;
  const shown = parts.find(({ id }) => id === open);
  return html`<div class="parts">
    <div class="bar no-print" role="group" aria-label="More of this result">
      ${parts.map(({ id, label }) => {
        const isOpen = id === shown?.id;
        return html`<button
          type="button"
          aria-expanded=${isOpen ? 'true' : 'false'}
          aria-controls="part"
          @click=${() => toggle(isOpen ? undefined : id)}
        >
          ${icon(isOpen ? 'chevronDown' : 'chevronRight')} ${label}
        </button>`;
      })}
    </div>
    <div id="part" role="region" aria-label=${shown?.label ?? 'Nothing open'} ?hidden=${shown === undefined}>
      ${shown === undefined ? nothing : shown.draw()}
    </div>
  </div>`;
}
