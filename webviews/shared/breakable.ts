import { html, type TemplateResult } from 'lit';

/** A name that breaks behind its punctuation first, and anywhere only where that is not enough. */
export function breakable(name: string): TemplateResult {
  const parts = name.split(/(?<=[:/._-])(?=\w)/);
  return html`${parts.map((part, index) => (index === 0 ? part : html`<wbr />${part}`))}`;
}
