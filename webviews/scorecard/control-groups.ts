import { html, nothing, type TemplateResult } from 'lit';
import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import '../components/control-result.ts';
import { openReason, severities, severityName, type OpenReason } from '../shared/governance-words.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { section } from '../shared/section.ts';
import { groupControls, type PlacedControl } from './page-model.ts';

/** What the drawing of controls needs of the page. */
export interface ControlContext {
  readonly record: AssessmentRecord;
  readonly now: number;
  /** Whether somebody can show evidence. */
  readonly linked: boolean;
  /** Whether something can be done here. */
  readonly acts: boolean;
  isOpen(fold: string, byDefault: boolean): boolean;
  setOpen(fold: string, open: boolean): void;
}

export function foldOfControl(index: number): string {
  return `control-${String(index)}`;
}

const reasons: Readonly<Record<OpenReason, { title: string; advice: string }>> = {
  'needs-review': {
    title: 'Needs review',
    advice: 'A person must look: open the evidence, then attest or add what is missing, and assess again.',
  },
  missing: {
    title: 'Evidence missing',
    advice: 'Run the benchmark on this version, complete the card or attest what is asked, then assess again.',
  },
  stale: { title: 'Evidence too old', advice: 'Collect it again: it is older than the policy allows.' },
  error: { title: 'Could not be checked', advice: 'Put right what the reason names, then assess again.' },
  undecided: {
    title: 'Not decided',
    advice: 'Whether the control applies or holds could not be told. The reason says why.',
  },
};

/** Every control under its outcome: failures first, then what is open, what does not apply, and what passed, closed. */
export function renderControls(context: ControlContext): TemplateResult {
  const { failures, open, notApplicable, passed } = groupControls(context.record);
  return html`
    ${section('failures', counted('Failures', failures.length), renderFailures(context, failures))}
    ${open.length === 0 ? nothing : section('open', counted('Needs review and not assessed', open.length), renderOpen(context, open))}
    ${notApplicable.length === 0 ? nothing : section('not-applicable', counted('Not applicable', notApplicable.length), renderList(context, notApplicable, false))}
    ${passed.length === 0 ? nothing : renderPassed(context, passed)}
  `;
}

function counted(title: string, count: number): string {
  return count === 0 ? title : `${title} (${formatCount(count)})`;
}

function renderFailures(context: ControlContext, failures: readonly PlacedControl[]): TemplateResult {
  if (failures.length === 0) {
    const { controls } = context.record;
    if (controls.length === 0) return html`<p class="muted">These policies ask for no control.</p>`;
    if (!controls.some(({ outcome }) => outcome === 'compliant'))
      return html`<p class="muted">No control has been assessed, so none has failed.</p>`;
    return html`<p class="tone-good">${icon('check')} No control that could be assessed failed.</p>`;
  }
  return html`${severities.map(severity => {
    const members = failures.filter(({ control }) => control.severity === severity);
    if (members.length === 0) return nothing;
    return html`<h3 class="group">${counted(severityName(severity), members.length)}</h3>
      ${renderList(context, members, true)}`;
  })}`;
}

function renderOpen(context: ControlContext, open: readonly PlacedControl[]): TemplateResult {
  const groups = Map.groupBy(open, ({ control }) => openReason(control));
  const order = Object.keys(reasons) as OpenReason[];
  return html`${order.map(reason => {
    const members = groups.get(reason);
    if (members === undefined) return nothing;
    const { title, advice } = reasons[reason];
    return html`<h3 class="group">${counted(title, members.length)}</h3>
      <p class="muted">${advice}</p>
      ${renderList(context, members, false)}`;
  })}`;
}

function renderPassed(context: ControlContext, passed: readonly PlacedControl[]): TemplateResult {
  const isOpen = context.isOpen('passed', false);
  return html`<section aria-labelledby="passed">
    <details
      ?open=${isOpen}
      @toggle=${(event: Event) => context.setOpen('passed', (event.currentTarget as HTMLDetailsElement).open)}
    >
      <summary>
        <span class="chevron">${icon('chevronRight')}</span>
        <h2 id="passed">${counted('Passed', passed.length)}</h2>
      </summary>
      ${isOpen ? renderList(context, passed, false) : nothing}
    </details>
  </section>`;
}

function renderList(
  context: ControlContext,
  controls: readonly PlacedControl[],
  isOpenByDefault: boolean,
): TemplateResult {
  return html`${controls.map(({ control, index }) => {
    const fold = foldOfControl(index);
    return html`<aiwb-control
      data-fold=${fold}
      .control=${control}
      .record=${context.record}
      .now=${context.now}
      .open=${context.isOpen(fold, isOpenByDefault)}
      ?linked=${context.linked}
      ?acts=${context.acts}
      @fold=${({ detail }: CustomEvent<boolean>) => context.setOpen(fold, detail)}
    ></aiwb-control>`;
  })}`;
}
