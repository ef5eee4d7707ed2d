import type { Waiver, WaiverApproval } from '../../schemas/generated/messages.ts';
import { validateWaiver } from '../../schemas/generated/validators.js';
import { WorkbenchError } from '../base/errors.ts';
import { isSamePerson } from '../governance/people.ts';
import type { GovernancePorts } from '../governance/ports.ts';
import { readPayload } from '../governance/records.ts';
import { readWaivers } from '../governance/waivers.ts';
import { createRecordId } from './record-id.ts';
import { describeDate, describePerson, findLiveVersion, trimComment } from './version.ts';

export interface WaiverRequest {
  readonly model: string;
  /** Versions or aliases; kept as versions. */
  readonly versions: readonly string[];
  /** Id of the control. */
  readonly control: string;
  readonly reason: string;
  /** Milliseconds since the epoch; in the future, at most a year away. */
  readonly expiresAt: number;
  readonly compensatingControls?: readonly string[];
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

const mostMilliseconds = 366 * 86_400_000;
const mostVersions = 50;
const mostCompensating = 20;
const controlPattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/;

/** Asks for a waiver: it counts once two others have approved it, and until it expires. Throws `usage` for one without an end or reason. */
export async function requestWaiver(
  request: WaiverRequest,
  { store, clock, random, identities }: GovernancePorts,
  signal: AbortSignal,
): Promise<Waiver> {
  const { model, control } = request;
  const reason = checkRequest(request, clock.now());
  const versions = new Set<string>();
  for (const version of request.versions)
    versions.add((await findLiveVersion({ model, version }, store, signal)).version);
  const requestedBy = await identities.whoAmI(request.folder, signal);
  const compensating = (request.compensatingControls ?? []).flatMap(each => trimComment(each) ?? []);
  const payload: Waiver = {
    id: createRecordId('waiver', clock, random),
    control,
    model,
    versions: [...versions],
    reason,
    ...(compensating.length === 0 ? {} : { compensatingControls: compensating }),
    requestedBy,
    requestedAt: clock.now(),
    expiresAt: request.expiresAt,
    approvals: [],
  };
  const { id, requestedAt: at } = payload;
  const version = payload.versions.join(',');
  await store.ledger.append({ id, kind: 'waiver', model, version, at, actor: requestedBy, payload });
  return payload;
}

/** Returns the reason as it is kept. */
function checkRequest(request: WaiverRequest, now: number): string {
  const { versions, control, expiresAt, compensatingControls } = request;
  if (!controlPattern.test(control))
    throw refused(`"${control}" is no id of a control.`, 'Take the id from the scorecard, such as FAIR-02.');
  if (versions.length === 0 || versions.length > mostVersions)
    throw refused('A waiver is for one to fifty versions of a model.', 'Name them: `ticket-triage@3`.');
  if ((compensatingControls?.length ?? 0) > mostCompensating)
    throw refused('A waiver names at most twenty compensating controls.', 'Name the ones that matter.');
  const reason = trimComment(request.reason, 'reason');
  if (reason === undefined) throw refused('A waiver needs a reason.', 'Say why the control may be passed over.');
  if (!Number.isFinite(expiresAt) || expiresAt <= now)
    throw refused('A waiver needs an end in the future.', 'Give the day it expires, such as 2027-03-31.');
  if (expiresAt - now > mostMilliseconds)
    throw refused(`A waiver lasts at most a year; ${describeDate(expiresAt)} is later.`, 'Ask again when it expires.');
  return reason;
}

/** Approves a waiver; the beginning of its id is enough. Not the requester, and nobody twice (`separation-of-duties`). */
export async function approveWaiver(
  { waiverId, folder }: { readonly waiverId: string; readonly folder: string },
  { store, clock, random, digest, identities }: GovernancePorts,
  signal: AbortSignal,
): Promise<Waiver> {
  const record = await store.ledger.get(waiverId);
  if (record.kind !== 'waiver') {
    throw new WorkbenchError('record-not-found', `${record.id} is no waiver.`, { remedy: 'See `aiwb waiver list`.' });
  }
  const { id } = readPayload(record, validateWaiver, digest);
  const waiver = await findWaiver(id, record.model, { store, digest });
  if (waiver.expiresAt <= clock.now()) {
    throw refused(`The waiver ${id} expired on ${describeDate(waiver.expiresAt)}.`, 'Ask for a new one.');
  }
  const by = await identities.whoAmI(folder, signal);
  const own = isSamePerson(by, waiver.requestedBy);
  if (own || waiver.approvals.some(approval => isSamePerson(approval.by, by))) {
    const what = own ? 'asked for' : 'has already approved';
    throw new WorkbenchError('separation-of-duties', `${describePerson(by)} ${what} the waiver ${id}.`, {
      remedy: 'Two other people approve it, each under their own git identity.',
    });
  }
  const payload: WaiverApproval = { waiver: id, waiverDigest: record.digest, by, at: clock.now() };
  await store.ledger.append({
    // Another word than the waiver's: the beginning of a waiver's id must name the waiver.
    id: createRecordId('consent', clock, random),
    kind: 'waiver-approval',
    model: record.model,
    version: record.version,
    at: payload.at,
    actor: by,
    payload,
    uniqueKey: `waiver-approval:${id}:${by.email.trim().toLowerCase()}`,
  });
  return findWaiver(id, record.model, { store, digest });
}

async function findWaiver(
  id: string,
  model: string,
  { store, digest }: Pick<GovernancePorts, 'store' | 'digest'>,
): Promise<Waiver> {
  const found = (await readWaivers(store.ledger, digest, model)).find(waiver => waiver.id === id);
  if (found !== undefined) return found;
  throw new WorkbenchError('record-not-found', `There is no waiver ${id}.`, { remedy: 'See `aiwb waiver list`.' });
}

/** Every waiver with its approvals, newest first. */
export function listWaivers({ store, digest }: Pick<GovernancePorts, 'store' | 'digest'>): Promise<readonly Waiver[]> {
  return readWaivers(store.ledger, digest);
}

function refused(message: string, remedy: string): WorkbenchError {
  return new WorkbenchError('usage', message, { remedy });
}
