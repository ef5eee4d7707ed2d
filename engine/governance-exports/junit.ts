import type { AppliedPolicy, CheckResult, ControlResult } from '../../schemas/generated/messages.ts';
import { formatPercent } from '../reports/format.ts';
import { wordOutcome } from '../governance/order.ts';
import { attributesOf, escapeXml } from '../reports/xml.ts';
import { isoTime } from './identifiers.ts';
import type { ExportSource } from './source.ts';
import {
  caution,
  describeEvidence,
  describeSource,
  describeWaiver,
  isFailure,
  plainLine,
} from '../governance/describe.ts';

/**
 * An assessment for CI systems that read JUnit's XML: a suite a policy with a test for each control it asked for first, and a suite for
 * the gate with a test for each condition. What failed is a failure; what is waived or does not apply is skipped; what was not assessed
 * is an error, for nothing shows that it holds.
 */
export function renderGovernanceJunit({ view }: ExportSource): string {
  const { record, digest } = view.scorecard;
  const waivers = new Map(record.waivers.map(waiver => [waiver.id, describeWaiver(waiver)]));
  const gate: Suite = {
    name: 'gate',
    properties: [
      ['record', record.id],
      ['record sha256', digest],
      ['score', record.score === null ? 'none' : formatPercent(record.score)],
      ['evidence coverage', formatPercent(record.coverage)],
      ['waived', String(record.waived)],
      ['approval', view.scorecard.approval.sentence],
      ['verification', view.verification.sentence],
      ['caution', caution],
    ],
    cases: record.gate.conditions.map(({ condition, policy, required, actual, outcome }) => ({
      name: policy === undefined ? condition : `${condition} (${policy})`,
      outcome: outcome === 'met' ? 'passed' : outcome === 'not-met' ? 'failure' : 'error',
      message: `required ${required}, found ${actual}`,
      lines: [],
    })),
  };
  const suites = [gate, ...record.policies.map(policy => suiteOf(policy, record.controls, waivers))];
  const named = new Set(record.policies.map(({ id }) => id));
  const others = record.controls.filter(({ policy }) => !named.has(policy));
  if (others.length > 0) suites.push({ name: 'other controls', properties: [], cases: others.map(caseOf(waivers)) });
  const { model, version } = record.subject;
  const stamp = (isoTime(record.assessedAt) ?? '').slice(0, 19);
  const head = {
    name: plainLine(`Assessment of ${model}@${version}`),
    ...countsOf(suites.flatMap(({ cases }) => cases)),
  };
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites ${attributesOf(head)} time="0">
${suites.map(suite => renderSuite(suite, stamp)).join('')}</testsuites>
`;
}

interface Case {
  readonly name: string;
  readonly outcome: 'passed' | 'failure' | 'error' | 'skipped';
  readonly message: string;
  /** Standard output of the test: what was looked at. */
  readonly lines: readonly string[];
}

interface Suite {
  readonly name: string;
  readonly file?: string | undefined;
  readonly properties: readonly (readonly [name: string, value: string])[];
  readonly cases: readonly Case[];
}

function suiteOf(
  policy: AppliedPolicy,
  controls: readonly ControlResult[],
  waivers: ReadonlyMap<string, string>,
): Suite {
  return {
    name: `${policy.id} ${policy.version}`,
    file: policy.path,
    properties: [
      ['level', policy.level],
      ['title', policy.title],
      ['sha256', policy.digest],
    ],
    cases: controls.filter(control => control.policy === policy.id).map(caseOf(waivers)),
  };
}

function caseOf(waivers: ReadonlyMap<string, string>): (control: ControlResult) => Case {
  return control => {
    const { id, title, severity, outcome, waiver, reason, remediation } = control;
    const waived = waiver === undefined ? undefined : `Waived: ${waivers.get(waiver) ?? waiver}`;
    const source = describeSource(control);
    const told = [reason, ...(isFailure(control) && remediation !== undefined ? [remediation] : [])].join(' ');
    return {
      name: `${id}: ${title}`,
      outcome: waived !== undefined && outcome !== 'compliant' ? 'skipped' : caseOutcomes[outcome],
      message: waived === undefined ? told : `${waived} ${told}`,
      lines: [
        `${severity}, ${wordOutcome(control)}: ${reason}`,
        ...(source === undefined ? [] : [`from ${source}`]),
        ...control.checks.flatMap(linesOf),
      ],
    };
  };
}

const caseOutcomes: Readonly<Record<ControlResult['outcome'], Case['outcome']>> = {
  compliant: 'passed',
  partial: 'failure',
  'non-compliant': 'failure',
  'not-assessed': 'error',
  'not-applicable': 'skipped',
};

function linesOf({ id, state, reason, evidence }: CheckResult): readonly string[] {
  return [`${id}: ${state}: ${reason}`, ...evidence.map(each => `  ${describeEvidence(each)}`)];
}

function countsOf(cases: readonly Case[]) {
  const count = (outcome: Case['outcome']): number => cases.filter(each => each.outcome === outcome).length;
  return { tests: cases.length, failures: count('failure'), errors: count('error'), skipped: count('skipped') };
}

function renderSuite({ name, file, properties, cases }: Suite, stamp: string): string {
  const attributes = {
    name: plainLine(name),
    ...countsOf(cases),
    time: '0',
    ...(stamp === '' ? {} : { timestamp: stamp }),
    ...(file === undefined ? {} : { file: plainLine(file) }),
  };
  const lines = properties.map(
    ([key, value]) => `      <property ${attributesOf({ name: key, value: plainLine(value) })}/>\n`,
  );
  const head = lines.length === 0 ? '' : `    <properties>\n${lines.join('')}    </properties>\n`;
  const body = cases.map(each => renderCase(each, name)).join('');
  return `  <testsuite ${attributesOf(attributes)}>\n${head}${body}  </testsuite>\n`;
}

function renderCase({ name, outcome, message, lines }: Case, suite: string): string {
  const open = `    <testcase ${attributesOf({ name: plainLine(name), classname: plainLine(suite), time: '0' })}`;
  const told = plainLine(message);
  const verdict =
    outcome === 'passed'
      ? ''
      : outcome === 'skipped'
        ? `      <skipped ${attributesOf({ message: told })}/>\n`
        : `      <${outcome} ${attributesOf({ message: told, type: outcome })}>${escapeXml(told)}</${outcome}>\n`;
  // Line breaks are our own: each line was made one.
  const shown = lines.map(line => escapeXml(indent(line))).join('\n');
  const output = shown === '' ? '' : `      <system-out>${shown}</system-out>\n`;
  return verdict === '' && output === '' ? `${open}/>\n` : `${open}>\n${verdict}${output}    </testcase>\n`;
}

function indent(line: string): string {
  return `${line.startsWith('  ') ? '  ' : ''}${plainLine(line)}`;
}
