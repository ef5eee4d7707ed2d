import { css, html, LitElement, nothing } from 'lit';
import type { Evidence } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate, formatRelative, isoDate } from '../shared/format.ts';
import { identityWords } from '../shared/governance-words.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, shortDigest, showUnseen } from '../shared/text.ts';
import './long-text.ts';

const kinds: Readonly<Record<Evidence['kind'], string>> = {
  run: 'Run',
  'model-card': 'Model card',
  'dataset-card': 'Dataset card',
  lineage: 'Lineage',
  attestation: 'Attestation',
  scan: 'Scan',
  document: 'Document',
};

/**
 * What a check looked at, each with its age and digest; what a document says stands as a quote under its place. Fires
 * `evidence` with the piece of evidence, where there is somebody to show it.
 */
export class EvidenceList extends LitElement {
  static override properties = {
    evidence: { attribute: false },
    now: { attribute: false },
    linked: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      li + li {
        margin-top: 4px;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        column-gap: 12px;
        overflow-wrap: anywhere;
      }
      .title {
        min-width: 0;
      }
      figure {
        margin: 4px 0 4px;
      }
      figcaption {
        overflow-wrap: anywhere;
      }
      blockquote {
        margin: 0 0 2px;
        padding: 0 0 0 12px;
        border-inline-start: 3px solid var(--aiwb-line-strong);
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare evidence: readonly Evidence[] | undefined;
  declare now: number | undefined;
  /** Whether somebody can show evidence. */
  declare linked: boolean;

  override render() {
    const evidence = this.evidence ?? [];
    if (evidence.length === 0) return html`<p class="muted">No evidence.</p>`;
    return html`<ul>
      ${evidence.map(piece => html`<li>${this.#renderPiece(piece)}</li>`)}
    </ul>`;
  }

  #renderPiece(piece: Evidence) {
    const { kind, digest, collectedAt, slice, by, quote } = piece;
    return html`<div class="line">
        <span class="title"
          >${namesKind(piece) ? nothing : html`<span class="muted">${kinds[kind]}</span> `}${this.#renderTitle(piece)}</span
        >
        ${slice === undefined ? nothing : html`<span class="muted">rows where ${showUnseen(slice.column)} is ${slice.value === '' ? '(empty)' : showUnseen(slice.value)}</span>`}
        ${by === undefined ? nothing : html`<span class="muted">by ${identityWords(by)}</span>`}
        ${collectedAt === undefined ? nothing : html`<time class="muted" datetime=${isoDate(collectedAt)}>${formatDate(collectedAt)}</time>`}
        ${this.#renderExpiry(piece)}
        ${digest === undefined ? nothing : html`<code class="muted" title=${showUnseen(digest)}>${showUnseen(shortDigest(digest))}</code>`}
      </div>
      ${quote === undefined ? nothing : renderQuote(piece, quote)}`;
  }

  #renderTitle(piece: Evidence) {
    const title = clipLine(piece.title === '' ? (piece.path ?? kinds[piece.kind]) : piece.title, 160);
    if (!this.linked) return html`<span dir="auto">${title}</span>`;
    return html`<button type="button" class="link" dir="auto" @click=${() => this.#open(piece)}>${title}</button>`;
  }

  #renderExpiry({ expiresAt }: Evidence) {
    const { now } = this;
    if (expiresAt === undefined || now === undefined) return nothing;
    const verb = expiresAt < now ? 'expired' : 'expires';
    return html`<time class="muted" datetime=${isoDate(expiresAt)} title=${formatDate(expiresAt)}
      >${verb} ${formatRelative(expiresAt, now)}</time
    >`;
  }

  #open(evidence: Evidence): void {
    this.dispatchEvent(new CustomEvent<Evidence>('evidence', { detail: evidence, bubbles: true, composed: true }));
  }
}

/** Whether a title says what kind of evidence it is of. */
function namesKind({ kind, title }: Evidence): boolean {
  const word = kinds[kind].split(' ').at(-1) ?? '';
  return title === '' || title.toLowerCase().includes(word.toLowerCase());
}

function renderQuote({ path, line }: Evidence, quote: string) {
  return html`<figure>
    <blockquote><aiwb-long-text prose .text=${quote}></aiwb-long-text></blockquote>
    ${
      path === undefined
        ? nothing
        : html`<figcaption class="muted">
            <code>${showUnseen(path)}${line === undefined ? nothing : `:${String(line)}`}</code>
          </figcaption>`
    }
  </figure>`;
}

defineElement('aiwb-evidence', EvidenceList);
