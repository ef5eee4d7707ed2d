import { html, type TemplateResult } from 'lit';

/** A part of a page under its heading. `id` must be the page's only one of that name. */
export function section(id: string, title: string, content: TemplateResult): TemplateResult {
  return html`<section aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${content}
  </section>`;
}
