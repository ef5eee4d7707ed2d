import type { ScanCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, ScanReport } from '../../../schemas/generated/messages.ts';
import type { Subject } from '../subject.ts';
import { nameOfVersion } from '../../promotion/version.ts';
import { conclude } from './check.ts';

/** A scan of the ledger with its record's digest, or what kept the record from being read. */
export type ScanEvidence = { readonly scan: ScanReport; readonly digest: string } | { readonly fault: string };

/** A figure of the newest fitting report held against the policy's bar. `scans` are those of the version, newest first. */
export function checkScan(
  check: ScanCheck,
  subject: Subject,
  scans: readonly ScanEvidence[],
  _now: number,
): CheckResult {
  const found = scans.filter(each => 'fault' in each || each.scan.source === check.source);
  const [first] = found;
  if (first !== undefined && 'fault' in first) return conclude(check, 'error', first.fault);
  const name = nameOfVersion(subject.version);
  return conclude(check, 'missing', `No report of ${check.source} about ${name} is here.`);
}
