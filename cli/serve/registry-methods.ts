import path from 'node:path';
import type {
  ApprovalStep,
  AttestControl,
  Attestation,
  AuditVerification,
  CompareVersions,
  ModelVersion,
  RegisterVersion,
  RegistryList,
  RequestWaiver,
  VersionComparison,
  VersionDetails,
  Waiver,
  WaiverList,
  WaiverReference,
  WhoAmI,
} from '../../schemas/generated/messages.ts';
import { verifyAudit } from '../../engine/audit/verify.ts';
import { toWorkbenchError } from '../../engine/base/errors.ts';
import type { GovernancePorts } from '../../engine/ports/governance.ts';
import { approve, requestApproval } from '../../engine/promotion/approval.ts';
import { attestControl } from '../../engine/promotion/attest.ts';
import { lockBaseline } from '../../engine/promotion/baseline.ts';
import { promote } from '../../engine/promotion/promote.ts';
import type { PromotionStep } from '../../engine/promotion/step.ts';
import { approveWaiver, listWaivers, requestWaiver } from '../../engine/promotion/waivers.ts';
import { compareVersions } from '../../engine/versions/compare.ts';
import { describeVersion, listRegistry } from '../../engine/versions/details.ts';
import { registerRun } from '../../engine/registry/register-run.ts';
import { proveSelf } from '../../engine/signing/proven.ts';
import { readPeople } from '../../engine/workspace/people.ts';
import { createGovernancePorts } from '../composition.ts';
import type { Session } from './session.ts';
import { tellOthers } from './tell-others.ts';
import { withRegistries } from './with-registries.ts';

function portsOf({ host, store }: Session): GovernancePorts {
  return createGovernancePorts(host, store);
}

export function listModelVersions({ store }: Session, signal: AbortSignal): Promise<RegistryList> {
  return listRegistry(store, signal);
}

export function compareRegistered(
  { references }: CompareVersions,
  session: Session,
  signal: AbortSignal,
): Promise<VersionComparison> {
  return withRegistries(session, signal, registries => compareVersions(references, registries, session.store, signal));
}

export async function registerVersion(
  { card, ...request }: RegisterVersion,
  session: Session,
  signal: AbortSignal,
): Promise<ModelVersion> {
  const { host, folder } = session;
  const author = await host.identities.whoAmI(folder, signal);
  const registration = { ...request, author, ...(card === undefined ? {} : { card: path.resolve(folder, card) }) };
  return registerRun(registration, portsOf(session), signal);
}

type Step = (step: PromotionStep, ports: GovernancePorts, signal: AbortSignal) => Promise<unknown>;

/** A step to production as a method: what the version has become is its result. */
function createStep(take: Step) {
  return async (request: ApprovalStep, session: Session, signal: AbortSignal): Promise<VersionDetails> => {
    const { store, folder } = session;
    const { model, version } = await store.registry.getVersion(request.model, request.version, signal);
    await take({ ...request, model, version, folder }, portsOf(session), signal);
    tellOthers(model, session);
    return describeVersion(model, version, store, signal);
  };
}

export const requestVersionApproval = createStep(requestApproval);
export const approveVersion = createStep(approve);
export const lockVersion = createStep(lockBaseline);
export const promoteVersion = createStep(promote);

export function attest(request: AttestControl, session: Session, signal: AbortSignal): Promise<Attestation> {
  return attestControl({ ...request, folder: session.folder }, portsOf(session), signal);
}

export function askForWaiver(request: RequestWaiver, session: Session, signal: AbortSignal): Promise<Waiver> {
  return requestWaiver({ ...request, folder: session.folder }, portsOf(session), signal);
}

export function approveOneWaiver(
  { waiverId }: WaiverReference,
  session: Session,
  signal: AbortSignal,
): Promise<Waiver> {
  return approveWaiver({ waiverId, folder: session.folder }, portsOf(session), signal);
}

export async function getWaivers(session: Session, signal: AbortSignal): Promise<WaiverList> {
  return { waivers: [...(await listWaivers(portsOf(session), session.folder, signal))] };
}

export function verifyLog({ host, store }: Session, signal: AbortSignal): Promise<AuditVerification> {
  return verifyAudit(store, host.digest, signal);
}

/** Nobody being known is an answer: pages ask before they offer a step. */
export async function whoAmI({ host, folder }: Session, signal: AbortSignal): Promise<WhoAmI> {
  try {
    const self = await host.identities.whoAmI(folder, signal);
    const { signers } = await readPeople(folder, host, signal);
    return { identity: await proveSelf(self, signers, host.signing) };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message, remedy } = toWorkbenchError(error);
    return { failure: { code, message, ...(remedy === undefined ? {} : { remedy }) } };
  }
}
