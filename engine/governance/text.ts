import type {
  AssessmentRecord,
  ControlResult,
  GateCheck,
  ScorecardView,
  Waiver,
} from '../../schemas/generated/messages.ts';
import { showPlain } from '../reports/shown-text.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';
import { escapeMarkdown, renderMarkdownTable, renderTable, type Cell } from '../reports/table.ts';
import { caution, describeSource, describeWaiver, isFailure } from './describe.ts';
import { formatPercent } from '../reports/format.ts';
import { orderControls, wordOutcome } from './order.ts';

const verdicts = {
  passed: 'gate passed',
  failed: 'gate NOT passed',
  'not-computed': 'gate not computed',
} as const;

const conditionWords = { met: 'met', 'not-met': 'NOT met', 'not-computed': 'not computed' } as const;

interface Table {
  readonly header: readonly Cell[];
  readonly rows: readonly (readonly Cell[])[];
}

/** What every rendering of an assessment is made of. */
export interface AssessmentParts {
  readonly headline: string;
  readonly sentence: string;
  readonly numbers: string;
  readonly conditions: Table;
  /** Failures first. */
  readonly controls: Table;
  /** What is open, each with its reason and what to do. */
  readonly open: readonly string[];
  readonly footer: readonly string[];
  readonly caution: string;
}

export function partsOf(view: ScorecardView): AssessmentParts {
  const { record } = view.scorecard;
  return {
    headline: headline(record),
    sentence: record.gate.sentence,
    numbers: numbers(record),
    conditions: { header: conditionHeader, rows: record.gate.conditions.map(conditionRow) },
    controls: { header: controlHeader, rows: orderControls(record.controls).map(controlRow) },
    open: openControls(record).map(control =>
      describeOpen(control, record.waivers)
        .map(line => line.trim())
        .join(' '),
    ),
    footer: footer(view),
    caution,
  };
}

/** An assessment for a terminal: verdict, the three numbers, the gate's conditions, controls with failures first and what to do. */
export function renderAssessmentText(view: ScorecardView, width = Infinity): string {
  const { record } = view.scorecard;
  const parts = partsOf(view);
  const conditions = renderTable(parts.conditions.header, parts.conditions.rows, { width, shortened: ['Condition'] });
  const controls = renderTable(parts.controls.header, parts.controls.rows, { width, shortened: ['Title'] });
  const lines = [parts.headline, parts.sentence, '', parts.numbers, '', ...conditions, '', ...controls];
  const open = openControls(record);
  if (open.length > 0) lines.push('', ...open.flatMap(control => describeOpen(control, record.waivers)));
  lines.push('', ...parts.footer, caution);
  // Titles and reasons come from policies and cards: nothing in them may steer a terminal or turn a line around.
  return lines.map(line => showPlain(line).replace(/\p{Cc}/gu, ' ')).join('\n');
}

/** The same as Markdown, for notebooks and code hosts. */
export function renderAssessmentMarkdown(view: ScorecardView): string {
  const { headline, sentence, numbers, controls, conditions, open, footer } = partsOf(view);
  const lines = [
    `**${escapeMarkdown(headline)}** — ${escapeMarkdown(sentence)}`,
    '',
    escapeMarkdown(numbers),
    '',
    ...renderMarkdownTable(controls.header, controls.rows),
    '',
    ...renderMarkdownTable(conditions.header, conditions.rows),
  ];
  if (open.length > 0) lines.push('', ...open.map(item => `- ${escapeMarkdown(item)}`));
  lines.push('', ...footer.map(item => `- ${escapeMarkdown(item)}`), '', caution);
  return `${lines.map(showPlain).join('\n')}\n`;
}

function headline({ subject, gate }: AssessmentRecord): string {
  return `${subject.model}@${subject.version}: ${verdicts[gate.outcome]}`;
}

/** Never one of them alone: a high score over little evidence says little. */
function numbers({ score, coverage, waived }: AssessmentRecord): string {
  const shown = score === null ? 'none' : `${formatPercent(score)} of 100`;
  return `Score ${shown}; evidence coverage ${formatPercent(coverage)} %; waived controls ${String(waived)}`;
}

const conditionHeader: readonly Cell[] = ['Condition', 'Required', 'Actual', 'Outcome', 'Policy'].map(text => ({
  text,
}));

function conditionRow({ condition, required, actual, outcome, policy }: GateCheck): readonly Cell[] {
  return [condition, required, actual, conditionWords[outcome], policy ?? 'always'].map(text => ({ text }));
}

const controlHeader: readonly Cell[] = ['Control', 'Title', 'Severity', 'Outcome', 'Policy'].map(text => ({ text }));

function controlRow(control: ControlResult): readonly Cell[] {
  const { id, title, severity, policy, tightenedBy = [] } = control;
  const source = [policy, ...tightenedBy.map(each => `stricter by ${each}`)].join(', ');
  return [id, title, severity, wordOutcome(control), source].map(text => ({ text }));
}

function openControls({ controls }: AssessmentRecord): readonly ControlResult[] {
  return orderControls(controls).filter(({ outcome }) => outcome !== 'compliant' && outcome !== 'not-applicable');
}

/**
 * What is open about a control, and what to do. The policy's remedy is for what failed; where evidence is missing, the reason says how to
 * get it. A waiver is told with its end, and the words that the control comes from with their place.
 */
function describeOpen(control: ControlResult, waivers: readonly Waiver[]): string[] {
  const { id, reason, remediation, waiver: waiverId } = control;
  const waiver = waivers.find(each => each.id === waiverId);
  const source = describeSource(control);
  return [
    `${id}: ${reason}`,
    ...(isFailure(control) && remediation !== undefined ? [`  ${remediation}`] : []),
    ...(waiver === undefined ? [] : [`  Waived: ${describeWaiver(waiver)}`]),
    ...(source === undefined ? [] : [`  From ${source}`]),
  ];
}

function footer({ scorecard: { record, digest, approval }, verification }: ScorecardView): string[] {
  const { assessedAt, assessor, validUntil, policies } = record;
  const until = validUntil === undefined ? '' : `, valid until ${describeDate(validUntil)}`;
  return [
    `Policies: ${policies.map(({ id, version }) => `${id} ${version}`).join(', ')}`,
    `Assessed on ${describeDate(assessedAt)} by ${describePerson(assessor)}${until}`,
    `Approval: ${approval.sentence}`,
    `Record ${record.id}, digest ${digest}. ${verification.sentence}`,
  ];
}
