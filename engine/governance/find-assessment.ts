import { validateAssessmentRecord } from '../../schemas/generated/validators.js';
import type { RecordWithDigest } from '../../schemas/compare-scorecards.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { isRunSubject } from './run-subject.ts';

type FindPorts = Pick<GovernancePorts, 'store' | 'digest'>;

/** An assessment with its place in the ledger. */
export interface FoundAssessment extends RecordWithDigest {
  readonly sequence: number;
}

/**
 * The assessment a reader means: by its id or the beginning of it, as the newest of a version (`MODEL@V`, `MODEL@ALIAS`), or as the newest of a
 * version by the end of a day (`MODEL@V:2026-10-01`, UTC). Throws `record-not-found`, `registry-not-found`, `usage` for a day that there
 * is not, and `record-tampered`.
 */
export async function findAssessment(
  reference: string,
  ports: FindPorts,
  signal: AbortSignal,
): Promise<FoundAssessment> {
  const record = reference.includes('@')
    ? await findOfVersion(reference, ports, signal)
    : requireAssessment(await ports.store.ledger.get(reference));
  return {
    record: readPayload(record, validateAssessmentRecord, ports.digest),
    digest: record.digest,
    sequence: record.sequence,
  };
}

/** Throws `record-not-found` for a record of another kind. */
export function requireAssessment(record: LedgerRecord): LedgerRecord {
  if (record.kind === 'assessment') return record;
  throw new WorkbenchError(
    'record-not-found',
    `${record.id} is no assessment but the ${record.kind} of ${record.model}.`,
    { remedy: '`aiwb assessments list` names the assessments there are.' },
  );
}

async function findOfVersion(reference: string, { store }: FindPorts, signal: AbortSignal): Promise<LedgerRecord> {
  const { name, version: asked, day } = readReference(reference);
  const { model, version } = isRunSubject(name)
    ? { model: name, version: asked }
    : await store.registry.getVersion(name, asked, signal);
  const records = await store.ledger.list({ kind: 'assessment', model, version, limit: mostLookedAt });
  const end = day === undefined ? Infinity : endOfDay(day);
  const found = records.find(({ at }) => at <= end);
  if (found !== undefined) return found;
  const when = day === undefined ? '' : ` by ${day}`;
  throw new WorkbenchError('record-not-found', `${model}@${version} had not been assessed${when}.`, {
    remedy: `\`aiwb assessments list ${model}\` names its assessments; \`aiwb assess ${model}@${version} --policy FILE\` makes one.`,
  });
}

/** Assessments of a version that are gone through for a day. */
const mostLookedAt = 1_000;

function readReference(reference: string) {
  const at = reference.lastIndexOf('@');
  const name = reference.slice(0, at);
  const [, version, day] = /^([^:]+)(?::(.+))?$/.exec(reference.slice(at + 1)) ?? [];
  if (name !== '' && version !== undefined) return { name, version, day };
  throw new WorkbenchError('usage', `"${reference}" names no assessment.`, { remedy });
}

const remedy = 'Give its id, or write MODEL@VERSION, or MODEL@VERSION:2026-10-01 for the newest of that day.';

/** The last millisecond of a day, UTC. */
function endOfDay(day: string): number {
  const start = /^\d{4}-\d{2}-\d{2}$/.test(day) ? Date.parse(`${day}T00:00:00.000Z`) : Number.NaN;
  // Some days exist only on paper: 31 February is read as a day of March.
  if (!Number.isNaN(start) && new Date(start).toISOString().startsWith(day)) return start + 86_400_000 - 1;
  throw new WorkbenchError('usage', `"${day}" is no date.`, { remedy });
}
