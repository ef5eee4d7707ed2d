import type { NewLedgerRecord } from '../../engine/ports/ledger.ts';
import type { NewLocalVersion } from '../../engine/ports/registry.ts';
import type { Artifact, Identity } from '../../schemas/generated/messages.ts';

export const ada: Identity = { name: 'Ada', email: 'ada@example.com', assurance: 'self-asserted' };
export const grace: Identity = { name: 'Grace', email: 'grace@example.com', assurance: 'self-asserted' };

/** A version as small as it can be, for tests of the store. */
export function makeVersion(changes: Partial<NewLocalVersion> = {}): NewLocalVersion {
  const weightsDigest = changes.weightsDigest ?? 'a'.repeat(64);
  return {
    model: 'ticket-triage',
    author: ada,
    weightsDigest,
    modelDigest: `model of ${weightsDigest}`,
    lineage: { runId: 'run-1', datasets: [], prompts: [] },
    artifacts: [],
    ...changes,
  };
}

export function makeParameter(name: string, value: number, runId = 'run-1'): Artifact {
  return { artifactType: 'parameter', name, value, runId };
}

export function makeRecord(id: string, changes: Partial<NewLedgerRecord> = {}): NewLedgerRecord {
  return {
    id,
    kind: 'attestation',
    model: 'ticket-triage',
    version: '1',
    at: 1,
    actor: ada,
    payload: { id },
    ...changes,
  };
}
