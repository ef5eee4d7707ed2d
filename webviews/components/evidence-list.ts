import { css, html, LitElement, nothing } from 'lit';
import type { Evidence } from '../../schemas/generated/messages.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatDate, formatRelative, isoDate } from '../shared/format.ts';
import { identityWords } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, shortDigest, showUnseen } from '../shared/text.ts';
import './quote-viewer.ts';
import type { FetchExcerpt } from './quote-viewer.ts';

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
    brief: { type: Boolean },
    fetchExcerpt: { attribute: false },
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
    `,
  ];
  declare evidence: readonly Evidence[] | undefined;
  declare now: number | undefined;
  /** Whether somebody can show evidence. */
  declare linked: boolean;
  /** Whether only what it is and its age show. */
  declare brief: boolean;
  /** Absent where nobody can read documents. */
  declare fetchExcerpt: FetchExcerpt | undefined;

  override render() {
    const evidence = this.evidence ?? [];
    if (evidence.length === 0) return html`<p class="muted">No evidence.</p>`;
    return html`<ul>
      ${evidence.map(piece => html`<li>${this.#renderPiece(piece)}</li>`)}
    </ul>`;
  }

  #renderPiece(piece: Evidence) {
    const { kind, digest, collectedAt, slice, by, quote, tool } = piece;
    return html`<div class="line">
        <span class="title"
          >${namesKind(piece) ? nothing : html`<span class="muted">${kinds[kind]}</span> `}${this.#renderTitle(piece)}</span
        >
        ${slice === undefined ? nothing : html`<span class="muted">rows where ${showUnseen(slice.column)} is ${slice.value === '' ? '(empty)' : showUnseen(slice.value)}</span>`}
        ${tool === undefined ? nothing : html`<span class="muted">${clipLine(tool, 80)}</span>`}
        ${this.brief ? nothing : renderAnswerer(piece)}
        ${by === undefined ? nothing : html`<span class="muted">by ${identityWords(by)}</span>`}
        ${collectedAt === undefined ? nothing : html`<time class="muted" datetime=${isoDate(collectedAt)}>${formatDate(collectedAt)}</time>`}
        ${this.#renderExpiry(piece)}
        ${digest === undefined || this.brief ? nothing : html`<code class="muted" title=${showUnseen(digest)}>${showUnseen(shortDigest(digest))}</code>`}
      </div>
      ${quote === undefined || this.brief ? nothing : this.#renderQuote(piece, quote)}`;
  }

  #renderTitle(piece: Evidence) {
    const title = clipLine(piece.title === '' ? (piece.path ?? kinds[piece.kind]) : piece.title, 160);
    if (!this.linked) return html`<span dir="auto">${title}</span>`;
    return html`<button type="button" class="link" dir="auto" @click=${() => this.#open(piece)}>${title}</button>`;
  }

  #renderExpiry({ expiresAt }: Evidence) {
    const { now } = this;
    if (expiresAt === undefined || now === undefined) return nothing;
    const isOver = expiresAt < now;
    return html`<span class=${isOver ? 'tone-warn' : 'muted'}
      >${isOver ? html`${icon('clock')} ` : nothing}<time datetime=${isoDate(expiresAt)} title=${formatDate(expiresAt)}
        >${isOver ? 'expired' : 'expires'} ${formatRelative(expiresAt, now)}</time
      ></span
    >`;
  }

  #renderQuote(piece: Evidence, quote: string) {
    const { document, start, end } = piece;
    const place =
      document === undefined || start === undefined || end === undefined ? undefined : { document, start, end };
    return html`<aiwb-quote
      .quote=${quote}
      .caption=${placeWords(piece)}
      .place=${place}
      .fetchExcerpt=${this.fetchExcerpt}
    ></aiwb-quote>`;
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

/** A file and its line, or the page of a document. */
function placeWords({ path, line, page }: Evidence): string | undefined {
  const file = path === undefined ? '' : `${path}${line === undefined ? '' : `:${String(line)}`}`;
  const parts = [file, page === undefined ? '' : `page ${formatCount(page)}`].filter(part => part !== '');
  return parts.length === 0 ? undefined : parts.join(', ');
}

/** Who answered a question over documents, where it was a model. */
function renderAnswerer({ model, promptDigest }: Evidence) {
  if (model === undefined) return nothing;
  return html`<span class="muted"
    >answered by the model
    ${clipLine(model, 80)}${promptDigest === undefined ? nothing : html`, prompt <code title=${showUnseen(promptDigest)}>${showUnseen(shortDigest(promptDigest))}</code>`}</span
  >`;
}

defineElement('aiwb-evidence', EvidenceList);
