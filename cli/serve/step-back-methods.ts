import type {
  ExportPromotion,
  Exported,
  RetireVersion,
  RollBack,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { demote } from '../../engine/promotion/demote.ts';
import { signedPromotion } from '../../engine/promotion/promotion-record.ts';
import { revoke } from '../../engine/promotion/revoke.ts';
import { rollBack } from '../../engine/promotion/roll-back.ts';
import { describeVersion } from '../../engine/versions/details.ts';
import { createGovernancePorts } from '../composition.ts';
import type { Session } from './session.ts';
import { tellOthers } from './tell-others.ts';

function createBackStep(take: typeof demote | typeof revoke) {
  return async (request: RetireVersion, session: Session, signal: AbortSignal): Promise<VersionDetails> => {
    const { host, store, folder } = session;
    // An alias may go with the step: the version is what it stands for now.
    const { model, version } = await store.registry.getVersion(request.model, request.version, signal);
    await take({ model, version, reason: request.reason, folder }, createGovernancePorts(host, store), signal);
    tellOthers(model, session);
    return describeVersion(model, version, store, signal);
  };
}

export const demoteVersion = createBackStep(demote);
export const revokeVersion = createBackStep(revoke);

export async function rollBackModel(request: RollBack, session: Session, signal: AbortSignal): Promise<VersionDetails> {
  const { host, store, folder } = session;
  const { model, version } = await rollBack({ ...request, folder }, createGovernancePorts(host, store), signal);
  tellOthers(model, session);
  return describeVersion(model, version, store, signal);
}

/** Writes a version's signed promotion record to a file. */
export async function exportPromotion(
  { path, ...reference }: ExportPromotion,
  { host, store }: Session,
  signal: AbortSignal,
): Promise<Exported> {
  const { envelope } = await signedPromotion(reference, createGovernancePorts(host, store), signal);
  await host.files.writeText(path, `${JSON.stringify(envelope, undefined, 2)}\n`);
  return { path };
}
