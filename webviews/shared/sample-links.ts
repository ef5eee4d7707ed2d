import { html, type TemplateResult } from 'lit';

/** A sample by its permanent name. */
export interface SampleLink {
  readonly runId: string;
  readonly id: number;
}

/** The same where no sample can be shown: without a run. */
interface MaybeLink {
  readonly runId: string | undefined;
  readonly id: number;
}

/** A button that leads to a sample; fires `open-sample` with a `SampleLink`, through shadow roots. Text alone without a run. */
export function sampleLink({ runId, id }: MaybeLink, content: string): TemplateResult | string {
  if (runId === undefined) return content;
  const link = { runId, id };
  const open = ({ currentTarget }: Event): void => {
    const event = new CustomEvent<SampleLink>('open-sample', { detail: link, bubbles: true, composed: true });
    currentTarget?.dispatchEvent(event);
  };
  return html`<button type="button" class="link" title="Show sample ${id}" @click=${open}>${content}</button>`;
}
