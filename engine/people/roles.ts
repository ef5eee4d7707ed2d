import type { Identity } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { describePerson } from './describe-person.ts';
import { isSamePerson } from './same-person.ts';

/** Roles of the workbench itself; policies name others for their attestations. */
export const approverRole = 'approver';
export const waiverApproverRole = 'waiver-approver';

/** Who may act in which role, and whose signatures count, as workbench.yaml says. */
export interface People {
  /** E-mail addresses by role. A role that is not listed is open. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly signers: readonly VouchedKey[];
}

/** Whether the role is listed, and `who` in it. Case and white space around a role's name do not count. */
export function standingIn(
  role: string,
  who: Identity,
  { roles }: Pick<People, 'roles'>,
): 'open' | 'listed' | 'refused' {
  const wanted = role.trim().toLowerCase();
  const lists = Object.entries(roles).filter(([name]) => name.trim().toLowerCase() === wanted);
  if (lists.length === 0) return 'open';
  const isListed = lists.some(([, people]) =>
    people.some(email => isSamePerson(who, { email, assurance: 'self-asserted' })),
  );
  return isListed ? 'listed' : 'refused';
}

/** What a record keeps of it: whether the role was listed when it was made. Throws `separation-of-duties` for people it does not list. */
export function requireRole(
  role: string,
  who: Identity,
  people: Pick<People, 'roles'>,
  step: string,
): { readonly roleListed?: true } {
  const standing = standingIn(role, who, people);
  if (standing === 'open') return {};
  if (standing === 'listed') return { roleListed: true };
  throw new WorkbenchError(
    'separation-of-duties',
    `${describePerson(who)} is not listed as ${role} in workbench.yaml and cannot ${step}.`,
    { remedy: `One of those listed under \`roles: ${role}\` does it, under their own git identity.` },
  );
}

/** Whether something that was done in a role counts by today's list: whoever was listed then stays listed for it. */
export function countsIn(
  role: string,
  { by, roleListed }: { readonly by: Identity; readonly roleListed?: boolean },
  people: Pick<People, 'roles'>,
): boolean {
  return roleListed === true || standingIn(role, by, people) !== 'refused';
}

/** A public key that counts, by the address of who holds it; the address `''` vouches for a key whoever signs with it. */
export interface VouchedKey {
  readonly email: string;
  readonly publicKey: string;
}
