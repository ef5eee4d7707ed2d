import { html, LitElement, nothing } from 'lit';
import type {
  Evidence,
  HostToScorecardPage,
  ScorecardPageToHost,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import '../components/message-panel.ts';
import '../components/policy-gate.ts';
import '../components/score-figures.ts';
import { defineElement } from '../shared/define.ts';
import type { PageHost } from '../shared/host.ts';
import { pageStyles } from '../shared/page-styles.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import type { ScorecardAsks } from './asks.ts';
import './baseline-table.ts';
import type { Command } from './commands.ts';
import { ComparisonChoice } from './comparison-choice.ts';
import { renderComparison } from './comparison-panel.ts';
import './control-drawer.ts';
import type { ControlDrawer } from './control-drawer.ts';
import { everyControl, indexControls, type ControlFilter, type ControlIndex } from './control-filter.ts';
import type { RowContext } from './control-row.ts';
import './control-section.ts';
import type { ControlSection } from './control-section.ts';
import './due-list.ts';
import './framework-map.ts';
import './history-table.ts';
import { groupOf, isSameRecord, newerAssessment, type PlacedControl, type ScorecardModel } from './page-model.ts';
import { renderNewer } from './newer-note.ts';
import { freshState, readPageState, writeFolds, type ScorecardPageState } from './page-state.ts';
import './policy-cards.ts';
import './preview-banner.ts';
import { tellsSomething } from './preview-banner.ts';
import './record-facts.ts';
import './scorecard-header.ts';
import { scorecardPageStyles } from './scorecard-page-styles.ts';
import { Surroundings } from './surroundings.ts';
import { needsBanner } from './verification-banner.ts';
import './waiver-list.ts';

export type ScorecardHost = PageHost<HostToScorecardPage, ScorecardPageToHost>;

/** One assessment of a model version: whether the gate passed, on what evidence, what failed and what to do about it. */
export class ScorecardPage extends LitElement {
  static override properties = {
    model: { attribute: false },
    host: { attribute: false },
    asks: { attribute: false },
    choices: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, pageStyles, scorecardPageStyles];
  declare model: ScorecardModel;
  declare host: ScorecardHost;
  declare asks: ScorecardAsks;
  declare choices: ScorecardPageState;
  #shown: string | undefined;
  #indexed: { readonly view: ScorecardView; readonly index: ControlIndex } | undefined;
  readonly #around = new Surroundings(this, scroll => this.host.writeState({ scroll }));
  readonly #comparison = new ComparisonChoice(this, () => this.asks);

  override connectedCallback(): void {
    super.connectedCallback();
    this.choices = readPageState(this.host.readState());
  }

  protected override willUpdate(): void {
    const { view, comparison } = this.model;
    if (view === undefined) return;
    const known = this.#indexed?.view;
    if (known === undefined || !isSameRecord(known, view))
      this.#indexed = { view, index: indexControls(view.scorecard.record) };
    const { id } = view.scorecard.record;
    if (id !== this.choices.assessmentId) this.choices = { ...freshState, assessmentId: id };
    if (this.#comparison.offer(comparison)) void this.#revealComparison();
  }

  /** Another assessment starts at its top; the one that was hidden, where it was left. */
  protected override updated(): void {
    const id = this.model.view?.scorecard.record.id;
    if (id === undefined || id === this.#shown) return;
    const isFirst = this.#shown === undefined;
    this.#shown = id;
    const { scroll } = this.choices;
    if (isFirst && scroll === 0) return;
    requestAnimationFrame(() => scrollTo(0, scroll));
  }

  override render() {
    const { view } = this.model;
    if (view === undefined) return html`<main>${this.#renderWaiting()}</main>`;
    const context = this.#rowContext(view);
    const opened = this.#opened();
    const hasDrawer = opened !== undefined && !context.inline;
    return html`<div
      class="page ${hasDrawer ? 'with-drawer' : ''}"
      @command=${this.#onCommand}
      @evidence=${this.#onEvidence}
      @jump=${this.#onJump}
      @compare=${({ detail }: CustomEvent<string>) => void this.#onCompare(view, detail)}
      @show-policy=${({ detail }: CustomEvent<string>) => void this.#narrow({ ...everyControl, policies: [detail] })}
    >
      <main>${this.#renderMain(view, context)}</main>
      ${hasDrawer ? html`<aiwb-control-drawer .placed=${opened} .context=${context} @close-control=${this.#onClose} @step=${this.#onStep}></aiwb-control-drawer>` : nothing}
    </div>`;
  }

  #renderWaiting() {
    const { failure } = this.model;
    if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
    return html`<aiwb-message kind="busy" text="Reading the assessment…"></aiwb-message>`;
  }

  #renderMain(view: ScorecardView, context: RowContext) {
    const { failure, due = [] } = this.model;
    const { now } = this.#around;
    const { record } = view.scorecard;
    const { history, baseline, preview } = view;
    const isStandalone = this.host.kind === 'standalone';
    const acts = this.#acts(view);
    return html`
      <aiwb-scorecard-header
        .view=${view}
        .now=${now}
        .compared=${this.#comparison.otherThan(record.id)}
        ?standalone=${isStandalone}
        ?outdated=${newerAssessment(view) !== undefined}
      ></aiwb-scorecard-header>
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${needsBanner(view, isStandalone) ? html`<aiwb-verification .view=${view} ?standalone=${isStandalone}></aiwb-verification>` : nothing}
      ${renderNewer(newerAssessment(view), acts ? command => this.host.post({ type: 'command', ...command }) : undefined)}
      ${acts && preview !== undefined && tellsSomething(preview) ? html`<aiwb-preview .preview=${preview}></aiwb-preview>` : nothing}
      ${section(
        'verdict',
        'Verdict',
        html`<aiwb-policy-gate .gate=${record.gate} prominent jumps ?disputed=${view.verification.state === 'tampered'}
          ><aiwb-score-figures .record=${record}></aiwb-score-figures
        ></aiwb-policy-gate>`,
      )}
      ${renderComparison(this.#comparison.state, () => this.#comparison.close())}
      ${due.length === 0 ? nothing : section('due', `What waits (${String(due.length)})`, html`<aiwb-due .items=${due} .now=${now} ?acts=${acts}></aiwb-due>`)}
      ${section('policies', 'Policies', html`<aiwb-policies .record=${record} .now=${now} ?acts=${acts}></aiwb-policies>`)}
      ${section(
        'controls',
        'Controls',
        html`<aiwb-controls
          .index=${this.#indexed?.index}
          .context=${context}
          .filter=${this.choices.filter}
          .isFolded=${(group: string, byDefault: boolean) => this.#isFolded(group, byDefault)}
          @filter-changed=${({ detail }: CustomEvent<ControlFilter>) => this.#filter(detail)}
          @fold=${({ detail }: CustomEvent<boolean>) => this.#setOpen('passed', detail)}
          @open-control=${({ detail }: CustomEvent<number>) => void this.#onOpen(detail)}
          @walk=${({ detail }: CustomEvent<number>) => this.#onWalk(detail)}
          @close-control=${this.#onClose}
        ></aiwb-controls>`,
      )}
      ${record.waivers.length === 0 ? nothing : section('waivers', 'Waivers', html`<aiwb-waivers .record=${record} .now=${now} ?acts=${acts}></aiwb-waivers>`)}
      ${record.frameworks.length === 0 ? nothing : section('frameworks', 'Frameworks', html`<aiwb-frameworks .record=${record} ?unfolded=${context.isPrinting}></aiwb-frameworks>`)}
      ${history.length === 0 ? nothing : section('history', 'History', html`<aiwb-history .view=${view} ?acts=${acts} ?compares=${acts}></aiwb-history>`)}
      ${baseline === undefined ? nothing : section('baseline', 'Against the baseline', html`<aiwb-baseline .record=${record} .baseline=${baseline}></aiwb-baseline>`)}
      ${section('record', 'Record', html`<aiwb-record-facts .view=${view} ?standalone=${isStandalone}></aiwb-record-facts>`)}
    `;
  }

  /** Whether something can be done: a file is read-only, and a page on its own has nobody to ask. */
  #acts({ source }: ScorecardView): boolean {
    return this.host.kind === 'editor' && source === 'store';
  }

  #rowContext(view: ScorecardView): RowContext {
    const { now, isPrinting, isWide } = this.#around;
    const acts = this.#acts(view);
    return {
      record: view.scorecard.record,
      now,
      isPrinting,
      linked: this.host.kind === 'editor',
      acts,
      selected: this.choices.selected,
      inline: !isWide,
      asks: acts ? this.asks : undefined,
    };
  }

  #opened(): PlacedControl | undefined {
    const { selected } = this.choices;
    const control = selected === undefined ? undefined : this.model.view?.scorecard.record.controls[selected];
    return selected === undefined || control === undefined ? undefined : { index: selected, control };
  }

  #isFolded(fold: string, byDefault: boolean): boolean {
    return !this.#around.isPrinting && !(this.choices.folds.get(fold) ?? !byDefault);
  }

  /** What opens for printing is nobody's choice. */
  #setOpen(fold: string, open: boolean): void {
    if (this.#around.isPrinting || this.choices.folds.get(fold) === open) return;
    this.choices = { ...this.choices, folds: new Map(this.choices.folds).set(fold, open) };
    this.host.writeState({ folds: writeFolds(this.choices.folds) });
  }

  #filter(filter: ControlFilter): void {
    this.choices = { ...this.choices, filter };
    this.host.writeState({ filter });
  }

  async #narrow(filter: ControlFilter): Promise<void> {
    this.#filter(filter);
    await this.updateComplete;
    this.renderRoot.querySelector('#controls')?.scrollIntoView({ block: 'start' });
  }

  #select(selected: number | undefined): void {
    this.choices = { ...this.choices, selected };
    this.host.writeState({ selected });
  }

  #controls(): ControlSection | null {
    return this.renderRoot.querySelector<ControlSection>('aiwb-controls');
  }

  /** Opens a control, or closes the one that is open under its row. */
  async #onOpen(index: number): Promise<void> {
    const isOpen = this.choices.selected === index;
    this.#select(isOpen && !this.#around.isWide ? undefined : index);
    await this.updateComplete;
    await this.#controls()?.focusControl(index);
    await this.#drawer()?.focusTitle();
  }

  #onWalk(index: number): void {
    if (this.choices.selected !== undefined) this.#select(index);
  }

  async #onStep({ detail }: CustomEvent<number>): Promise<void> {
    const { selected } = this.choices;
    const next = selected === undefined ? undefined : this.#controls()?.neighbour(selected, detail);
    if (next === undefined) return;
    this.#select(next);
    await this.#controls()?.focusControl(next);
    await this.#drawer()?.focusTitle();
  }

  async #onClose(): Promise<void> {
    const { selected } = this.choices;
    this.#select(undefined);
    await this.updateComplete;
    if (selected !== undefined) await this.#controls()?.focusControl(selected);
  }

  #drawer(): ControlDrawer | null {
    return this.renderRoot.querySelector<ControlDrawer>('aiwb-control-drawer');
  }

  /** Leads to a control by its id, wherever it is folded or filtered away. */
  async #onJump({ detail: id }: CustomEvent<string>): Promise<void> {
    const record = this.model.view?.scorecard.record;
    const index = record?.controls.findIndex(control => control.id === id) ?? -1;
    const control = record?.controls[index];
    if (control === undefined) return;
    if (groupOf(control) === 'passed') this.#setOpen('passed', true);
    this.#select(index);
    await this.updateComplete;
    if ((await this.#controls()?.focusControl(index, 'center')) === true) return;
    this.#filter(everyControl);
    await this.updateComplete;
    await this.#controls()?.focusControl(index, 'center');
  }

  async #onCompare(view: ScorecardView, other: string): Promise<void> {
    void this.#comparison.choose(view, other);
    await this.#revealComparison();
  }

  async #revealComparison(): Promise<void> {
    await this.updateComplete;
    const heading = this.renderRoot.querySelector<HTMLElement>('#comparison');
    heading?.scrollIntoView({ block: 'start' });
    heading?.focus({ preventScroll: true });
  }

  #onCommand(event: CustomEvent<Command>): void {
    this.host.post({ type: 'command', ...event.detail });
  }

  #onEvidence(event: CustomEvent<Evidence>): void {
    this.host.post({ type: 'evidence', evidence: event.detail });
  }
}

defineElement('aiwb-scorecard-page', ScorecardPage);
