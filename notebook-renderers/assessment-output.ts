import { css, html, nothing, type TemplateResult } from 'lit';
import type { AssessmentOutput, ControlResult, Evidence, ScorecardView } from '../schemas/generated/messages.ts';
import { validateAssessmentOutput } from '../schemas/generated/validators.js';
import '../webviews/components/evidence-list.ts';
import '../webviews/components/message-panel.ts';
import '../webviews/components/policy-gate.ts';
import '../webviews/components/score-figures.ts';
import { formatCount, formatDate, isoDate } from '../webviews/shared/format.ts';
import { controlWords, identityName, severities, severityName } from '../webviews/shared/governance-words.ts';
import { icon } from '../webviews/shared/icons.ts';
import { clipLine } from '../webviews/shared/text.ts';
import { OutputElement } from './output-element.ts';
import { outputHead } from './output-head.ts';

/** The output frame belongs to every renderer of a notebook, so the name carries a version. */
export const assessmentViewName = 'aiwb-assessment-output-v1';

/** The scorecard has them all. */
const shownFailures = 5;

/** An assessment in a notebook: the gate, the three numbers, the worst failures, and the way to the scorecard. */
export class AssessmentOutputView extends OutputElement<AssessmentOutput> {
  static override properties = { ...OutputElement.properties, now: { attribute: false } };
  static override styles = [
    ...OutputElement.styles,
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
  declare now: number;
  protected readonly noun = 'assessment';
  protected readonly validate = validateAssessmentOutput;

  constructor() {
    super();
    this.now = Date.now();
  }

  protected keyOf({ view }: AssessmentOutput): string {
    return view.scorecard.record.id;
  }

  protected draw({ view, written, as }: AssessmentOutput): TemplateResult {
    const { record } = view.scorecard;
    const isTampered = view.verification.state === 'tampered';
    return html`<div class="output" @evidence=${this.#onEvidence}>
      ${this.#renderHead(view, as)}
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

  #renderHead({ scorecard: { record } }: ScorecardView, as: string | undefined) {
    const { id, subject, assessedAt, assessor } = record;
    const { wire } = this;
    return outputHead({
      name: `${clipLine(subject.model, 120)}@${clipLine(subject.version, 40)}`,
      as,
      facts: html`<span class="muted"
        >assessed <time datetime=${isoDate(assessedAt)}>${formatDate(assessedAt)}</time> by
        ${identityName(assessor)}</span
      >`,
      buttons:
        wire === undefined
          ? []
          : [{ label: 'Open Scorecard', press: () => wire.post({ type: 'openAssessment', assessmentId: id }) }],
    });
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
