import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { css, html, LitElement, nothing } from 'lit';
import type { Report, SliceChoice } from '../../schemas/generated/messages.ts';
import './choice-menu.ts';
import './range-menu.ts';
import type { Ranges } from './range-menu.ts';
import { sampleColumns, usualColumns, type RowNames } from './sample-columns.ts';
import { defineElement } from '../shared/define.ts';
import { runLetter, variantName } from '../shared/figures.ts';
import { baseStyles } from '../shared/styles.ts';
import { showUnseen } from '../shared/text.ts';
import { failureWords } from '../shared/words.ts';
import { everySample, measures, runOfChoice, type Outcome, type SampleChoice } from './sample-choice.ts';
import { isSameSlice, sliceChoices } from './slice-choices.ts';

/** The choices of which samples show and how. Fires `narrowed` with what of a `SampleChoice` changed. */
export class SampleFilters extends LitElement {
  static override properties = {
    report: { attribute: false },
    choice: { attribute: false },
    names: { attribute: false },
    wrongOnly: { type: Boolean },
  };
  static override styles = [
    baseStyles,
    css`
      :host {
        display: contents;
      }
      vscode-single-select {
        width: 160px;
      }
    `,
  ];
  declare report: Report | undefined;
  declare choice: SampleChoice;
  /** What scores and slices rows have. */
  declare names: RowNames;
  /** True where only wrong answers are at hand. */
  declare wrongOnly: boolean;

  constructor() {
    super();
    this.choice = everySample;
    this.names = { scores: [], slices: [] };
    this.wrongOnly = false;
  }

  override render() {
    const { report } = this;
    if (report === undefined) return nothing;
    return html`${report.runs.length < 2 || this.wrongOnly ? nothing : this.#renderRuns(report)}
    ${this.#renderModels(report)} ${this.wrongOnly ? nothing : this.#renderOutcomes(report)}
    ${this.#renderSlices(report)} ${this.#renderRanges()} ${this.#renderColumns(report)}`;
  }

  #renderRuns(report: Report) {
    return html`<vscode-single-select
      label="Run"
      @change=${(event: Event) => this.#narrow({ run: Number(valueOf(event)), variants: [] })}
    >
      ${report.runs.map(({ id, name }, index) => html`<vscode-option value=${String(index)} ?selected=${index === this.choice.run}>Run ${runLetter(report, id) ?? ''}: ${showUnseen(name)}</vscode-option>`)}
    </vscode-single-select>`;
  }

  #renderModels(report: Report) {
    const runId = runOfChoice(report, this.choice)?.id;
    const choices = report.variants.flatMap((variant, index) =>
      variant.runId === runId ? [{ value: String(index), label: variantName(report, index) }] : [],
    );
    if (choices.length < 2) return nothing;
    return html`<aiwb-choice-menu
      label="Models"
      every="all"
      .choices=${choices}
      .chosen=${this.choice.variants.map(String)}
      @chosen-changed=${({ detail }: CustomEvent<readonly string[]>) => this.#narrow({ variants: detail.map(Number) })}
    ></aiwb-choice-menu>`;
  }

  #renderOutcomes(report: Report) {
    const classes = new Set([
      ...report.variants.flatMap(({ failureClasses = {} }) => Object.keys(failureClasses)),
      ...report.failures.map(({ class: name }) => name),
    ]);
    const options: readonly (readonly [Outcome, string])[] = [
      ['all', 'Every sample'],
      ['right', 'Right answers'],
      ['wrong', 'Wrong answers'],
      ['failed', 'Failed samples'],
      ...[...classes].map(name => [`failed:${name}`, `Failed: ${failureWords(name)}`] as const),
    ];
    return html`<vscode-single-select
      label="Show"
      @change=${(event: Event) => this.#narrow({ outcome: options.find(([value]) => value === valueOf(event))?.[0] ?? 'all' })}
    >
      ${options.map(([value, label]) => html`<vscode-option value=${value} ?selected=${value === this.choice.outcome}>${label}</vscode-option>`)}
    </vscode-single-select>`;
  }

  /** Absent where there are none. What was chosen stays a choice, also where no row of it has been answered yet. */
  #renderSlices(report: Report) {
    const known = sliceChoices(report).filter(({ column }) => !this.wrongOnly || this.names.slices.includes(column));
    const all = [...known, ...this.choice.slices.filter(slice => !known.some(other => isSameSlice(slice, other)))];
    if (all.length === 0) return nothing;
    const chosen = all.flatMap((slice, index) =>
      this.choice.slices.some(other => isSameSlice(slice, other)) ? [String(index)] : [],
    );
    return html`<aiwb-choice-menu
      label="Slices"
      every="all"
      .choices=${all.map((slice, index) => ({ value: String(index), label: nameSlice(slice) }))}
      .chosen=${chosen}
      @chosen-changed=${({ detail }: CustomEvent<readonly string[]>) => this.#narrow({ slices: detail.flatMap(index => all[Number(index)] ?? []) })}
    ></aiwb-choice-menu>`;
  }

  #renderRanges() {
    const chosen = Object.keys(this.choice.ranges).filter(id => id.startsWith('score:'));
    const scores = new Set([...this.names.scores.map(name => `score:${name}`), ...chosen]);
    const all = [
      ...[...scores].map(id => ({ id, label: `Score ${id.slice('score:'.length)}` })),
      ...Object.entries(measures).map(([id, label]) => ({ id, label })),
    ];
    return html`<aiwb-range-menu
      .measures=${all}
      .ranges=${this.choice.ranges}
      @ranges-changed=${({ detail }: CustomEvent<Ranges>) => this.#narrow({ ranges: detail })}
    ></aiwb-range-menu>`;
  }

  #renderColumns(report: Report) {
    const usual = usualColumns(report.variants.length > 1);
    const { columns } = this.choice;
    return html`<aiwb-choice-menu
      label="Columns"
      every="usual"
      ?isUsual=${columns === undefined}
      .choices=${sampleColumns(this.names).map(({ id, label }) => ({ value: id, label }))}
      .chosen=${columns ?? usual}
      @chosen-changed=${({ detail }: CustomEvent<readonly string[]>) => this.#narrow({ columns: detail.length === 0 ? undefined : detail })}
    ></aiwb-choice-menu>`;
  }

  #narrow(change: Partial<SampleChoice>): void {
    this.dispatchEvent(new CustomEvent<Partial<SampleChoice>>('narrowed', { detail: change }));
  }
}

function valueOf(event: Event): string {
  return (event.currentTarget as HTMLElement & { value: string }).value;
}

function nameSlice({ column, value }: SliceChoice): string {
  return `${column}: ${value === '' ? '(empty)' : value}`;
}

defineElement('aiwb-sample-filters', SampleFilters);
