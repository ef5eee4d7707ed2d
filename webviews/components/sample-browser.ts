import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-textfield/index.js';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Report } from '../../schemas/generated/messages.ts';
import { sampleColumns, usualColumns, type RowNames, type SampleColumn } from './sample-columns.ts';
import type { FetchSample } from './sample-detail.ts';
import type { FetchSamples, SortChange, WholeQuery } from './sample-list.ts';
import './sample-list.ts';
import { defineElement } from '../shared/define.ts';
import { baseStyles } from '../shared/styles.ts';
import { isActive } from '../shared/words.ts';
import { everySample, queryOf, type SampleChoice } from './sample-choice.ts';
import './sample-filters.ts';

const typingPauseMs = 250;
/** A list this short follows its run; a longer one waits for Refresh, so that it does not move under the reader. */
const followedSamples = 200;

/** Samples with their filters, order and columns. Fires `choice-changed` with a `SampleChoice`. */
export class SampleBrowser extends LitElement {
  static override properties = {
    report: { attribute: false },
    fetchSamples: { attribute: false },
    fetchSample: { attribute: false },
    choice: { attribute: false },
    wanted: { attribute: false },
    wrongOnly: { type: Boolean },
    edition: {},
    text: { state: true },
    names: { state: true },
    refreshes: { state: true },
  };
  static override styles = [
    baseStyles,
    css`
      .filters {
        position: relative;
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
        align-items: center;
        margin-bottom: 8px;
      }
      vscode-textfield {
        flex: 1 1 180px;
        max-width: 360px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare fetchSamples: FetchSamples | undefined;
  /** Absent where lists have rows whole. */
  declare fetchSample: FetchSample | undefined;
  declare choice: SampleChoice;
  /** A sample to open; a new object every time. */
  declare wanted: { readonly id: number } | undefined;
  /** True where only wrong answers are at hand. */
  declare wrongOnly: boolean;
  /** Changes where the samples are others than before. */
  declare edition: string;
  declare text: string;
  declare names: RowNames;
  declare refreshes: number;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #query: WholeQuery | undefined;
  #columns: readonly SampleColumn[] = [];

  constructor() {
    super();
    this.choice = everySample;
    this.wrongOnly = false;
    this.edition = '';
    this.text = '';
    this.names = { scores: [], slices: [] };
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
    const { report, choice } = this;
    if (report === undefined) return;
    if (['choice', 'text', 'report'].some(name => changed.has(name)))
      this.#query = sameOr(this.#query, queryOf(report, choice, this.text));
    if (['choice', 'names', 'report'].some(name => changed.has(name))) {
      const shown = choice.columns ?? usualColumns(report.variants.length > 1);
      this.#columns = sampleColumns(namesOf(shown, this.names)).filter(({ id }) => shown.includes(id));
    }
  }

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    const isGrowing = report.runs.some(({ state }) => isActive(state));
    return html`<div class="filters no-print" role="search" aria-label="Samples">
        <aiwb-sample-filters
          .report=${report}
          .choice=${this.choice}
          .names=${this.names}
          ?wrongOnly=${this.wrongOnly}
          @narrowed=${({ detail }: CustomEvent<Partial<SampleChoice>>) => this.#choose(detail)}
        ></aiwb-sample-filters>
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
        .columns=${this.#columns}
        .wanted=${this.wanted}
        .fetchSamples=${this.fetchSamples}
        .fetchSample=${this.fetchSample}
        edition="${this.edition} ${this.refreshes} ${isGrowing ? growth(report) : 'ended'}"
        @sort-changed=${({ detail }: CustomEvent<SortChange>) => this.#choose(detail)}
        @names-seen=${({ detail }: CustomEvent<RowNames>) => this.#learn(detail)}
      ></aiwb-sample-list>`;
  }

  #choose(change: Partial<SampleChoice>): void {
    this.choice = { ...this.choice, ...change };
    this.dispatchEvent(new CustomEvent<SampleChoice>('choice-changed', { detail: this.choice }));
  }

  #learn({ scores, slices }: RowNames): void {
    const next = { scores: union(this.names.scores, scores), slices: union(this.names.slices, slices) };
    this.names = sameOr(this.names, next);
  }

  #onType(event: Event): void {
    const { value } = event.currentTarget as HTMLElement & { value: string };
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => (this.text = value.trim()), typingPauseMs);
  }
}

/** What rows are known to have, and what chosen columns show. */
function namesOf(columns: readonly string[], { scores, slices }: RowNames): RowNames {
  const named = (kind: string): readonly string[] =>
    columns.filter(id => id.startsWith(kind)).map(id => id.slice(kind.length));
  return { scores: union(scores, named('score:')), slices: union(slices, named('slice:')) };
}

function union(former: readonly string[], more: readonly string[]): readonly string[] {
  return [...new Set([...former, ...more])];
}

/** The former value where nothing in it changed, so that what follows it keeps its place. */
function sameOr<T>(former: T, next: T): T {
  return JSON.stringify(former) === JSON.stringify(next) ? former : next;
}

function growth(report: Report): string {
  const done = report.runs.reduce((sum, run) => sum + run.progress.done, 0);
  return `growing ${String(Math.min(done, followedSamples))}`;
}

defineElement('aiwb-sample-browser', SampleBrowser);
