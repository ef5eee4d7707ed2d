import { html, LitElement, nothing } from 'lit';
import type {
  Evidence,
  HostToScorecardPage,
  ScorecardPageToHost,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import type { ControlResultView } from '../components/control-result.ts';
import '../components/message-panel.ts';
import '../components/policy-gate.ts';
import '../components/score-figures.ts';
import { defineElement } from '../shared/define.ts';
import { formatDate } from '../shared/format.ts';
import type { PageHost } from '../shared/host.ts';
import { pageStyles } from '../shared/page-styles.ts';
import { section } from '../shared/section.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../shared/styles.ts';
import './baseline-table.ts';
import type { Command } from './commands.ts';
import { foldOfControl, renderControls, type ControlContext } from './control-groups.ts';
import './framework-map.ts';
import './history-table.ts';
import { groupControls, newerAssessment, type ScorecardModel } from './page-model.ts';
import { readPageState, writeFolds, type ScorecardPageState } from './page-state.ts';
import './policy-cards.ts';
import './record-facts.ts';
import './scorecard-header.ts';
import { scorecardPageStyles } from './scorecard-page-styles.ts';
import { needsBanner } from './verification-banner.ts';
import './waiver-list.ts';

export type ScorecardHost = PageHost<HostToScorecardPage, ScorecardPageToHost>;

/** Times in words grow old on an open page. */
const clockMs = 60_000;
const scrollPauseMs = 200;

/** One assessment of a model version: whether the gate passed, on what evidence, what failed and what to do about it. */
export class ScorecardPage extends LitElement {
  static override properties = {
    model: { attribute: false },
    host: { attribute: false },
    choices: { state: true },
    now: { state: true },
    isPrinting: { state: true },
  };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, pageStyles, scorecardPageStyles];
  declare model: ScorecardModel;
  declare host: ScorecardHost;
  declare choices: ScorecardPageState;
  declare now: number;
  declare isPrinting: boolean;
  #clock: ReturnType<typeof setInterval> | undefined;
  #scrolling: ReturnType<typeof setTimeout> | undefined;
  #shown: string | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.choices = readPageState(this.host.readState());
    this.now = Date.now();
    this.isPrinting = false;
    this.#clock = setInterval(() => (this.now = Date.now()), clockMs);
    addEventListener('scroll', this.#onScroll, { passive: true });
    addEventListener('beforeprint', this.#onPrint);
    addEventListener('afterprint', this.#onPrint);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#clock);
    clearTimeout(this.#scrolling);
    removeEventListener('scroll', this.#onScroll);
    removeEventListener('beforeprint', this.#onPrint);
    removeEventListener('afterprint', this.#onPrint);
  }

  protected override willUpdate(): void {
    const id = this.model.view?.scorecard.record.id;
    if (id === undefined || id === this.choices.assessmentId) return;
    this.choices = { assessmentId: id, folds: new Map(), scroll: 0 };
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
    const { view, failure } = this.model;
    if (view === undefined) return html`<main>${this.#renderWaiting()}</main>`;
    const isStandalone = this.host.kind === 'standalone';
    return html`<main
      @command=${this.#onCommand}
      @evidence=${this.#onEvidence}
      @jump=${this.#onJump}
      @attest=${this.#onAttest}
    >
      <aiwb-scorecard-header
        .view=${view}
        .now=${this.now}
        ?standalone=${isStandalone}
        ?outdated=${newerAssessment(view) !== undefined}
      ></aiwb-scorecard-header>
      ${failure === undefined ? nothing : html`<aiwb-message .failure=${failure}></aiwb-message>`}
      ${needsBanner(view, isStandalone) ? html`<aiwb-verification .view=${view} ?standalone=${isStandalone}></aiwb-verification>` : nothing}
      ${this.#renderNewer(view)} ${this.#renderView(view)}
    </main>`;
  }

  #renderWaiting() {
    const { failure } = this.model;
    if (failure !== undefined) return html`<aiwb-message .failure=${failure}></aiwb-message>`;
    return html`<aiwb-message kind="busy" text="Reading the assessment…"></aiwb-message>`;
  }

  #renderNewer(view: ScorecardView) {
    const newer = newerAssessment(view);
    if (newer === undefined) return nothing;
    const open = (): void => this.host.post({ type: 'command', command: 'openAssessment', assessmentId: newer.id });
    const words = `the assessment of ${formatDate(newer.assessedAt)}`;
    return html`<p class="newer">
      This version has been assessed again since:
      ${this.#acts(view) ? html`<button type="button" class="link" @click=${open}>open ${words}</button>` : words}.
    </p>`;
  }

  #renderView(view: ScorecardView) {
    const { record } = view.scorecard;
    const { history, baseline } = view;
    const acts = this.#acts(view);
    return html`
      ${section(
        'verdict',
        'Verdict',
        html`<aiwb-policy-gate
            .gate=${record.gate}
            jumps
            ?disputed=${view.verification.state === 'tampered'}
          ></aiwb-policy-gate>
          <aiwb-score-figures .record=${record}></aiwb-score-figures>`,
      )}
      ${section('policies', 'Policies', html`<aiwb-policies .record=${record} .now=${this.now} ?acts=${acts}></aiwb-policies>`)}
      ${renderControls(this.#controlContext(view))}
      ${record.waivers.length === 0 ? nothing : section('waivers', 'Waivers', html`<aiwb-waivers .record=${record} .now=${this.now}></aiwb-waivers>`)}
      ${record.frameworks.length === 0 ? nothing : section('frameworks', 'Frameworks', html`<aiwb-frameworks .record=${record}></aiwb-frameworks>`)}
      ${history.length === 0 ? nothing : section('history', 'History', html`<aiwb-history .view=${view} ?acts=${acts}></aiwb-history>`)}
      ${baseline === undefined ? nothing : section('baseline', 'Against the baseline', html`<aiwb-baseline .record=${record} .baseline=${baseline}></aiwb-baseline>`)}
      ${section('record', 'Record', html`<aiwb-record-facts .view=${view} ?standalone=${this.host.kind === 'standalone'}></aiwb-record-facts>`)}
    `;
  }

  /** Whether something can be done: a file is read-only, and a page on its own has nobody to ask. */
  #acts({ source }: ScorecardView): boolean {
    return this.host.kind === 'editor' && source === 'store';
  }

  #controlContext(view: ScorecardView): ControlContext {
    const { folds } = this.choices;
    return {
      record: view.scorecard.record,
      now: this.now,
      linked: this.host.kind === 'editor',
      acts: this.#acts(view),
      isOpen: (fold, byDefault) => this.isPrinting || (folds.get(fold) ?? byDefault),
      setOpen: (fold, open) => this.#setOpen(fold, open),
    };
  }

  /** What opens for printing is nobody's choice. */
  #setOpen(fold: string, open: boolean): void {
    if (this.isPrinting || this.choices.folds.get(fold) === open) return;
    this.choices = { ...this.choices, folds: new Map(this.choices.folds).set(fold, open) };
    this.host.writeState({ folds: writeFolds(this.choices.folds) });
  }

  readonly #onScroll = (): void => {
    clearTimeout(this.#scrolling);
    this.#scrolling = setTimeout(() => this.host.writeState({ scroll: Math.round(scrollY) }), scrollPauseMs);
  };

  readonly #onPrint = (event: Event): void => {
    this.isPrinting = event.type === 'beforeprint';
  };

  #onCommand(event: CustomEvent<Command>): void {
    this.host.post({ type: 'command', ...event.detail });
  }

  #onEvidence(event: CustomEvent<Evidence>): void {
    this.host.post({ type: 'evidence', evidence: event.detail });
  }

  #onAttest(event: CustomEvent<string>): void {
    this.host.post({ type: 'command', command: 'attest', control: event.detail });
  }

  async #onJump({ detail: id }: CustomEvent<string>): Promise<void> {
    const record = this.model.view?.scorecard.record;
    const index = record?.controls.findIndex(control => control.id === id) ?? -1;
    if (record === undefined || index < 0) return;
    if (groupControls(record).passed.some(placed => placed.index === index)) this.#setOpen('passed', true);
    this.#setOpen(foldOfControl(index), true);
    await this.updateComplete;
    const control = this.renderRoot.querySelector<ControlResultView>(
      `aiwb-control[data-fold="${foldOfControl(index)}"]`,
    );
    await control?.updateComplete;
    control?.reveal();
  }
}

defineElement('aiwb-scorecard-page', ScorecardPage);
