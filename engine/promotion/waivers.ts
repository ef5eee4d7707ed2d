import type { Waiver, WaiverApproval, WaiverEnd } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { isSamePerson } from '../people/same-person.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { requireRole, waiverApproverRole } from '../people/roles.ts';
import { readWaivers, type WaiverTrust } from './read-waivers.ts';
import { endOf } from './waiver-state.ts';
import type { LedgerRecord } from '../ports/ledger.ts';
import { appendSigned } from '../signing/append-signed.ts';
import { readPeople } from '../workspace/people.ts';
import { requireReason } from '../base/reason.ts';
import { createRecordId } from '../base/record-id.ts';
import { trimComment } from '../base/comment.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';

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
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Waiver> {
  const { store, clock, random, identities } = ports;
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
  const { signers } = await readPeople(request.folder, ports, signal);
  const record = { id, kind: 'waiver' as const, model, version, at, actor: requestedBy, payload };
  await appendSigned(record, signers, ports);
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

/**
 * Approves a waiver; the beginning of its id is enough. Not the requester, nobody twice, and only people who are listed where the role
 * `waiver-approver` is (`separation-of-duties`).
 */
export async function approveWaiver(
  { waiverId, folder }: { readonly waiverId: string; readonly folder: string },
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Waiver> {
  const { clock, random, identities } = ports;
  const people = await readPeople(folder, ports, signal);
  const trust = { people, signing: ports.signing };
  const { record, waiver } = await findWaiver(waiverId, ports, trust);
  const { id } = waiver;
  requireInForce(waiver, clock.now());
  const by = await identities.whoAmI(folder, signal);
  const own = isSamePerson(by, waiver.requestedBy);
  if (own || waiver.approvals.some(approval => isSamePerson(approval.by, by))) {
    const what = own ? 'asked for' : 'has already approved';
    throw new WorkbenchError('separation-of-duties', `${describePerson(by)} ${what} the waiver ${id}.`, {
      remedy: 'Two other people approve it, each under their own git identity.',
    });
  }
  const listed = requireRole(waiverApproverRole, by, people, `approve the waiver ${id}`);
  const payload: WaiverApproval = { waiver: id, waiverDigest: record.digest, by, at: clock.now(), ...listed };
  const approval = {
    // Another word than the waiver's: the beginning of a waiver's id must name the waiver.
    id: createRecordId('consent', clock, random),
    kind: 'waiver-approval' as const,
    model: record.model,
    version: record.version,
    at: payload.at,
    actor: by,
    payload,
    uniqueKey: `waiver-approval:${id}:${by.email.trim().toLowerCase()}`,
  };
  await appendSigned(approval, people.signers, ports);
  return (await findWaiver(id, ports, trust)).waiver;
}

/**
 * Ends a waiver before its time: from then on it counts nowhere. Whoever works here may, for it only tightens. Throws `usage` for one
 * that has ended, and without a reason.
 */
export async function endWaiver(
  step: { readonly waiverId: string; readonly reason: string; readonly folder: string },
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Waiver> {
  const { clock, random, identities } = ports;
  const reason = requireReason(step.reason);
  const people = await readPeople(step.folder, ports, signal);
  const trust = { people, signing: ports.signing };
  const { record, waiver } = await findWaiver(step.waiverId, ports, trust);
  requireInForce(waiver, clock.now());
  const by = await identities.whoAmI(step.folder, signal);
  const payload: WaiverEnd = { waiver: waiver.id, waiverDigest: record.digest, reason, by, at: clock.now() };
  const end = {
    id: createRecordId('end', clock, random),
    kind: 'waiver-end' as const,
    model: record.model,
    version: record.version,
    at: payload.at,
    actor: by,
    payload,
    uniqueKey: `waiver-end:${waiver.id}`,
  };
  await appendSigned(end, people.signers, ports);
  return (await findWaiver(waiver.id, ports, trust)).waiver;
}

function requireInForce(waiver: Waiver, now: number): void {
  if (endOf(waiver) > now) return;
  const { id, ended, expiresAt } = waiver;
  const what = ended === undefined ? `expired on ${describeDate(expiresAt)}` : `was ended on ${describeDate(ended.at)}`;
  throw refused(`The waiver ${id} ${what}.`, 'Ask for a new one.');
}

interface FoundWaiver {
  readonly record: LedgerRecord;
  readonly waiver: Waiver;
}

/** By its id or a unique beginning of it. */
async function findWaiver(id: string, ports: GovernancePorts, trust: WaiverTrust): Promise<FoundWaiver> {
  const { store, digest } = ports;
  const record = await store.ledger.get(id);
  const waivers = record.kind === 'waiver' ? await readWaivers(store.ledger, digest, record.model, trust) : [];
  const waiver = waivers.find(one => one.id === record.id);
  if (waiver !== undefined) return { record, waiver };
  throw new WorkbenchError('record-not-found', `${record.id} is no waiver.`, { remedy: 'See `aiwb waiver list`.' });
}

/** Every waiver with its approvals and its end, newest first, as the workspace's list of people has them. */
export async function listWaivers(
  ports: GovernancePorts,
  folder: string,
  signal: AbortSignal,
): Promise<readonly Waiver[]> {
  const people = await readPeople(folder, ports, signal);
  return readWaivers(ports.store.ledger, ports.digest, undefined, { people, signing: ports.signing });
}

function refused(message: string, remedy: string): WorkbenchError {
  return new WorkbenchError('usage', message, { remedy });
}
