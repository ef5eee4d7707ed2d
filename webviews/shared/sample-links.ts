import { html, type TemplateResult } from 'lit';

/** A sample by its permanent name. */
export interface SampleLink {
  readonly runId: string;
  readonly id: number;
}

/** A button that leads to a sample; fires `open-sample` with a `SampleLink`, through shadow roots. */
export function sampleLink(link: SampleLink, content: string, title?: string): TemplateResult {
  const open = ({ currentTarget }: Event): void => {
    const event = new CustomEvent<SampleLink>('open-sample', { detail: link, bubbles: true, composed: true });
    currentTarget?.dispatchEvent(event);
  };
  return html`<button type="button" class="link" title=${title ?? `Show sample ${String(link.id)}`} @click=${open}>
    ${content}
  </button>`;
}
