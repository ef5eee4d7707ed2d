import type { ScanCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, Evidence, ScanReport, ScanSource } from '../../../schemas/generated/messages.ts';
import { nameOfVersion } from '../../base/version-name.ts';
import { describeDate } from '../../base/dates.ts';
import { formatNumber } from '../../reports/format.ts';
import type { Subject } from '../subject.ts';
import { matchesWildcard } from '../wildcard.ts';
import { asksForMore, boundWord, holds, judgesPoint, missedOperators, operators } from './bar.ts';
import { conclude, evidenceTimes, expiryOf } from './check.ts';
import { measureScan, nameSelection, scanConfidence, type ScanFigure, type ScanOutcome } from './scan-figures.ts';

/** A scan of the ledger with its record's digest, or what kept it from being read; its source where that is known. */
export type ScanEvidence =
  { readonly scan: ScanReport; readonly digest: string } | { readonly fault: string; readonly source?: ScanSource };

/**
 * A figure of the newest fitting report held against the policy's bar: of the reports of the source and the tool, about these very weights,
 * the one collected last that has what the check selects. `scans` are those of the version, newest first.
 */
export function checkScan(
  check: ScanCheck,
  subject: Subject,
  scans: readonly ScanEvidence[],
  now: number,
): CheckResult {
  const ofSource = scans.filter(
    each => ('fault' in each ? (each.source ?? check.source) : each.scan.source) === check.source,
  );
  const faulty = ofSource.find(each => 'fault' in each);
  // What cannot be read may be the newest, and may be anything.
  if (faulty !== undefined) return conclude(check, 'error', faulty.fault);
  const { tool } = check.select ?? {};
  const fitting = ofSource
    .flatMap(each => ('scan' in each ? [each] : []))
    .filter(({ scan }) => tool === undefined || scan.tool.split(', ').some(one => matchesWildcard(one, tool)))
    .sort((a, b) => b.scan.collectedAt - a.scan.collectedAt);
  const own = fitting.filter(({ scan }) => scan.weightsDigest === subject.version.weightsDigest);
  const measured = own.map(each => ({ ...each, outcome: measureScan(check, each.scan) }));
  const [newest] = measured;
  if (newest === undefined) return conclude(check, 'missing', wordMissing(check, subject, fitting.length));
  const chosen = measured.find(({ outcome }) => !('fault' in outcome && outcome.state === 'missing')) ?? newest;
  return judge(check, chosen, own.length, now);
}

function wordMissing({ source, select }: ScanCheck, { version }: Subject, ofOthers: number): string {
  const name = nameOfVersion(version);
  const what = `report of ${select?.tool ?? source}`;
  const none =
    ofOthers === 0
      ? `No ${what} about ${name} is here.`
      : `Every ${what} here is about other weights than ${name} has.`;
  return `${none} Add one: \`aiwb evidence add ${name} FILE --source ${source}\`.`;
}

interface Chosen {
  readonly scan: ScanReport;
  readonly digest: string;
  readonly outcome: ScanOutcome;
}

function judge(check: ScanCheck, { scan, digest, outcome }: Chosen, reports: number, now: number): CheckResult {
  const expiresAt = expiryOf(scan.collectedAt, check.freshness);
  const evidence = describeEvidence(scan, digest, expiresAt, 'fault' in outcome ? [] : outcome.samples);
  if ('fault' in outcome)
    return conclude(check, outcome.state, `${nameReport(scan)}: ${outcome.fault}`, { evidence: [evidence] });
  const details = { ...describe(check, outcome), evidence: [evidence] };
  if (scan.collectedAt > now) {
    const reason = `${nameReport(scan)} is from ${describeDate(scan.collectedAt)}, which lies ahead.`;
    return conclude(check, 'error', reason, details);
  }
  if (expiresAt !== undefined && now > expiresAt) {
    const reason = `${nameReport(scan)} is from ${describeDate(scan.collectedAt)} and counted until ${describeDate(expiresAt)}. Scan again.`;
    return conclude(check, 'stale', reason, details);
  }
  const review = askForReview(check, scan, outcome);
  if (review !== undefined) return conclude(check, 'needs-review', review, details);
  const judged = judgedFigure(check, outcome);
  const passed = holds(check.assert, judged);
  const reason = word(check, scan, outcome, judged, passed, reports);
  return conclude(check, passed ? 'pass' : 'fail', reason, { ...details, judged });
}

/** Why the figure alone decides nothing. */
function askForReview(
  { assert }: ScanCheck,
  scan: ScanReport,
  { attempts, label, unit, actual }: ScanFigure,
): string | undefined {
  if (scan.doubt !== undefined)
    return `${nameReport(scan)}: ${scan.doubt} ${label} so far: ${formatNumber(actual, unit)}.`;
  const { minSamples } = assert;
  if (minSamples === undefined) return undefined;
  if (attempts === undefined)
    return `The policy asks for ${String(minSamples)} attempts, and ${scan.tool} counts none.`;
  if (attempts >= minSamples) return undefined;
  return `${String(attempts)} attempts were judged; the policy asks for ${String(minSamples)}.`;
}

/** Of what is counted and has no interval, the count is judged. */
function judgedFigure({ assert }: ScanCheck, { point, low, high }: ScanFigure): number {
  if (judgesPoint(assert)) return point;
  return (asksForMore(assert) ? low : high) ?? point;
}

function describe({ assert }: ScanCheck, { actual, low, high, attempts, unit }: ScanFigure): Partial<CheckResult> {
  const isMeasured = judgesPoint(assert) || low === undefined;
  return {
    required: `${operators[assert.op]} ${formatNumber(assert.value, unit)} (${isMeasured ? 'measured' : boundWord(assert)})`,
    target: assert.value,
    op: assert.op,
    actual,
    ...(low === undefined ? {} : { low }),
    ...(high === undefined ? {} : { high }),
    ...(low === undefined ? {} : { confidence: scanConfidence }),
    ...(attempts === undefined ? {} : { n: attempts }),
    unit,
  };
}

function describeEvidence(
  scan: ScanReport,
  digest: string,
  expiresAt: number | undefined,
  samples: readonly string[],
): Evidence {
  return {
    kind: 'scan',
    title: `Scan ${scan.name}`,
    digest,
    ...evidenceTimes(scan.collectedAt, expiresAt),
    tool: scan.tool,
    by: scan.addedBy,
    ...(scan.target === undefined ? {} : { model: scan.target }),
    ...(samples.length === 0 ? {} : { quote: samples.join('\n') }),
  };
}

function nameReport({ name, tool }: ScanReport): string {
  return `${tool}'s ${name}`;
}

function word(
  check: ScanCheck,
  scan: ScanReport,
  figure: ScanFigure,
  judged: number,
  passed: boolean,
  reports: number,
): string {
  const { assert } = check;
  const number = (value: number): string => formatNumber(value, figure.unit);
  const interval =
    figure.low === undefined || figure.high === undefined ? '' : ` (${number(figure.low)} to ${number(figure.high)})`;
  const of =
    figure.attempts === undefined ? '' : ` of ${String(figure.attempts)} attempts with ${nameSelection(check)}`;
  const subject = judgesPoint(assert) || figure.low === undefined ? 'it' : `its ${boundWord(assert)} ${number(judged)}`;
  const verdict = `${subject} is ${(passed ? operators : missedOperators)[assert.op]} ${number(assert.value)}`;
  const about = scan.target === undefined ? '' : describeTarget(scan);
  const newest = reports > 1 ? ` The newest fitting of ${String(reports)} reports.` : '';
  const caution = figure.caution === undefined ? '' : ` ${figure.caution}`;
  return `${figure.label}${of} is ${number(figure.actual)}${interval}: ${verdict}.${about}${caution}${newest}`;
}

/** The report may be of another model than is thought: whose word it is stands beside the result. */
function describeTarget({ target, confirmed, addedBy }: ScanReport): string {
  if (confirmed !== true) return '';
  return ` The report is about “${target ?? ''}”, which is this version by the word of ${addedBy.email}.`;
}
