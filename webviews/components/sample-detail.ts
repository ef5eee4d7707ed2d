import { css, html, LitElement, nothing } from 'lit';
import type { SampleRow } from '../../schemas/generated/messages.ts';
import { copyText } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatFixed, formatValue } from '../shared/format.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';
import './long-text.ts';

/** One sample in full: input, right answer, output or failure, scores and measures, and its permanent link. */
export class SampleDetail extends LitElement {
  static override properties = { sample: { attribute: false }, runId: {}, notice: { state: true } };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: minmax(7ch, max-content) minmax(0, 1fr);
        gap: 6px 12px;
      }
      dt {
        color: var(--vscode-descriptionForeground);
      }
      .facts {
        display: flex;
        flex-wrap: wrap;
        gap: 2px 16px;
        font-variant-numeric: tabular-nums;
      }
      .failure {
        color: var(--vscode-errorForeground);
        overflow-wrap: anywhere;
      }
    `,
  ];
  declare sample: SampleRow | undefined;
  declare runId: string | undefined;
  declare notice: string;

  constructor() {
    super();
    this.notice = '';
  }

  override render() {
    const { sample } = this;
    if (sample === undefined) return nothing;
    const { input, target, output, failure } = sample;
    const facts = factsOf(sample);
    const slices = Object.entries(sample.slices);
    return html`<dl>
      <dt>Input</dt>
      <dd><aiwb-long-text .text=${input}></aiwb-long-text></dd>
      <dt>Right answer</dt>
      <dd><aiwb-long-text .text=${target}></aiwb-long-text></dd>
      ${
        output === undefined
          ? nothing
          : html`<dt>Output</dt>
              <dd><aiwb-long-text .text=${output}></aiwb-long-text></dd>`
      }
      ${
        failure === undefined
          ? nothing
          : html`<dt>Failure</dt>
              <dd class="failure" dir="auto">${failureWords(failure.class)}: ${showUnseen(failure.message)}</dd>`
      }
      ${
        facts.length === 0
          ? nothing
          : html`<dt>Measured</dt>
              <dd class="facts">${facts.map(fact => html`<span>${fact}</span>`)}</dd>`
      }
      ${
        slices.length === 0
          ? nothing
          : html`<dt>Slices</dt>
              <dd class="facts">
                ${slices.map(([column, value]) => html`<span>${showUnseen(column)}: ${showUnseen(value)}</span>`)}
              </dd>`
      }
      <dt>Link</dt>
      <dd>
        <code>${this.#link(sample)}</code>
        <button type="button" class="link" @click=${() => this.#copyLink(sample)}>Copy</button>
        <span class="muted" role="status">${this.notice}</span>
      </dd>
    </dl>`;
  }

  #link({ id }: SampleRow): string {
    return this.runId === undefined ? `#${String(id)}` : `${showUnseen(this.runId)}#${String(id)}`;
  }

  async #copyLink(sample: SampleRow): Promise<void> {
    this.notice = (await copyText(this.#link(sample))) ? 'Copied' : 'Copying is not allowed here';
  }
}

function factsOf({
  scores,
  latencyMs,
  firstTokenMs,
  inputTokens,
  outputTokens,
  cost,
  attempts,
  repeat,
  row,
}: SampleRow): string[] {
  const known = (value: number | undefined, write: (value: number) => string): string[] =>
    value === undefined ? [] : [write(value)];
  return [
    `row ${formatCount(row + 1)}`,
    ...(repeat > 0 ? [`repeat ${formatCount(repeat + 1)}`] : []),
    ...Object.entries(scores).map(
      ([name, score]) => `${showUnseen(name)} ${Number.isInteger(score) ? String(score) : formatFixed(score, 3)}`,
    ),
    ...known(latencyMs, value => `latency ${formatValue(value, 'ms')}`),
    ...known(firstTokenMs, value => `first token ${formatValue(value, 'ms')}`),
    ...known(inputTokens, value => `${formatCount(value)} tokens in`),
    ...known(outputTokens, value => `${formatCount(value)} tokens out`),
    ...known(cost, value => formatValue(value, 'USD')),
    ...(attempts !== undefined && attempts > 1 ? [`${formatCount(attempts)} attempts`] : []),
  ];
}

defineElement('aiwb-sample-detail', SampleDetail);
