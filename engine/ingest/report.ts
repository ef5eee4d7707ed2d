import type {
  IngestFinding,
  IngestReport,
  IngestStep,
  IngestVerdict,
  Ingestion,
} from '../../schemas/generated/messages.ts';
import { showUnseen } from '../../schemas/unseen.ts';
import { describePerson } from '../people/describe-person.ts';

/** The checks that a verdict rests on. */
const checks: ReadonlySet<IngestStep['name']> = new Set([
  'fetch',
  'unpack',
  'digests',
  'signature',
  'card',
  'unsafe-files',
  'formats',
]);

/** `unsafe` while one unsafe finding is not accepted. */
export function verdictOf(findings: readonly IngestFinding[]): IngestVerdict {
  if (findings.some(isRefusing)) return 'unsafe';
  return findings.some(({ severity }) => severity !== 'note') ? 'warnings' : 'clean';
}

/** Whether a finding keeps the model out. */
export function isRefusing({ severity, accepted }: IngestFinding): boolean {
  return severity === 'unsafe' && accepted === undefined;
}

/** The report of an ingestion whose checks are over: the same record always gives the same report. */
export function reportOf(ingestion: Ingestion, workbench: string): IngestReport {
  const { id, source, files = [], weightsDigest = '', signature, card, findings, startedAt, by } = ingestion;
  const verdict = ingestion.steps.find(({ name }) => name === 'verdict');
  return {
    format: 'aiwb-ingestion',
    schemaVersion: 1,
    workbench,
    id,
    source,
    verdict: verdictOf(findings),
    files,
    weightsDigest,
    signature: signature ?? { state: 'none', sentence: 'It was not looked for a signature.' },
    card: card ?? { sections: [] },
    checks: ingestion.steps.filter(({ name }) => checks.has(name)),
    findings,
    startedAt,
    scannedAt: verdict?.startedAt ?? ingestion.updatedAt,
    by,
  };
}

const signs = { unsafe: 'UNSAFE ', warning: 'warning', note: 'note   ' } as const;
const order = { unsafe: 0, warning: 1, note: 2 } as const;
const mostShown = 200;

/** The same for people. Texts of the model are shown with unseen characters spelled out. */
export function renderReport(report: IngestReport): string {
  const lines = [
    report.source.address,
    `verdict: ${report.verdict}`,
    `weights: sha256:${report.weightsDigest}`,
    '',
    ...report.checks.map(({ name, sentence, state }) => `  ${name.padEnd(13)} ${sentence ?? state}`),
  ];
  const findings = [...report.findings].sort((a, b) => order[a.severity] - order[b.severity]);
  if (findings.length > 0) lines.push('');
  for (const finding of findings.slice(0, mostShown)) lines.push(...renderFinding(finding));
  if (findings.length > mostShown) lines.push(`  … and ${String(findings.length - mostShown)} more (--json shows all)`);
  return showUnseen(lines.join('\n'));
}

function renderFinding({ id, severity, file, offset, message, remedy, rule, accepted }: IngestFinding): string[] {
  const place = file === undefined ? '' : `${file}${offset === undefined ? '' : ` at byte ${String(offset)}`}: `;
  const lines = [`  ${signs[severity]} ${place}${message} [${rule}, ${id}]`];
  if (accepted !== undefined) lines.push(`          accepted by ${describePerson(accepted.by)}: ${accepted.reason}`);
  else if (severity === 'unsafe' && remedy !== undefined) lines.push(`          ${remedy}`);
  return lines;
}
