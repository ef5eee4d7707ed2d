import { html, LitElement, type TemplateResult } from 'lit';
import type { Validator } from '../schemas/generated/validators.js';
import '../webviews/components/message-panel.ts';
import { offerChartDesk } from '../webviews/shared/chart-desk.ts';
import type { SampleLink } from '../webviews/shared/sample-links.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../webviews/shared/styles.ts';
import { holdWheel } from './hold-wheel.ts';
import type { OutputChoices, OutputMemory } from './output-memory.ts';
import { outputStyles } from './output-styles.ts';
import type { OutputWire } from './output-wire.ts';
import { readOutput, type ReadOutput } from './read-output.ts';
import { renderUnread } from './unread-output.ts';

/** What all outputs have: what the notebook holds, whom to talk to, and that a broken one says so and breaks nothing else. */
export abstract class OutputElement<T> extends LitElement {
  static override properties = { input: { attribute: false }, choices: { state: true } };
  static override styles = [baseStyles, buttonStyles, surfaceStyles, outputStyles];
  /** The output as the notebook has it; anything. */
  declare input: unknown;
  declare wire: OutputWire | undefined;
  declare memory: OutputMemory | undefined;
  /** What the reader chose, or chose before. */
  declare choices: OutputChoices | undefined;
  #read: { readonly input: unknown; readonly outcome: ReadOutput<T> } | undefined;
  #unoffer: (() => void) | undefined;

  /** What the output should hold, such as `run`. */
  protected abstract readonly noun: string;
  protected abstract readonly validate: Validator<T>;
  /** By what its choices are kept. */
  protected abstract keyOf(output: T): string;
  protected abstract draw(output: T): TemplateResult;

  /** The output, where it is one that can be shown. Told once, for it may be large. */
  protected get output(): T | undefined {
    const outcome = this.#outcome();
    return outcome.kind === 'output' ? outcome.output : undefined;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    const { wire } = this;
    if (wire !== undefined)
      this.#unoffer = offerChartDesk(this, { take: chart => wire.post({ type: 'chart', ...chart }) });
    this.addEventListener('open-sample', this.#onOpenSample);
    this.addEventListener('wheel', holdWheel, { passive: true });
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unoffer?.();
    this.removeEventListener('open-sample', this.#onOpenSample);
    this.removeEventListener('wheel', holdWheel);
  }

  override render(): TemplateResult {
    const outcome = this.#outcome();
    if (outcome.kind !== 'output') return renderUnread(outcome.kind, this.noun);
    try {
      this.choices ??= this.memory?.read(this.keyOf(outcome.output));
      return this.draw(outcome.output);
    } catch (error) {
      return html`<aiwb-message
        kind="error"
        text="This output could not be drawn."
        hint=${error instanceof Error ? error.message : String(error)}
      ></aiwb-message>`;
    }
  }

  protected choose(change: Partial<OutputChoices>): void {
    const { output, choices } = this;
    if (output === undefined || choices === undefined) return;
    this.choices = { ...choices, ...change };
    this.memory?.keep(this.keyOf(output), this.choices);
  }

  #outcome(): ReadOutput<T> {
    if (this.#read === undefined || this.#read.input !== this.input)
      this.#read = { input: this.input, outcome: readOutput(this.input, this.validate) };
    return this.#read.outcome;
  }

  readonly #onOpenSample = (event: Event): void => {
    const { runId, id } = (event as CustomEvent<SampleLink>).detail;
    this.wire?.post({ type: 'openSample', runId, sample: id });
  };
}
