import type { ScanCheck } from '../../schemas/generated/files.ts';
import type { ScanReport } from '../../schemas/generated/messages.ts';
import { validateScanReport } from '../../schemas/generated/validators.js';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { figureAt } from '../base/json-pointer.ts';
import type { ScanEvidence } from './checks/scan.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import type { Subject } from './subject.ts';

type Ports = Pick<GovernancePorts, 'store' | 'digest'>;

/** Bytes of a JSON file whose figures are looked up again at every assessment, at most. */
export const largestFigures = 16 * 2 ** 20;

/**
 * The scanners' reports about a version, newest first. One that was changed stays in its place, as a fault. The figures of JSON files that
 * `checks` point at are looked up in the file as it was kept.
 */
export async function collectScans(
  { version }: Subject,
  ports: Ports,
  checks: readonly ScanCheck[],
): Promise<readonly ScanEvidence[]> {
  if (checks.length === 0) return [];
  const { store, digest } = ports;
  const records = await store.ledger.list({ kind: 'scan', model: version.model, version: version.version });
  const pointers = new Set(checks.flatMap(({ source, select }) => (source === 'json' ? (select?.pointer ?? []) : [])));
  const found: ScanEvidence[] = [];
  for (const record of records) {
    try {
      const scan = readPayload(record, validateScanReport, digest);
      found.push(
        scan.source === 'json' && pointers.size > 0
          ? await lookUp(scan, record.digest, pointers, ports)
          : { scan, digest: record.digest },
      );
    } catch (error) {
      found.push({ fault: toWorkbenchError(error).message });
    }
  }
  return found;
}

async function lookUp(
  scan: ScanReport,
  recordDigest: string,
  pointers: ReadonlySet<string>,
  { store, digest }: Ports,
): Promise<ScanEvidence> {
  try {
    const bytes = await store.blobs.read(scan.digest);
    if (bytes.length > largestFigures || digest.sha256(bytes) !== scan.digest)
      return { source: 'json', fault: `The stored report ${scan.name} is not the one that was added.` };
    const document: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    const groups = [...pointers].flatMap(pointer => {
      const at = figureAt(document, pointer);
      return 'fault' in at ? [] : [{ pointer, value: at.figure, attempts: 0, hits: 0 }];
    });
    return { scan: { ...scan, groups }, digest: recordDigest };
  } catch (error) {
    if (error instanceof WorkbenchError) return { source: 'json', fault: error.message };
    if (error instanceof SyntaxError || error instanceof TypeError)
      return { source: 'json', fault: `The stored report ${scan.name} can no longer be read as JSON.` };
    throw error;
  }
}
