import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Report, SampleFilter, SampleQuery, SliceChoice } from '../../schemas/generated/messages.ts';
import type { FetchSamples } from '../components/sample-list.ts';
import '../components/sample-list.ts';
import { defineElement } from '../shared/define.ts';
import { runLetter, variantName } from '../shared/figures.ts';
import { baseStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { isActive } from '../shared/words.ts';
import { isSameSlice, sliceChoices } from './slice-choices.ts';

const typingPauseMs = 250;
/** A list this short follows its run; a longer one waits for Refresh, so that it does not move under the reader. */
const followedSamples = 200;

export interface SampleChoice {
  readonly filter: SampleFilter;
  readonly sampleVariant: number | undefined;
  readonly slice: SliceChoice | undefined;
}

/** Samples with their filters. Fires `choice-changed` with a `SampleChoice`. */
export class SampleBrowser extends LitElement {
  static override properties = {
    report: { attribute: false },
    fetchSamples: { attribute: false },
    filter: { attribute: false },
    sampleVariant: { attribute: false },
    slice: { attribute: false },
    wrongOnly: { type: Boolean },
    text: { state: true },
    refreshes: { state: true },
  };
  static override styles = [
    baseStyles,
    css`
      .filters {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        margin-bottom: 8px;
      }
      vscode-single-select {
        width: 180px;
      }
      vscode-textfield {
        flex: 1 1 180px;
        max-width: 360px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare fetchSamples: FetchSamples | undefined;
  declare filter: SampleFilter;
  declare sampleVariant: number | undefined;
  declare slice: SliceChoice | undefined;
  /** True where only wrong answers are at hand. */
  declare wrongOnly: boolean;
  declare text: string;
  declare refreshes: number;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #query: Omit<SampleQuery, 'after' | 'limit'> | undefined;

  constructor() {
    super();
    this.filter = 'all';
    this.wrongOnly = false;
    this.text = '';
    this.refreshes = 0;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#typing);
  }

  /** Shows what the other choices leave, whatever was searched for. */
  clearSearch(): void {
    clearTimeout(this.#typing);
    const field = this.renderRoot.querySelector<HTMLElement & { value: string }>('vscode-textfield');
    if (field !== null) field.value = '';
    this.text = '';
  }

  protected override willUpdate(changed: PropertyValues): void {
    const asksAnew = ['filter', 'sampleVariant', 'slice', 'text', 'wrongOnly'].some(name => changed.has(name));
    if (asksAnew || this.#query === undefined || changed.has('report'))
      this.#query = sameOr(this.#query, this.#buildQuery());
  }

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const isGrowing = report.runs.some(({ state }) => isActive(state));
    return html`<div class="filters no-print" role="search" aria-label="Samples">
        ${this.#renderVariantSelect(report)}
        ${this.wrongOnly ? nothing : html`${this.#renderFilterSelect()} ${this.#renderSliceSelect(report)}`}
        <vscode-textfield
          label="Search in input, right answer and output"
          placeholder="Search input, right answer, output"
          type="search"
          @input=${this.#onType}
        ></vscode-textfield>
        ${isGrowing ? html`<vscode-button secondary @click=${() => this.refreshes++}>Refresh</vscode-button>` : nothing}
      </div>
      <aiwb-sample-list
        .report=${report}
        .query=${this.#query}
        .fetchSamples=${this.fetchSamples}
        .idSpan=${this.#idSpan(report)}
        edition="${this.refreshes} ${isGrowing ? growth(report) : 'ended'}"
      ></aiwb-sample-list>`;
  }

  #renderVariantSelect(report: Report) {
    const isEvery = this.sampleVariant === undefined;
    const every =
      report.runs.length > 1 ? `All of run ${runLetter(report, report.runs[0]?.id ?? '') ?? ''}` : 'All models';
    return html`<vscode-single-select
      label="Model"
      @change=${(event: Event) => this.#choose({ sampleVariant: readPosition(event) })}
    >
      <vscode-option value="" ?selected=${isEvery}>${every}</vscode-option>
      ${report.variants.map((_, index) => html`<vscode-option value=${String(index)} ?selected=${index === this.sampleVariant}>${variantName(report, index)}</vscode-option>`)}
    </vscode-single-select>`;
  }

  #renderFilterSelect() {
    const options: readonly (readonly [SampleFilter, string])[] = [
      ['all', 'Every sample'],
      ['wrong', 'Wrong answers'],
      ['failed', 'Failed samples'],
    ];
    return html`<vscode-single-select
      label="Show"
      @change=${(event: Event) => this.#choose({ filter: readFilter(event) })}
    >
      ${options.map(([value, label]) => html`<vscode-option value=${value} ?selected=${value === this.filter}>${label}</vscode-option>`)}
    </vscode-single-select>`;
  }

  /** Absent where the report has no slices. What was chosen stays a choice, also where no row of it has been answered yet. */
  #renderSliceSelect(report: Report) {
    const { slice } = this;
    const known = sliceChoices(report);
    const choices = slice === undefined || known.some(choice => isSameSlice(choice, slice)) ? known : [...known, slice];
    if (choices.length === 0) return nothing;
    return html`<vscode-single-select
      label="Slice"
      @change=${(event: Event) => this.#choose({ slice: choices[readPosition(event) ?? -1] })}
    >
      <vscode-option value="" ?selected=${slice === undefined}>Every slice</vscode-option>
      ${choices.map((choice, index) => html`<vscode-option value=${String(index)} ?selected=${isSameSlice(choice, slice)}>${nameSlice(choice)}</vscode-option>`)}
    </vscode-single-select>`;
  }

  #choose(choice: Partial<SampleChoice>): void {
    Object.assign(this, choice);
    const detail: SampleChoice = { filter: this.filter, sampleVariant: this.sampleVariant, slice: this.slice };
    this.dispatchEvent(new CustomEvent<SampleChoice>('choice-changed', { detail }));
  }

  #onType(event: Event): void {
    const { value } = event.currentTarget as HTMLElement & { value: string };
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => (this.text = value.trim()), typingPauseMs);
  }

  #buildQuery(): Omit<SampleQuery, 'after' | 'limit'> | undefined {
    const variant = this.sampleVariant === undefined ? undefined : this.report?.variants[this.sampleVariant];
    const runId = variant?.runId ?? this.report?.runs[0]?.id;
    if (runId === undefined) return undefined;
    return {
      runId,
      ...(variant === undefined ? {} : { variant: variant.variant }),
      filter: this.wrongOnly ? 'wrong' : this.filter,
      ...(this.slice === undefined || this.wrongOnly ? {} : { slice: this.slice }),
      ...(this.text === '' ? {} : { text: this.text }),
    };
  }

  #idSpan(report: Report): number {
    return report.runs.find(({ id }) => id === this.#query?.runId)?.progress.done ?? 0;
  }
}

/** The former query where nothing in it changed, so that the list keeps its place. */
function sameOr<T>(former: T, next: T): T {
  return JSON.stringify(former) === JSON.stringify(next) ? former : next;
}

function readPosition(event: Event): number | undefined {
  const { value } = event.currentTarget as HTMLElement & { value: string };
  return value === '' ? undefined : Number(value);
}

function nameSlice({ column, value }: SliceChoice): string {
  return `${showUnseen(column)}: ${value === '' ? '(empty)' : showUnseen(value)}`;
}

function readFilter(event: Event): SampleFilter {
  const { value } = event.currentTarget as HTMLElement & { value: string };
  return value === 'wrong' || value === 'failed' ? value : 'all';
}

defineElement('aiwb-sample-browser', SampleBrowser);

function growth(report: Report): string {
  const done = report.runs.reduce((sum, run) => sum + run.progress.done, 0);
  return `growing ${String(Math.min(done, followedSamples))}`;
}
