import type { AssessmentRecord, DueItem, Evidence } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../ports/registry.ts';
import { judgeApproval } from '../promotion/approval-state.ts';
import { judgeStanding } from '../promotion/obstacles.ts';
import { readTrail } from '../promotion/trail.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { describeDate } from '../base/dates.ts';
import { describePerson } from '../people/describe-person.ts';
import { readAttestations } from '../promotion/attestations.ts';
import { collectAnswers } from './evidence-answers.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { approverRole, type People } from '../people/roles.ts';

export type DuePorts = Pick<GovernancePorts, 'store' | 'files' | 'clock' | 'digest' | 'signing'>;

/** A version somebody may still have to do something for: one that an alias stands for, and that is not at its end. */
export function isInUse({ state, status, aliases }: LocalVersion): boolean {
  return state === 'LIVE' && aliases.length > 0 && status !== 'revoked' && status !== 'retired';
}

interface Then {
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly people: People;
}

/** What waits, or will, by the newest assessment of a version. Nothing where it was not assessed. */
export async function dueOfVersion(
  version: LocalVersion,
  { now, people }: Then,
  ports: DuePorts,
): Promise<readonly DueItem[]> {
  const trail = await readTrail(version.model, version.version, ports.store.ledger);
  const { assessment } = trail;
  if (assessment === undefined) return [];
  const record = assessment.content;
  const name = nameOfVersion(version);
  const about: About = { model: version.model, version: version.version, assessmentId: record.id };
  const items: DueItem[] = [];
  const fresh = await attestedSince(version, record, people, ports);
  items.push(...dueOfAttestations(record, fresh, name, about));
  items.push(...dueOfEvidence(record, now, name, about));
  items.push(...(await dueOfAnswers(version, name, about, ports)));
  const approval = judgeApproval(trail);
  if (approval.state === 'requested') {
    const title = `Approve ${name}`;
    items.push({ kind: 'approval', title, detail: approval.sentence, state: 'open', role: approverRole, ...about });
  }
  const obstacles = await judgeStanding(version, assessment, ports);
  const isReleased = version.aliases.some(alias => ['production', 'baseline', 'approved'].includes(alias));
  if (isReleased && obstacles.length > 0) {
    const where = version.aliases.includes('production') ? 'in production' : 'approved';
    const title = `Assess ${name} again: it is ${where}, and its assessment no longer counts`;
    items.push({ kind: 'assessment', title, detail: obstacles.join(' '), state: 'overdue', ...about });
  } else if (fresh.size > 0) {
    const title = `Assess ${name} again: ${[...fresh].join(', ')} was attested since`;
    items.push({
      kind: 'assessment',
      title,
      detail: 'What was attested counts from the next assessment on.',
      state: 'open',
      ...about,
    });
  }
  return items;
}

interface About {
  readonly model: string;
  readonly version: string;
  readonly assessmentId: string;
}

/** Controls whose attestation was missing in the assessment and has been made since. */
async function attestedSince(
  version: LocalVersion,
  { controls, assessedAt }: AssessmentRecord,
  people: People,
  ports: DuePorts,
): Promise<ReadonlySet<string>> {
  const made = await readAttestations(version, ports, people);
  const fresh = controls.filter(({ id, checks }) =>
    checks.some(
      ({ attest, state }) =>
        attest !== undefined &&
        state !== 'pass' &&
        (made.get(id) ?? []).some(
          each =>
            'attestation' in each &&
            each.unlisted !== true &&
            each.attestation.at >= assessedAt &&
            each.attestation.role === attest.role &&
            each.attestation.statement === attest.statement,
        ),
    ),
  );
  return new Set(fresh.map(({ id }) => id));
}

function* dueOfAttestations(
  { controls }: AssessmentRecord,
  fresh: ReadonlySet<string>,
  name: string,
  about: About,
): Iterable<DueItem> {
  for (const { id: control, title, checks, value } of controls) {
    if (value === null || fresh.has(control)) continue;
    for (const { attest, state } of checks) {
      if (attest === undefined || state === 'pass') continue;
      const detail = `As ${attest.role}: ${attest.statement}`;
      yield {
        kind: 'attestation',
        title: `Attest ${control} (${title}) of ${name}`,
        detail,
        state: 'open',
        control,
        role: attest.role,
        ...about,
      };
    }
  }
}

/** Evidence of passed checks that gets too old, once a control and day. */
function* dueOfEvidence(record: AssessmentRecord, now: number, name: string, about: About): Iterable<DueItem> {
  for (const { id: control, checks } of record.controls) {
    const days = new Set<string>();
    for (const { state, evidence, attest } of checks) {
      const next = state === 'pass' ? earliest(evidence) : undefined;
      if (next?.expiresAt === undefined) continue;
      const dueAt = next.expiresAt;
      const key = describeDate(dueAt);
      if (days.has(key)) continue;
      days.add(key);
      const word = dueAt <= now ? 'has expired' : 'expires';
      if (attest === undefined) {
        const title = `The evidence of ${control} for ${name} ${word}`;
        yield { kind: 'evidence-expiry', title, detail: next.title, state: 'due', dueAt, control, ...about };
      } else {
        const title = `The attestation of ${control} for ${name} ${word}`;
        const detail = next.by === undefined ? next.title : `By ${describePerson(next.by)}, as ${attest.role}.`;
        yield { kind: 'attestation', title, detail, state: 'due', dueAt, control, role: attest.role, ...about };
      }
    }
  }
}

function earliest(evidence: readonly Evidence[]): Evidence | undefined {
  return evidence
    .filter(({ expiresAt }) => expiresAt !== undefined)
    .reduce<Evidence | undefined>(
      (a, b) => (a === undefined || (b.expiresAt ?? 0) < (a.expiresAt ?? 0) ? b : a),
      undefined,
    );
}

/** The newest answer to each document check, where a model gave it and nobody has looked yet. */
async function dueOfAnswers(version: LocalVersion, name: string, about: About, ports: DuePorts): Promise<DueItem[]> {
  const answers = await collectAnswers({ version }, ports);
  return [...answers.values()].flatMap(([newest]): DueItem[] => {
    if (newest === undefined || !('answer' in newest) || newest.reviews.length > 0) return [];
    const { id: answerId, by, control, check, question } = newest.answer;
    if (by.kind === 'person') return [];
    const title = `Confirm or reject the answer to ${check} of ${name}`;
    return [{ kind: 'document-review', title, detail: question, state: 'open', control, answerId, ...about }];
  });
}
