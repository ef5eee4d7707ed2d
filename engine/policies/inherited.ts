import type { Applicability, Check, Control } from '../../schemas/generated/files.ts';
import type { FrameworkMapping } from '../../schemas/generated/messages.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { findLoosenings, meetChecks, tightenCheck } from './check-rules.ts';
import { describePlace, type ReportBreach, type Statement } from './places.ts';
import type { CompleteControl } from './policy-set.ts';
import { rankOfSeverity } from './ranks.ts';

/** A check with the policy that last restated it. */
interface StatedCheck {
  readonly check: Check;
  readonly stated: Statement;
}

/** A control as a policy and all it extends state it. */
export interface StatedControl {
  readonly control: CompleteControl;
  readonly checks: ReadonlyMap<string, StatedCheck>;
  /** Where it was first asked for. */
  readonly origin: Statement;
  readonly severityStated: Statement;
  readonly tightenedBy: readonly string[];
  readonly appliesTo: readonly Applicability[];
  readonly mappings: readonly FrameworkMapping[];
}

/** Adds a new control; absent when it lacks something. */
export function stateControl(
  control: Control,
  stated: Statement,
  mappings: readonly FrameworkMapping[],
  report: ReportBreach,
): StatedControl | undefined {
  const { title, severity, checks } = control;
  if (title === undefined || severity === undefined || checks === undefined || checks.length === 0) {
    const missing = [
      ...(title === undefined ? ['`title`'] : []),
      ...(severity === undefined ? ['`severity`'] : []),
      ...(checks === undefined || checks.length === 0 ? ['`checks`'] : []),
    ];
    const list = missing.length === 1 ? missing[0] : `${missing.slice(0, -1).join(', ')} and ${missing.at(-1) ?? ''}`;
    const message = `\`${control.id}\` lacks ${list ?? ''}. Only a control that makes an inherited one stricter may leave that out, and no policy that is extended has a control \`${control.id}\`.`;
    report('incomplete-control', [...stated.path, 'id'], message);
    return undefined;
  }
  const policyRule = stated.document.policy.appliesTo;
  return {
    control: { ...control, title, severity, checks },
    checks: new Map(checks.map((check, index) => [check.id, { check, stated: placeOfCheck(stated, index) }])),
    origin: stated,
    severityStated: stated,
    tightenedBy: [],
    appliesTo: [policyRule, control.appliesTo].filter(rule => rule !== undefined),
    mappings,
  };
}

/** What counts of an inherited control once a child policy has restated it. Whatever is less strict is reported. */
export function tightenControl(
  inherited: StatedControl,
  child: Control,
  stated: Statement,
  mappings: readonly FrameworkMapping[],
  report: ReportBreach,
): StatedControl {
  const severity = tightenSeverity(inherited, child, stated, report);
  checkApplicability(inherited, child, stated, report);
  const checks = new Map(inherited.checks);
  (child.checks ?? []).forEach((check, index) => {
    const known = inherited.checks.get(check.id);
    const here = placeOfCheck(stated, index);
    if (known === undefined) {
      checks.set(check.id, { check, stated: here });
      return;
    }
    const loosenings = findLoosenings(known.check, check);
    for (const { path, actual, wanted, replacement } of loosenings) {
      reportLoosened([...here.path, ...path], actual, known.stated, wanted, replacement, report);
    }
    if (loosenings.length === 0) checks.set(check.id, { check: tightenCheck(known.check, check), stated: here });
  });
  const isOwnWording = { title: child.title, description: child.description, remediation: child.remediation };
  const wording = Object.fromEntries(Object.entries(isOwnWording).filter(([, text]) => text !== undefined));
  const known = inherited.control;
  const counting = [...checks.values()].map(({ check }) => check);
  const isStricter = severity !== known.severity || JSON.stringify(counting) !== JSON.stringify(known.checks);
  return {
    ...inherited,
    control: {
      ...known,
      ...wording,
      severity,
      mappings: [...(known.mappings ?? []), ...(child.mappings ?? [])],
      checks: counting,
    },
    checks,
    severityStated: severity === known.severity ? inherited.severityStated : stated,
    tightenedBy: isStricter ? [...inherited.tightenedBy, stated.document.policy.id] : inherited.tightenedBy,
    mappings: joinMappings(inherited.mappings, mappings),
  };
}

function tightenSeverity(
  inherited: StatedControl,
  child: Control,
  stated: Statement,
  report: ReportBreach,
): CompleteControl['severity'] {
  const known = inherited.control.severity;
  const own = child.severity;
  if (own === undefined || rankOfSeverity(own) >= rankOfSeverity(known)) return own ?? known;
  reportLoosened([...stated.path, 'severity'], `\`${own}\``, inherited.severityStated, `\`${known}\``, known, report);
  return known;
}

/** Another condition could leave versions out that the inherited rule is for. */
function checkApplicability(
  { control, origin }: StatedControl,
  child: Control,
  stated: Statement,
  report: ReportBreach,
): void {
  if (child.appliesTo === undefined || JSON.stringify(child.appliesTo) === JSON.stringify(control.appliesTo)) return;
  const message = `\`${control.id}\` is inherited from ${describePlace(origin)} and applies where it says: leave \`appliesTo\` out. What only some models need is a control of its own.`;
  const related = [{ ...origin, message: `\`${control.id}\` is first asked for here.` }];
  report('loosened-rule', [...stated.path, 'appliesTo'], message, { part: 'key', related });
}

export function reportLoosened(
  path: DocumentPath,
  actual: string,
  inherited: Statement,
  wanted: string,
  replacement: string | undefined,
  report: ReportBreach,
): void {
  const field = typeof path.at(-1) === 'string' ? String(path.at(-1)) : 'this';
  const message = `\`${field}\` is ${actual}, and ${describePlace(inherited)} asks for ${wanted}. An inherited rule may be made stricter, never looser.`;
  const related = [{ ...inherited, message: `\`${inherited.document.policy.id}\` asks for ${wanted} here.` }];
  report('loosened-rule', path, message, { replacement, related });
}

/**
 * One control that reaches a policy on two ways, each perhaps made stricter on its way: what satisfies both. Answers with the id of
 * a check that cannot satisfy both.
 */
export function meetControls(
  first: StatedControl,
  second: StatedControl,
): StatedControl | { readonly conflict: string } {
  if (first === second) return first;
  const checks = new Map(first.checks);
  for (const [id, other] of second.checks) {
    const known = checks.get(id);
    const met = known === undefined ? other.check : meetChecks(known.check, other.check);
    if (met === undefined) return { conflict: id };
    checks.set(id, { check: met, stated: known !== undefined && met === known.check ? known.stated : other.stated });
  }
  const [milder, stricter] =
    rankOfSeverity(first.control.severity) > rankOfSeverity(second.control.severity)
      ? [second, first]
      : [first, second];
  return {
    control: {
      ...milder.control,
      ...stricter.control,
      mappings: [...(first.control.mappings ?? []), ...(second.control.mappings ?? [])].filter(isFirst),
      checks: [...checks.values()].map(({ check }) => check),
    },
    checks,
    origin: first.origin,
    severityStated: stricter.severityStated,
    tightenedBy: [...new Set([...first.tightenedBy, ...second.tightenedBy])],
    appliesTo: first.appliesTo,
    mappings: joinMappings(first.mappings, second.mappings),
  };
}

function isFirst(
  mapping: { framework: string; id: string },
  index: number,
  all: readonly { framework: string; id: string }[],
): boolean {
  return all.findIndex(other => other.framework === mapping.framework && other.id === mapping.id) === index;
}

function joinMappings(
  first: readonly FrameworkMapping[],
  second: readonly FrameworkMapping[],
): readonly FrameworkMapping[] {
  const added = second.filter(
    mapping =>
      !first.some(
        other => other.framework === mapping.framework && other.version === mapping.version && other.id === mapping.id,
      ),
  );
  return [...first, ...added];
}

export function placeOfCheck({ document, path }: Statement, index: number): Statement {
  return { document, path: [...path, 'checks', index] };
}
