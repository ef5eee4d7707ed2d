import type { DueItem, Waiver } from '../../schemas/generated/messages.ts';
import { createDocumentLibrary } from '../documents/library.ts';
import { describeDate } from '../base/dates.ts';
import { readPeople } from '../workspace/people.ts';
import { dueOfVersion, isInUse, type DuePorts } from './due-versions.ts';
import type { AssessmentMemory } from './memory.ts';
import { readPolicyApprovals } from './policy-approvals.ts';
import { readWaivers } from '../promotion/read-waivers.ts';
import { waiverApproverRole } from '../people/roles.ts';
import { approvalsNeeded, approversOf, endOf } from '../promotion/waiver-state.ts';

export interface DueRequest {
  /** Absent: of every model, and the policies. */
  readonly model?: string;
  /** What comes later than so many milliseconds from now is left out. */
  readonly within: number;
  /** Absolute path of the workspace folder. */
  readonly folder: string;
}

/** How far ahead a due list looks where nobody says: thirty days, in milliseconds. */
export const usualHorizon = 30 * 86_400_000;

/**
 * What waits for a person, or will by a date: attestations, waivers, approvals, evidence, policies and answers. Overdue first, then by date;
 * what only waits comes last. Throws `record-tampered`, and `file-invalid` for a workbench.yaml that cannot be read.
 */
export async function listDue(
  { model, within, folder }: DueRequest,
  ports: DuePorts,
  signal: AbortSignal,
  memory?: Pick<AssessmentMemory, 'parse'>,
): Promise<readonly DueItem[]> {
  const { store, clock, digest, signing } = ports;
  const now = clock.now();
  const people = await readPeople(folder, ports, signal);
  const waivers = await readWaivers(store.ledger, digest, model, { people, signing });
  const items: DueItem[] = [...dueOfWaivers(waivers, now)];
  const models = model === undefined ? await store.registry.listModels({}, signal) : [{ name: model }];
  for (const { name } of models) {
    for (const version of await store.registry.listVersions(name, signal)) {
      signal.throwIfAborted();
      if (isInUse(version)) items.push(...(await dueOfVersion(version, { now, people }, ports)));
    }
  }
  if (model === undefined) items.push(...(await dueOfPolicies(folder, now, ports, signal, memory)));
  return sortDue(
    items.filter(({ dueAt }) => dueAt === undefined || dueAt <= now + within),
    now,
  );
}

/** Overdue first, what is due by its date, and last what only waits; else in the order in which it was found. */
export function sortDue(items: readonly DueItem[], now: number): readonly DueItem[] {
  const stateOf = ({ dueAt, state }: DueItem): DueItem['state'] =>
    dueAt === undefined ? state : dueAt <= now ? 'overdue' : 'due';
  const ranks: readonly DueItem['state'][] = ['overdue', 'due', 'open'];
  return items
    .map(item => ({ ...item, state: stateOf(item) }))
    .sort((a, b) => ranks.indexOf(a.state) - ranks.indexOf(b.state) || (a.dueAt ?? 0) - (b.dueAt ?? 0));
}

/** Waivers that lack approvals, and those in force that will end. What ended is no longer anybody's task: the assessment says what it left open. */
function* dueOfWaivers(waivers: readonly Waiver[], now: number): Iterable<DueItem> {
  for (const waiver of waivers) {
    const { id: waiverId, control, model, versions, reason } = waiver;
    const end = endOf(waiver);
    if (end <= now) continue;
    const about = { control, model, waiverId, ...(versions.length === 1 ? { version: versions[0] ?? '' } : {}) };
    const name = versions.map(version => `${model}@${version}`).join(', ');
    const given = approversOf(waiver, now).length;
    if (given < approvalsNeeded) {
      const detail = `${String(given)} of ${String(approvalsNeeded)} approvals, asked for by ${waiver.requestedBy.email}: ${reason}`;
      const title = `Approve the waiver of ${control} for ${name}`;
      yield { kind: 'waiver-approval', title, detail, state: 'open', role: waiverApproverRole, ...about };
    } else {
      const detail = 'The control then counts at the gate again.';
      yield {
        kind: 'waiver-expiry',
        title: `The waiver of ${control} for ${name} ends`,
        detail,
        state: 'due',
        dueAt: end,
        ...about,
      };
    }
  }
}

/** Policies whose review comes, and those put together from a document that nobody has approved as they are. */
async function dueOfPolicies(
  folder: string,
  now: number,
  ports: DuePorts,
  signal: AbortSignal,
  memory?: Pick<AssessmentMemory, 'parse'>,
): Promise<readonly DueItem[]> {
  const items: DueItem[] = [];
  const standingOf = await readPolicyApprovals(ports);
  for (const { file, parsed } of await createDocumentLibrary(ports.files, folder, memory?.parse).all(
    'policy',
    signal,
  )) {
    const { value, text } = parsed;
    if (value === undefined) continue;
    const { id: policy, title, owner, reviewBy } = value;
    const about = { policy, path: file, ...(owner === undefined ? {} : { role: owner }) };
    const dueAt = reviewBy === undefined ? Number.NaN : Date.parse(`${reviewBy}T23:59:59.999Z`);
    if (!Number.isNaN(dueAt)) {
      const detail =
        dueAt <= now ? `It was to be reviewed by ${describeDate(dueAt)}.` : 'Read it again, and move the date on.';
      items.push({
        kind: 'policy-review',
        title: `Review the policy ${title ?? policy}`,
        detail,
        state: 'due',
        dueAt,
        ...about,
      });
    }
    if (standingOf(value, ports.digest.sha256(text))?.state === 'draft') {
      const detail = 'It was put together from a document, and nobody has approved it as it is.';
      items.push({
        kind: 'policy-approval',
        title: `Approve the policy ${title ?? policy}`,
        detail,
        state: 'open',
        ...about,
      });
    }
  }
  return items;
}
