import type {
  Attestation,
  AttestationList,
  DueList,
  EndWaiver,
  ListDue,
  ModelVersionReference,
  Waiver,
  WithdrawAttestation,
} from '../../schemas/generated/messages.ts';
import { listAttestations } from '../../engine/promotion/attestations.ts';
import { listDue, usualHorizon } from '../../engine/governance/due.ts';
import { endWaiver } from '../../engine/promotion/waivers.ts';
import { withdrawAttestation } from '../../engine/promotion/withdraw.ts';
import { createGovernancePorts } from '../composition.ts';
import { memoryOf } from './assessment-methods.ts';
import type { Session } from './session.ts';

export async function getDue(
  { model }: ListDue,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<DueList> {
  const request = { folder, within: usualHorizon, ...(model === undefined ? {} : { model }) };
  return { items: [...(await listDue(request, createGovernancePorts(host, store), signal, memoryOf(store, host)))] };
}

export async function getAttestations(
  { model, version }: ModelVersionReference,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<AttestationList> {
  const ports = createGovernancePorts(host, store);
  return { attestations: [...(await listAttestations({ model, version, folder }, ports, signal))] };
}

export function takeAttestationBack(
  request: WithdrawAttestation,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<Attestation> {
  return withdrawAttestation({ ...request, folder }, createGovernancePorts(host, store), signal);
}

export function endOneWaiver(
  request: EndWaiver,
  { host, store, folder }: Session,
  signal: AbortSignal,
): Promise<Waiver> {
  return endWaiver({ ...request, folder }, createGovernancePorts(host, store), signal);
}
