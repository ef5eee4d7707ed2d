import type { Attestation } from '../../schemas/generated/messages.ts';
import { validateAttestation, validateAttestationWithdrawal } from '../../schemas/generated/validators.js';
import { toWorkbenchError } from '../base/errors.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { provePerson } from '../signing/proven.ts';
import { readPeople } from '../workspace/people.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import { countsIn, type People } from '../people/roles.ts';

/** An attestation of the ledger with its record's digest, or what kept the record from being read. */
export type AttestationEvidence =
  | {
      readonly attestation: Attestation;
      readonly digest: string;
      /** The workspace lists who may act in its role: not this person, now or then. */
      readonly unlisted?: true;
    }
  | { readonly fault: string };

type ReadPorts = Pick<GovernancePorts, 'store' | 'digest' | 'signing'>;

/**
 * A version's attestations by control, newest first, without those that were taken back: the one place that leaves them out. One that was
 * changed stays in its place, as a fault. Throws `record-tampered` for a withdrawal that was changed: it might be of any of them.
 */
export async function readAttestations(
  of: { readonly model: string; readonly version: string },
  ports: ReadPorts,
  people: People,
): Promise<ReadonlyMap<string, readonly AttestationEvidence[]>> {
  const { store } = ports;
  const { model, version } = of;
  const withdrawn = await readWithdrawn(of, ports);
  const found = new Map<string, AttestationEvidence[]>();
  for (const record of await store.ledger.list({ kind: 'attestation', model, version, limit: mostAttestations })) {
    if (withdrawn.has(record.digest)) continue;
    const control = controlOf(record.payload);
    const list = found.get(control) ?? [];
    found.set(control, list);
    list.push(readOne(record, ports, people));
  }
  return found;
}

/** A version's attestations that can be read and were not taken back, newest first. Throws `registry-not-found`, `record-tampered`. */
export async function listAttestations(
  { model, version, folder }: { readonly model: string; readonly version: string | undefined; readonly folder: string },
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<readonly Attestation[]> {
  const found = await ports.store.registry.getVersion(model, version, signal);
  const read = await readAttestations(found, ports, await readPeople(folder, ports, signal));
  return [...read.values()]
    .flat()
    .flatMap(each => ('attestation' in each ? [each.attestation] : []))
    .sort((a, b) => b.at - a.at);
}

/** Far more than a version will ever have; a bound all the same. */
const mostAttestations = 100_000;

/** Digests of the attestations of a version that were taken back, also by a withdrawal that was erased since. Throws `record-tampered`. */
export async function readWithdrawn(
  { model, version }: { readonly model: string; readonly version: string },
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<ReadonlySet<string>> {
  const records = await store.ledger.list({ kind: 'attestation-withdrawal', model, version, limit: mostAttestations });
  return new Set(
    records.map(record =>
      record.payload === null && record.takesBack !== undefined
        ? record.takesBack
        : readPayload(record, validateAttestationWithdrawal, digest).attestationDigest,
    ),
  );
}

function readOne(record: LedgerRecord, { digest, signing }: ReadPorts, people: People): AttestationEvidence {
  try {
    const read: Attestation = readPayload(record, validateAttestation, digest);
    const by = provePerson(read.by, record, { signers: people.signers, digest, signing });
    const unlisted = !countsIn(read.role, read, people);
    return { attestation: { ...read, by }, digest: record.digest, ...(unlisted ? { unlisted: true } : {}) };
  } catch (error) {
    return { fault: toWorkbenchError(error).message };
  }
}

function controlOf(payload: unknown): string {
  const control = (payload as { readonly control?: unknown } | null | undefined)?.control;
  return typeof control === 'string' ? control : '';
}
