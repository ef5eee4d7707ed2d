import { html, nothing, type TemplateResult } from 'lit';
import type { AssessmentRecord, CheckResult, ControlResult } from '../../schemas/generated/messages.ts';
import '../components/evidence-list.ts';
import { intervalPlot } from '../components/interval-plot.ts';
import { formatCount, formatDay, formatRelative, formatValue } from '../shared/format.ts';
import { controlWords, levelName, severityName } from '../shared/governance-words.ts';
import { icon } from '../shared/icons.ts';
import { clipLine } from '../shared/text.ts';
import type { ScorecardAsks } from './asks.ts';
import './control-detail.ts';
import { expiredSince, groupOf, type PlacedControl } from './page-model.ts';

/** What the rows of controls need of the page. */
export interface RowContext {
  readonly record: AssessmentRecord;
  readonly now: number;
  /** Whether somebody can show evidence. */
  readonly linked: boolean;
  /** Whether something can be done here. */
  readonly acts: boolean;
  /** Position in the record of the control that is open. */
  readonly selected: number | undefined;
  /** Whether an open control stands under its row, and not beside the list. */
  readonly inline: boolean;
  readonly isPrinting: boolean;
  /** Absent where nobody answers. */
  readonly asks: ScorecardAsks | undefined;
}

export interface RowPlace {
  /** Among the rows of its list, from 1. */
  readonly position: number;
  readonly total: number;
  readonly isTabStop: boolean;
}

/** With more controls than these, those that passed or do not apply are printed as a line each. */
const printedWhole = 400;

/** Longer reasons stand whole where the control is opened. */
const shownReason = 300;

/** A control in a line or a few: what failed with its figure, what to do and where to look. Its button carries `data-index`. */
export function renderControlRow(
  { control, index }: PlacedControl,
  context: RowContext,
  { position, total, isTabStop }: RowPlace,
): TemplateResult {
  const { text, icon: shape, tone } = controlWords(control);
  const { id, title, reason } = control;
  const isOpen = context.selected === index && !context.isPrinting;
  const isFailure = groupOf(control) === 'failures';
  const showsDetail = context.isPrinting ? isPrintedWhole(control, context.record) : isOpen && context.inline;
  return html`<div
    role="listitem"
    aria-setsize=${total}
    aria-posinset=${position}
    class="row tone-${tone} ${isOpen ? 'selected' : ''}"
  >
    ${icon(shape)}
    <div class="words">
      <div class="head">
        <button
          type="button"
          class="open"
          data-index=${index}
          tabindex=${isTabStop ? 0 : -1}
          aria-expanded=${isOpen}
          dir="auto"
        >
          <code>${clipLine(id, 80)}</code> ${clipLine(title)}
        </button>
        <span class="tags">${renderTags(control, context.now)}<span class="outcome">${text}</span></span>
      </div>
      <p class="reason muted" dir="auto">${clipLine(reason, shownReason)}</p>
      ${isFailure && !showsDetail ? renderFailure(control, context) : nothing}
      ${
        showsDetail
          ? html`<aiwb-control-detail
              class="inline"
              .control=${control}
              .record=${context.record}
              .now=${context.now}
              ?linked=${context.linked}
              .asks=${context.asks}
              ?acts=${context.acts}
            ></aiwb-control-detail>`
          : nothing
      }
    </div>
  </div>`;
}

function isPrintedWhole(control: ControlResult, { controls }: AssessmentRecord): boolean {
  const group = groupOf(control);
  return controls.length <= printedWhole || group === 'failures' || group === 'open';
}

function renderTags(control: ControlResult, now: number): TemplateResult {
  const { severity, waiver, outcome } = control;
  const since = outcome === 'not-applicable' ? undefined : expiredSince(control, now);
  return html`${waiver === undefined ? nothing : html`<span class="tag strong">Waived</span>`}
    ${
      since === undefined
        ? nothing
        : html`<span class="tag stale" title="Evidence expired on ${formatDay(since)}"
            >${icon('clock')} expired ${formatRelative(since, now)}</span
          >`
    } <span class="tag severity ${severity === 'critical' ? 'strong' : ''}">${severityName(severity)}</span>`;
}

/** The figure that failed, what to do, who asks for it and where to look. */
function renderFailure(control: ControlResult, { record, linked, now }: RowContext): TemplateResult {
  const { checks, remediation, policy } = control;
  const failed = checks.find(({ state }) => state === 'fail');
  const evidence = failed?.evidence.slice(0, 1) ?? [];
  const source = record.policies.find(({ id }) => id === policy);
  return html`${failed === undefined ? nothing : renderFigure(failed)}
    ${remediation === undefined ? nothing : html`<p class="line"><span class="term">What to do</span> <span dir="auto">${clipLine(remediation, shownReason)}</span></p>`}
    <p class="line">
      <span class="term">Asked for by</span>
      ${
        source === undefined
          ? html`<code>${clipLine(policy, 120)}</code>`
          : html`<span dir="auto"
              >${clipLine(source.title, 120)}
              <span class="muted">(${levelName(source.level).toLowerCase()})</span></span
            >`
      }
    </p>
    ${
      evidence.length === 0
        ? nothing
        : html`<div class="line">
            <span class="term">Evidence</span>
            <aiwb-evidence brief .evidence=${evidence} .now=${now} ?linked=${linked}></aiwb-evidence>
          </div>`
    }`;
}

function renderFigure(check: CheckResult): TemplateResult | typeof nothing {
  const { actual, low, high, required, n, slice, unit = 'ratio' } = check;
  if (actual === undefined || required === undefined) return nothing;
  const interval =
    low === undefined || high === undefined ? '' : ` (${formatValue(low, unit)} to ${formatValue(high, unit)})`;
  return html`<div class="figure">
    ${intervalPlot(check)}
    <p class="line">
      <span class="term">Actual</span>
      <span
        ><span class="actual">${formatValue(actual, unit)}</span>${interval}, required ${clipLine(required, 120)}<span
          class="muted"
          >${n === undefined ? nothing : `, n ${formatCount(n)}`}${slice === undefined ? nothing : `, slice ${clipLine(slice, 80)}`}</span
        ></span
      >
    </p>
  </div>`;
}
