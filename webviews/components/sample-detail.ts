import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { SampleDetails, SampleReference, SampleRow } from '../../schemas/generated/messages.ts';
import { copyText } from '../shared/clipboard.ts';
import { defineElement } from '../shared/define.ts';
import { formatCount, formatValue } from '../shared/format.ts';
import { Resource } from '../shared/resource.ts';
import { baseStyles, buttonStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';
import './long-text.ts';
import { renderMeasured } from './measured-details.ts';
import { renderRequestError } from './request-error.ts';
import { writeScore } from './sample-columns.ts';
import './text-alignment.ts';

export type FetchSample = (reference: SampleReference, signal: AbortSignal) => Promise<SampleRow>;

/** One sample in full: input, right answer, output or failure, scores and measures, and its permanent link. What came cut is fetched. */
export class SampleDetail extends LitElement {
  static override properties = {
    sample: { attribute: false },
    runId: {},
    fetchSample: { attribute: false },
    notice: { state: true },
  };
  static override styles = [
    baseStyles,
    buttonStyles,
    css`
      dl {
        display: grid;
        grid-template-columns: fit-content(30%) minmax(0, 1fr);
        gap: 6px 12px;
      }
      dt,
      dd {
        min-width: 0;
        overflow-wrap: anywhere;
      }
      @media (max-width: 480px) {
        dl {
          grid-template-columns: minmax(0, 1fr);
          gap: 0;
        }
        dd {
          margin-bottom: 6px;
        }
      }
      ul.told {
        display: flex;
        flex-direction: column;
        gap: 2px;
      }
      ul.told ul.told {
        padding-inline-start: 8px;
        border-inline-start: 1px solid var(--aiwb-line);
      }
      li > aiwb-long-text {
        display: inline-block;
        vertical-align: top;
        max-width: 100%;
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
  declare fetchSample: FetchSample | undefined;
  declare notice: string;
  readonly #whole = new Resource<SampleRow, SampleReference>(
    this,
    async (reference, signal) =>
      (await this.fetchSample?.(reference, signal)) ?? Promise.reject(new Error('Nobody answers.')),
  );

  constructor() {
    super();
    this.notice = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const { sample, runId } = this;
    if (!changed.has('sample') || sample?.cut !== true || runId === undefined) return;
    if (sample.id !== changed.get('sample')?.id && this.fetchSample !== undefined)
      void this.#whole.load({ runId, id: sample.id });
  }

  override render() {
    const given = this.sample;
    if (given === undefined) return nothing;
    const { state } = this.#whole;
    const sample = given.cut === true && state.value?.id === given.id ? state.value : given;
    return html`${sample.cut === true ? renderCut(state.status === 'failed' ? state.error : undefined, state.status) : nothing}
    ${this.#renderSample(sample)}`;
  }

  #renderSample(sample: SampleRow) {
    const { input, target, output, failure, details = {} } = sample;
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
      ${output === undefined || !isTranscribed(sample) ? nothing : renderAlignment(target, output)}
      ${renderToolCalls(details)}
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
      ${renderMeasured(details)}
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
        <button type="button" class="link" @click=${() => this.#copyLink(sample)}>Copy link to this row</button>
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

/** Says that there is more than shows, and why it does not. */
function renderCut(error: unknown, status: string) {
  if (error !== undefined) return renderRequestError(error, 'The whole row could not be read.');
  const text = status === 'loading' ? 'Reading the whole row…' : 'Long texts of this row are cut.';
  return html`<p class="muted" role="status">${text}</p>`;
}

/** Word or character error rates are counts of differences, so these are worth seeing. */
function isTranscribed({ scores }: SampleRow): boolean {
  return Object.keys(scores).some(name => /^[wc]er\b/.test(name));
}

function renderAlignment(target: string, output: string) {
  return html`<dt>Differences</dt>
    <dd><aiwb-text-alignment .target=${target} .output=${output}></aiwb-text-alignment></dd>`;
}

function renderToolCalls({ toolCalls = [] }: SampleDetails) {
  return toolCalls.map(
    ({ name, arguments: given }) =>
      html`<dt>Tool call</dt>
        <dd>
          <code>${showUnseen(name)}</code>
          <aiwb-long-text .text=${given}></aiwb-long-text>
        </dd>`,
  );
}

function factsOf(sample: SampleRow): string[] {
  const { scores, latencyMs, firstTokenMs, inputTokens, outputTokens, cost, attempts, repeat, row } = sample;
  const known = (value: number | undefined, write: (value: number) => string): string[] =>
    value === undefined ? [] : [write(value)];
  return [
    `row ${formatCount(row + 1)}`,
    ...(repeat > 0 ? [`repeat ${formatCount(repeat + 1)}`] : []),
    ...Object.entries(scores).map(([name, score]) => `${showUnseen(name)} ${writeScore(score)}`),
    ...known(latencyMs, value => `latency ${formatValue(value, 'ms')}`),
    ...known(firstTokenMs, value => `first token ${formatValue(value, 'ms')}`),
    ...known(inputTokens, value => `${formatCount(value)} tokens in`),
    ...known(outputTokens, value => `${formatCount(value)} tokens out`),
    ...known(cost, value => formatValue(value, 'USD')),
    ...(attempts !== undefined && attempts > 1 ? [`${formatCount(attempts)} attempts`] : []),
    ...answerFacts(sample.details ?? {}),
  ];
}

function answerFacts(details: SampleDetails): string[] {
  const { finishReason, fingerprint, reasoningTokens, cached, perturbed, measuringCost, timings = {} } = details;
  const spent = (what: string, value: number | undefined): string[] =>
    value === undefined ? [] : [`${what} ${formatValue(value, 'ms')}`];
  return [
    ...spent('loading the model', timings.loadMs),
    ...spent('reading the prompt', timings.promptMs),
    ...spent('writing the answer', timings.generateMs),
    ...(reasoningTokens === undefined ? [] : [`${formatCount(reasoningTokens)} reasoning tokens`]),
    ...(finishReason === undefined ? [] : [`ended by ${showUnseen(finishReason)}`]),
    ...(fingerprint === undefined ? [] : [`answered by ${showUnseen(fingerprint)}`]),
    ...(cached === true ? ['from the cache, not paid for again'] : []),
    ...(perturbed === true ? ['asked disturbed'] : []),
    ...(measuringCost === undefined ? [] : [`measuring cost ${formatValue(measuringCost, 'USD')}`]),
  ];
}

defineElement('aiwb-sample-detail', SampleDetail);
