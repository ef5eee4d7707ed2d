import type { Identity, Waiver } from '../../schemas/generated/messages.ts';
import { isSamePerson } from '../people/same-person.ts';

/** Approvals a waiver needs, by different people other than its requester. */
export const approvalsNeeded = 2;

/**
 * Whether a waiver counts for a control of a version at `now` (milliseconds since the epoch): it names both, two people other than
 * the requester have approved it by then, and it has neither expired nor been ended. The one place that decides it.
 */
export function isActive(
  waiver: Waiver,
  control: string,
  version: { readonly model: string; readonly version: string },
  now: number,
): boolean {
  if (waiver.control !== control || waiver.model !== version.model) return false;
  if (!waiver.versions.includes(version.version)) return false;
  return now < endOf(waiver) && approversOf(waiver, now).length >= approvalsNeeded;
}

/** From when on it counts nowhere, milliseconds since the epoch: its expiry, or the moment somebody ended it. */
export function endOf({ expiresAt, ended }: Pick<Waiver, 'expiresAt' | 'ended'>): number {
  return ended === undefined ? expiresAt : Math.min(expiresAt, ended.at);
}

/** The different people whose approval counts by `now`. */
export function approversOf(waiver: Waiver, now: number): readonly Identity[] {
  const people: Identity[] = [];
  for (const { by, at } of waiver.approvals) {
    if (at > now || isSamePerson(by, waiver.requestedBy)) continue;
    if (!people.some(person => isSamePerson(person, by))) people.push(by);
  }
  return people;
}
