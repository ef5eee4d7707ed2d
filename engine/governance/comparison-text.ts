import type {
  AssessmentComparison,
  AssessmentSummary,
  CheckState,
  ControlChange,
  ControlHistory,
  ControlOutcome,
  Reproduction,
} from '../../schemas/generated/messages.ts';
import { describeDate } from '../base/dates.ts';
import { countOf, formatNumber, formatPercent } from '../reports/format.ts';
import { renderTable } from '../reports/table.ts';
import { wordOutcome } from './order.ts';

/** A comparison for a terminal: the three numbers of both, the policies that differ, and every change with its reason. */
export function renderComparison(
  { before, after, changes, unchanged, policies }: AssessmentComparison,
  width = Infinity,
): string {
  const figures = renderTable(
    ['', 'Assessed', 'Gate', 'Score', 'Coverage', 'Waived'].map(text => ({ text })),
    [before, after].map(rowOf),
    { width },
  );
  const lines = [...figures, ''];
  for (const policy of policies)
    lines.push(`Policy ${policy.id}: ${policy.before ?? 'not asked'}, then ${policy.after ?? 'not asked'}`);
  if (policies.length > 0) lines.push('');
  lines.push(`${countOf(changes.length, 'control')} came out differently, ${String(unchanged)} alike.`);
  for (const change of changes) lines.push('', ...describeChange(change));
  return withoutControls(lines);
}

/** How a control came out over time, for a terminal. */
export function renderControlHistory({ control, entries }: ControlHistory, width = Infinity): string {
  const rows = entries.map(({ assessmentId, version, assessedAt, outcome, waived, reason }) =>
    [describeDate(assessedAt), version, word(outcome, waived), assessmentId, reason].map(text => ({ text })),
  );
  const header = ['Assessed', 'Version', control, 'Assessment', 'Reason'].map(text => ({ text }));
  return withoutControls(renderTable(header, rows, { width, shortened: ['Reason'] }));
}

/** Whether an assessment could be made again, for a terminal. */
export function renderReproduction(reproduction: Reproduction): string {
  const { sentence, recordedDigest, computedDigest, differences } = reproduction;
  return withoutControls([
    sentence,
    ...differences.map(difference => `- ${difference.sentence}`),
    `Results as recorded  ${recordedDigest}`,
    `Results judged again ${computedDigest ?? 'none: the policies of then are not here'}`,
  ]);
}

function rowOf({ model, version, assessedAt, gate, score, coverage, waived }: AssessmentSummary) {
  return [
    { text: `${model}@${version}` },
    { text: describeDate(assessedAt) },
    { text: gate },
    { text: score === null ? 'none' : formatPercent(score), align: 'right' as const },
    { text: `${formatPercent(coverage)} %`, align: 'right' as const },
    { text: String(waived), align: 'right' as const },
  ];
}

function describeChange(change: ControlChange): string[] {
  const { control, title, severity, before, after, waivedBefore, waivedAfter, reasonBefore, reasonAfter } = change;
  const was = before === undefined ? 'not asked' : word(before, waivedBefore === true);
  const is = after === undefined ? 'not asked' : word(after, waivedAfter === true);
  const moved = was === is ? `${is} as before` : `${was}, now ${is}`;
  const checks = (change.checks ?? []).map(check => {
    const figure = (value: number | undefined): string =>
      value === undefined ? '' : ` ${check.unit === undefined ? String(value) : formatNumber(value, check.unit)}`;
    const bar =
      check.requiredBefore === check.requiredAfter
        ? ''
        : ` (asked: ${check.requiredBefore ?? 'nothing'}, now ${check.requiredAfter ?? 'nothing'})`;
    return `  ${check.id}: ${state(check.before)}${figure(check.figureBefore)}, now ${state(check.after)}${figure(check.figureAfter)}${bar}`;
  });
  const reason = reasonAfter ?? reasonBefore;
  return [
    `${control} (${severity}) ${title}: ${moved}`,
    ...checks,
    ...(reason === undefined || reason === '' ? [] : [`  ${reason}`]),
  ];
}

function word(outcome: ControlOutcome, isWaived: boolean): string {
  return wordOutcome({ outcome, ...(isWaived ? { waiver: '' } : {}) });
}

function state(of: CheckState | undefined): string {
  return of ?? 'not asked';
}

/** Titles and reasons come from policies and cards: nothing in them may steer a terminal. */
function withoutControls(lines: readonly string[]): string {
  return lines.map(line => line.replace(/\p{Cc}/gu, ' ')).join('\n');
}
