import { css, html, LitElement, nothing } from 'lit';
import type { AssessmentOutput, ControlResult, Evidence, ScorecardView } from '../schemas/generated/messages.ts';
import { validateAssessmentOutput } from '../schemas/generated/validators.js';
import '../webviews/components/evidence-list.ts';
import '../webviews/components/message-panel.ts';
import '../webviews/components/policy-gate.ts';
import '../webviews/components/score-figures.ts';
import { formatCount, formatDate, isoDate } from '../webviews/shared/format.ts';
import { controlWords, identityName, severities, severityName } from '../webviews/shared/governance-words.ts';
import { icon } from '../webviews/shared/icons.ts';
import { baseStyles, buttonStyles, surfaceStyles } from '../webviews/shared/styles.ts';
import { clipLine } from '../webviews/shared/text.ts';
import { outputStyles } from './output-styles.ts';
import { readOutput } from './read-output.ts';
import type { RunWire } from './run-wire.ts';
import { renderUnread } from './unread-output.ts';

/** The output frame belongs to every renderer of a notebook, so the name carries a version. */
export const assessmentViewName = 'aiwb-assessment-output-v1';

/** The scorecard has them all. */
const shownFailures = 5;

/** An assessment in a notebook: the gate, the three numbers, the worst failures, and the way to the scorecard. */
export class AssessmentOutputView extends LitElement {
  static override properties = { input: { attribute: false }, now: { attribute: false } };
  static override styles = [
    baseStyles,
    buttonStyles,
    surfaceStyles,
    outputStyles,
    css`
      .failure {
        display: grid;
        grid-template-columns: 16px minmax(0, 1fr);
        gap: 0 8px;
        padding: 4px 0;
        overflow-wrap: anywhere;
      }
      .failure + .failure {
        border-top: 1px solid var(--aiwb-line);
      }
      .failure > .icon {
        margin-top: 2px;
      }
      .failure > div > p > code {
        font-weight: 600;
      }
      .failure > div > p > .muted {
        margin-inline-start: 8px;
      }
    `,
  ];
  /** The output as the notebook has it; anything. */
  declare input: unknown;
  declare now: number;
  declare wire: RunWire | undefined;

  constructor() {
    super();
    this.now = Date.now();
  }

  override render() {
    const read = readOutput(this.input, validateAssessmentOutput);
    if (read.kind !== 'output') return renderUnread(read.kind, 'assessment');
    return this.#renderAssessment(read.output);
  }

  #renderAssessment({ view, written }: AssessmentOutput) {
    const { record } = view.scorecard;
    const isTampered = view.verification.state === 'tampered';
    return html`<div class="output" @evidence=${this.#onEvidence}>
      ${this.#renderHead(view)}
      ${
        isTampered
          ? html`<aiwb-message
              kind="error"
              text="TAMPERED: this record was changed after it was written."
              hint="Do not rely on it: assess the version again."
            ></aiwb-message>`
          : nothing
      }
      <aiwb-policy-gate .gate=${record.gate} ?disputed=${isTampered}></aiwb-policy-gate>
      <aiwb-score-figures .record=${record}></aiwb-score-figures>
      ${this.#renderFailures(record.controls)}
      ${isTampered ? nothing : html`<p class="muted" dir="auto">${clipLine(view.scorecard.approval.sentence)}</p>`}
      ${written === undefined ? nothing : html`<p class="muted">Written to <code>${clipLine(written)}</code></p>`}
    </div>`;
  }

  #renderHead({ scorecard: { record } }: ScorecardView) {
    const { id, subject, assessedAt, assessor } = record;
    const { wire } = this;
    return html`<div class="head">
      <span class="name" dir="auto">${clipLine(subject.model, 160)}@${clipLine(subject.version, 40)}</span>
      <span class="muted"
        >assessed <time datetime=${isoDate(assessedAt)}>${formatDate(assessedAt)}</time> by
        ${identityName(assessor)}</span
      >
      ${
        wire === undefined
          ? nothing
          : html`<span class="buttons no-print">
              <button
                type="button"
                class="button"
                @click=${() => wire.post({ type: 'openAssessment', assessmentId: id })}
              >
                Open Scorecard
              </button>
            </span>`
      }
    </div>`;
  }

  #renderFailures(controls: readonly ControlResult[]) {
    const failures = worstFirst(controls.filter(({ outcome }) => outcome === 'non-compliant' || outcome === 'partial'));
    const open = controls.filter(({ outcome }) => outcome === 'not-assessed').length;
    const others = failures.length - shownFailures;
    return html`<div>
      ${
        failures.length === 0
          ? nothing
          : html`<h3>${`Failures (${formatCount(failures.length)})`}</h3>
              <ul>
                ${failures.slice(0, shownFailures).map(control => this.#renderFailure(control))}
              </ul>`
      }
      ${others <= 0 ? nothing : html`<p class="muted">${formatCount(others)} more in the scorecard.</p>`}
      ${open === 0 ? nothing : html`<p class="muted">${formatCount(open)} not assessed: evidence is missing, too old or needs a review.</p>`}
    </div>`;
  }

  #renderFailure(control: ControlResult) {
    const { icon: name, text, tone } = controlWords(control);
    const { id, title, severity, reason, waiver, checks } = control;
    const evidence = checks.filter(({ state }) => state === 'fail').flatMap(check => check.evidence);
    return html`<li class="failure tone-${tone}">
      ${icon(name)}
      <div>
        <p dir="auto">
          <code>${clipLine(id, 80)}</code> ${clipLine(title)}
          <span class="muted"
            >${severityName(severity)}, ${text.toLowerCase()}${waiver === undefined ? '' : ', waived'}</span
          >
        </p>
        <p dir="auto">${clipLine(reason)}</p>
        ${evidence.length === 0 ? nothing : html`<aiwb-evidence .evidence=${evidence} .now=${this.now} ?linked=${this.wire !== undefined}></aiwb-evidence>`}
      </div>
    </li>`;
  }

  #onEvidence(event: CustomEvent<Evidence>): void {
    this.wire?.post({ type: 'evidence', evidence: event.detail });
  }
}

function worstFirst(controls: readonly ControlResult[]): readonly ControlResult[] {
  return [...controls].sort(
    (a, b) =>
      severities.indexOf(a.severity) - severities.indexOf(b.severity) ||
      Number(a.waiver !== undefined) - Number(b.waiver !== undefined),
  );
}
