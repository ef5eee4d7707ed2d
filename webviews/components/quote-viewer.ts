import { css, html, LitElement, nothing } from 'lit';
import type { DocumentExcerpt } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount } from '../shared/format.ts';
import { Resource } from '../shared/resource.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, clipText, showUnseen } from '../shared/text.ts';
import './long-text.ts';
import { renderRequestError } from './request-error.ts';

/** Where a quote stands in a document that is known by its digest. */
export interface QuotePlace {
  readonly document: string;
  readonly start: number;
  readonly end: number;
}

export type FetchExcerpt = (place: QuotePlace, signal: AbortSignal) => Promise<DocumentExcerpt>;

/**
 * Words of a document with their place; where somebody can read the document, with what stands around them on demand. `caption` says
 * where they come from.
 */
export class QuoteViewer extends LitElement {
  static override properties = {
    quote: { attribute: false },
    caption: { attribute: false },
    place: { attribute: false },
    fetchExcerpt: { attribute: false },
    isOpen: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      figure {
        margin: 4px 0;
      }
      figcaption {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        overflow-wrap: anywhere;
      }
      blockquote {
        margin: 0 0 2px;
        padding: 0 0 0 12px;
        border-inline-start: 3px solid var(--aiwb-line-strong);
        overflow-wrap: anywhere;
      }
      .excerpt {
        margin-top: 4px;
        padding: 8px 12px;
        max-height: 320px;
        overflow: auto;
        border: 1px solid var(--aiwb-line);
        border-radius: 3px;
        background: var(--vscode-textCodeBlock-background);
      }
      .place {
        display: flex;
        flex-wrap: wrap;
        gap: 0 12px;
        margin-bottom: 4px;
        color: var(--vscode-foreground);
      }
      .words {
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }
      mark {
        color: var(--vscode-foreground);
        background: var(--vscode-editor-findMatchHighlightBackground, rgb(234 192 0 / 35%));
        border-bottom: 2px solid var(--vscode-charts-yellow, currentColor);
        font-weight: 600;
      }
      @media (forced-colors: active) {
        mark {
          color: HighlightText;
          background: Highlight;
        }
      }
    `,
  ];
  declare quote: string;
  declare caption: string | undefined;
  /** Absent where the document is not known. */
  declare place: QuotePlace | undefined;
  /** Absent where nobody can read documents. */
  declare fetchExcerpt: FetchExcerpt | undefined;
  declare isOpen: boolean;
  readonly #excerpt = new Resource<DocumentExcerpt, QuotePlace>(this, (place, signal) => {
    if (this.fetchExcerpt === undefined) throw new Error('Nobody can read documents here.');
    return this.fetchExcerpt(place, signal);
  });

  constructor() {
    super();
    this.quote = '';
    this.isOpen = false;
  }

  protected override willUpdate(changed: ReadonlyMap<PropertyKey, unknown>): void {
    if (changed.has('quote') && changed.get('quote') !== undefined) this.isOpen = false;
  }

  override render() {
    const { quote, caption, place, fetchExcerpt } = this;
    const isLinked = place !== undefined && fetchExcerpt !== undefined;
    return html`<figure>
      <blockquote><aiwb-long-text prose .text=${quote}></aiwb-long-text></blockquote>
      ${
        caption === undefined && !isLinked
          ? nothing
          : html`<figcaption class="muted">
              ${caption === undefined ? nothing : html`<span dir="auto">${showUnseen(caption)}</span>`}
              ${isLinked ? html`<button type="button" class="link no-print" aria-expanded=${this.isOpen} @click=${() => this.#toggle(place)}>${this.isOpen ? 'Hide the document' : 'Show in the document'}</button>` : nothing}
            </figcaption>`
      }
      ${this.isOpen ? this.#renderExcerpt() : nothing}
    </figure>`;
  }

  #toggle(place: QuotePlace): void {
    this.isOpen = !this.isOpen;
    if (this.isOpen) void this.#excerpt.load(place);
  }

  #renderExcerpt() {
    const { state } = this.#excerpt;
    if (state.status === 'failed') return renderRequestError(state.error, 'The document could not be read.');
    if (state.status !== 'ready') return html`<p class="muted" role="status">Reading the document…</p>`;
    const { name, page, pages, headings = [], before, quote, after } = state.value;
    return html`<div class="excerpt" tabindex="0" role="region" aria-label="The quote in its document">
      <p class="place">
        <strong dir="auto">${clipLine(name, 160)}</strong>
        ${page === undefined ? nothing : html`<span>page ${formatCount(page)}${pages === undefined ? nothing : ` of ${formatCount(pages)}`}</span>`}
        ${headings.length === 0 ? nothing : html`<span class="muted" dir="auto">${headings.map((heading, index) => html`${index === 0 ? nothing : ' › '}${clipLine(heading, 120)}`)}</span>`}
      </p>
      <p class="words" dir="auto">${clipText(before)}<mark>${clipText(quote)}</mark>${clipText(after)}</p>
    </div>`;
  }
}

defineElement('aiwb-quote', QuoteViewer);
