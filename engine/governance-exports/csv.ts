import type { CheckResult, ControlResult } from '../../schemas/generated/messages.ts';
import { orderControls } from '../governance/order.ts';
import { toCsvLine } from '../reports/csv.ts';
import { isoTime, newest, oldest } from './identifiers.ts';
import type { ExportSource } from './source.ts';
import { describeEvidence, describeSource, plainLine } from '../governance/describe.ts';

const columns = [
  'model',
  'version',
  'control',
  'control_title',
  'severity',
  'policy',
  'tightened_by',
  'outcome',
  'waiver',
  'value',
  'control_reason',
  'remediation',
  'source',
  'frameworks',
  'check',
  'check_kind',
  'check_title',
  'state',
  'check_reason',
  'required',
  'actual',
  'low',
  'high',
  'confidence',
  'judged',
  'n',
  'unit',
  'slice',
  'evidence',
  'evidence_sha256',
  'collected_at',
  'expires_at',
  'record_sha256',
] as const;

/** An assessment as CSV (RFC 4180): a row for each check, failures first, and one for a control that has none. */
export function renderCsv({ view }: ExportSource): string {
  const { record, digest } = view.scorecard;
  const rows = orderControls(record.controls).flatMap(control => {
    const checks: readonly (CheckResult | undefined)[] = control.checks.length === 0 ? [undefined] : control.checks;
    return checks.map(check => ({
      model: record.subject.model,
      version: record.subject.version,
      ...ofControl(control),
      ...(check === undefined ? {} : ofCheck(check)),
      record_sha256: digest,
    }));
  });
  const line = (row: Readonly<Partial<Record<(typeof columns)[number], string | number | null | undefined>>>): string =>
    toCsvLine(
      columns.map(column => {
        const value = row[column];
        return typeof value === 'string' ? plainLine(value) : value;
      }),
    );
  return [toCsvLine(columns), ...rows.map(line)].map(text => `${text}\r\n`).join('');
}

function ofControl(control: ControlResult) {
  return {
    control: control.id,
    control_title: control.title,
    severity: control.severity,
    policy: control.policy,
    tightened_by: (control.tightenedBy ?? []).join(' '),
    outcome: control.outcome,
    waiver: control.waiver,
    value: control.value,
    control_reason: control.reason,
    remediation: control.remediation,
    source: describeSource(control),
    frameworks: control.mappings
      .map(({ framework, version, id, relation }) => `${relation} ${framework} ${version} ${id}`)
      .join('; '),
  };
}

function ofCheck(check: CheckResult) {
  const { evidence } = check;
  const latest = newest(evidence.map(({ collectedAt }) => collectedAt));
  return {
    check: check.id,
    check_kind: check.kind,
    check_title: check.title,
    state: check.state,
    check_reason: check.reason,
    required: check.required,
    actual: check.actual,
    low: check.low,
    high: check.high,
    confidence: check.confidence,
    judged: check.judged,
    n: check.n,
    unit: check.unit,
    slice: check.slice,
    evidence: evidence.map(describeEvidence).join('; '),
    evidence_sha256: evidence.flatMap(({ digest }) => digest ?? []).join(' '),
    collected_at: isoTime(latest),
    expires_at: isoTime(oldest(evidence.map(({ expiresAt }) => expiresAt))),
  };
}
