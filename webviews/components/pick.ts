import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import { showUnseen } from '../shared/text.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
}

/** A list to pick one thing from; nothing where there is no choice. */
export function pick(
  label: string,
  options: readonly Option[],
  picked: string,
  change: (value: string) => void,
): TemplateResult | typeof nothing {
  if (options.length < 2) return nothing;
  const onChange = ({ currentTarget }: Event): void => change((currentTarget as HTMLElement & { value: string }).value);
  return html`<vscode-single-select class="pick no-print" label=${label} @change=${onChange}>
    ${options.map(({ value, label: text }) => html`<vscode-option value=${value} ?selected=${value === picked}>${showUnseen(text)}</vscode-option>`)}
  </vscode-single-select>`;
}
