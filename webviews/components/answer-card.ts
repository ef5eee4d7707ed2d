import { css, html, LitElement, nothing } from 'lit';
import type { PromptAnswer } from '../../schemas/generated/messages.ts';
import { copyText } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatValue } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { clipLine, clipText, startOf } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';
import './long-text.ts';
import './text-alignment.ts';

/** Gives the whole text of a sample. Throws what kept it from being read. */
export type ReadWhole = (sample: number) => Promise<string>;

const copiedMs = 2000;
/** Characters of an answer that can be read in full with one press. */
const shownOfCut = 2000;

/** One model's answer to one case: its text, or in place of it how its words differ from another's, and what it took. */
export class AnswerCard extends LitElement {
  static override properties = {
    answer: { attribute: false },
    baseline: { attribute: false },
    readWhole: { attribute: false },
    name: {},
    whole: { state: true },
    outcome: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      .facts,
      .actions {
        display: flex;
        flex-wrap: wrap;
        column-gap: 12px;
        align-items: baseline;
        font-variant-numeric: tabular-nums;
      }
      .facts {
        color: var(--vscode-descriptionForeground);
        margin-bottom: 4px;
      }
      .actions {
        margin-top: 4px;
      }
      .tag {
        padding: 0 5px;
        border: 1px solid var(--aiwb-line-strong, rgb(128 128 128 / 50%));
        border-radius: 3px;
        font-size: 0.85em;
      }
      .failure {
        overflow-wrap: anywhere;
      }
      .failure > .message {
        white-space: pre-wrap;
      }
      .failure > .class {
        font-weight: 600;
        color: var(--vscode-errorForeground);
      }
      .calls {
        margin-top: 4px;
      }
      .call {
        display: block;
        overflow-wrap: anywhere;
        white-space: pre-wrap;
      }
    `,
  ];
  declare answer: PromptAnswer | undefined;
  /** The text that the answer is compared with, word by word; absent where it is shown as it is. */
  declare baseline: string | undefined;
  /** Absent where nobody knows more than the report. */
  declare readWhole: ReadWhole | undefined;
  /** Whose answer it is, for screen readers. */
  declare name: string | undefined;
  /** The whole of an answer that the report has cut. */
  declare whole: { readonly sample: number; readonly text: string } | 'reading' | 'refused' | undefined;
  declare outcome: 'copied' | 'refused' | undefined;
  #forgetting: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#forgetting);
  }

  override render() {
    const { answer } = this;
    if (answer === undefined) return nothing;
    return html`<p class="facts">${this.#renderFacts(answer)}</p>
      ${answer.failure === undefined ? this.#renderText(answer) : renderFailure(answer.failure)}
      ${answer.toolCalls === undefined ? nothing : renderCalls(answer.toolCalls)}`;
  }

  #renderFacts(answer: PromptAnswer) {
    const { latencyMs, firstTokenMs, inputTokens, outputTokens, cost, cached, finishReason, attempts = 1 } = answer;
    return html`${latencyMs === undefined ? nothing : html`<span title="Latency">${formatValue(latencyMs, 'ms')}</span>`}
    ${firstTokenMs === undefined ? nothing : html`<span>first token ${formatValue(firstTokenMs, 'ms')}</span>`}
    ${
      inputTokens === undefined && outputTokens === undefined
        ? nothing
        : html`<span title="Tokens in and out">${countWords(inputTokens)} → ${countWords(outputTokens)} tokens</span>`
    }
    ${cost === undefined ? nothing : html`<span>${formatValue(cost, 'USD')}</span>`}
    ${attempts > 1 ? html`<span>${formatCount(attempts)} attempts</span>` : nothing}
    ${cached === true ? html`<span class="tag" title="Paid for earlier; it has no times of its own">cached</span>` : nothing}
    ${finishReason === undefined ? nothing : html`<span class="tag" title="Why the model stopped">${clipLine(finishReason, 40)}</span>`}`;
  }

  #renderText(answer: PromptAnswer) {
    const whole = this.#wholeOf(answer);
    const text = whole ?? answer.text ?? '';
    const hidden = whole === undefined ? (answer.characters ?? text.length) - text.length : 0;
    // One button for the whole of an answer: what the report has of it is not all.
    const shown = hidden > 0 && this.readWhole !== undefined ? startOf(text, shownOfCut) : text;
    return html`${
        this.baseline === undefined
          ? html`<aiwb-long-text .text=${shown}></aiwb-long-text>`
          : html`<aiwb-text-alignment .target=${this.baseline} .output=${text}></aiwb-text-alignment>`
      }
      <div class="actions">
        <button
          type="button"
          class="link no-print"
          aria-label=${`Copy the answer of ${this.name ?? 'the model'}`}
          @click=${() => void this.#copy(text)}
        >
          ${icon(this.outcome === 'copied' ? 'check' : 'copy')} Copy
        </button>
        ${hidden > 0 ? this.#renderRest(answer, hidden) : nothing}
        <span role="status" class="muted"
          >${this.outcome === undefined ? nothing : this.outcome === 'copied' ? 'Copied' : 'Copying is not allowed here'}</span
        >
      </div>`;
  }

  #renderRest({ sample, characters = 0 }: PromptAnswer, hidden: number) {
    const cut = html`<span class="muted">${formatCount(hidden)} more characters are not here</span>`;
    if (this.readWhole === undefined) return cut;
    if (this.whole === 'reading') return html`<span class="muted" role="status">Reading…</span>`;
    if (this.whole === 'refused') return html`${cut} <span role="alert">could not be read.</span>`;
    return html`<button type="button" class="link no-print" @click=${() => void this.#readWhole(sample)}>
      Read all ${formatCount(characters)} characters
    </button>`;
  }

  #wholeOf({ sample }: PromptAnswer): string | undefined {
    const { whole } = this;
    return typeof whole === 'object' && whole.sample === sample ? whole.text : undefined;
  }

  async #readWhole(sample: number): Promise<void> {
    this.whole = 'reading';
    try {
      this.whole = { sample, text: (await this.readWhole?.(sample)) ?? '' };
    } catch {
      this.whole = 'refused';
    }
  }

  async #copy(text: string): Promise<void> {
    this.outcome = (await copyText(text)) ? 'copied' : 'refused';
    clearTimeout(this.#forgetting);
    this.#forgetting = setTimeout(() => (this.outcome = undefined), copiedMs);
  }
}

function countWords(count: number | undefined): string {
  return count === undefined ? '–' : formatCount(count);
}

function renderFailure({ class: name, message }: NonNullable<PromptAnswer['failure']>) {
  return html`<p class="failure" dir="auto">
    <span class="class">Failed: ${failureWords(name)}.</span> <span class="message">${clipText(message)}</span>
  </p>`;
}

function renderCalls(calls: NonNullable<PromptAnswer['toolCalls']>) {
  return html`<div class="calls">
    ${calls.map(({ name, arguments: given }) => html`<code class="call">${clipLine(name, 160)}(${clipText(given)})</code>`)}
  </div>`;
}

defineElement('aiwb-answer-card', AnswerCard);
