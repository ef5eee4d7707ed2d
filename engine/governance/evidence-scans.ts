import { validateScanReport } from '../../schemas/generated/validators.js';
import { toWorkbenchError } from '../base/errors.ts';
import type { ScanEvidence } from './checks/scan.ts';
import type { GovernancePorts } from './ports.ts';
import { readPayload } from './records.ts';
import type { Subject } from './subject.ts';

/** The scanners' reports about a version, newest first. One that was changed stays in its place, as a fault. */
export async function collectScans(
  { version }: Subject,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<readonly ScanEvidence[]> {
  const records = await store.ledger.list({ kind: 'scan', model: version.model, version: version.version });
  return records.map((record): ScanEvidence => {
    try {
      return { scan: readPayload(record, validateScanReport, digest), digest: record.digest };
    } catch (error) {
      return { fault: toWorkbenchError(error).message };
    }
  });
}
