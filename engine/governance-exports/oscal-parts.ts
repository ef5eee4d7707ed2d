import type { AssessmentRecord, Identity, Scorecard } from '../../schemas/generated/messages.ts';
import { encodeBase64 } from '../base/base64.ts';
import { describePerson } from '../people/describe-person.ts';
import { escapeMarkdown } from '../reports/table.ts';
import { isoTime, tokenOf, uuidOf } from './identifiers.ts';
import { plainLine } from '../governance/describe.ts';

/** Version of OSCAL that documents say they are of. */
export const oscalVersion = '1.2.1';

/** Name space of everything OSCAL has no word for: scores, digests, intervals. */
export const oscalNamespace = 'urn:ai-workbench:oscal';

/** What the documents of one assessment share. */
export interface OscalContext {
  readonly scorecard: Scorecard;
  readonly record: AssessmentRecord;
  /** Deterministic: of the record's digest and this name. */
  readonly uuid: (...name: readonly (string | number)[]) => string;
  readonly token: (id: string) => string;
  /** UUIDs of the parts that several documents name. */
  readonly ids: { readonly model: string; readonly tool: string; readonly platform: string };
}

export function createContext(scorecard: Scorecard, sha256: (text: string) => string): OscalContext {
  const uuid = (...name: readonly (string | number)[]): string => uuidOf(sha256, scorecard.digest, ...name);
  return {
    scorecard,
    record: scorecard.record,
    uuid,
    token: id => tokenOf(sha256, id),
    ids: { model: uuid('component', 'model'), tool: uuid('component', 'tool'), platform: uuid('platform') },
  };
}

/** Prose: OSCAL reads Markdown, and nothing of a record may be markup. Never empty. */
export function prose(text: string): string {
  const line = escapeMarkdown(plainLine(text));
  return line === '' ? '–' : line;
}

/** A property of ours; none for a value that is not there. */
export function props(values: Readonly<Record<string, string | number | null | undefined>>) {
  const made = Object.entries(values).flatMap(([name, value]) => {
    const text = value === undefined || value === null ? '' : plainLine(String(value));
    return text === '' ? [] : [{ name, ns: oscalNamespace, value: text }];
  });
  return made.length === 0 ? {} : { props: made };
}

/** A list, or nothing where it would be empty: OSCAL knows no empty lists. */
export function list<K extends string, T>(name: K, items: readonly T[]): { readonly [name in K]?: readonly T[] } {
  return items.length === 0 ? {} : ({ [name]: items } as { readonly [name in K]: readonly T[] });
}

/** A time of the record; beyond the calendar there is none, and then it is that of the beginning of time. */
export function moment(at: number): string {
  return isoTime(at) ?? new Date(0).toISOString();
}

const roles = {
  assessor: 'Assessor',
  approver: 'Approver',
  attester: 'Attester',
  'waiver-approver': 'Approver of waivers',
} as const;

/** The head that all documents of one assessment share: everybody who had a part in it, as parties. */
export function metadata({ record, scorecard, uuid }: OscalContext, title: string) {
  const { approval } = scorecard;
  const people = new Map(peopleOf(record, scorecard).map(person => [person.email, person]));
  const approvedBy = approval.state === 'approved' ? approval.approvedBy : undefined;
  return {
    title: prose(title),
    'last-modified': moment(record.assessedAt),
    version: plainLine(record.id) || '1',
    'oscal-version': oscalVersion,
    'document-ids': [{ scheme: 'urn:ai-workbench:record', identifier: plainLine(record.id) || '1' }],
    ...props({ 'record-sha256': scorecard.digest, workbench: record.workbench }),
    roles: Object.entries(roles).map(([id, name]) => ({ id, title: name })),
    parties: [...people.values()].map(person => partyOf(person, uuid)),
    'responsible-parties': [
      { 'role-id': 'assessor', 'party-uuids': [partyId(record.assessor, uuid)] },
      ...(approvedBy === undefined ? [] : [{ 'role-id': 'approver', 'party-uuids': [partyId(approvedBy, uuid)] }]),
    ],
    ...(approvedBy === undefined || approval.approvedAt === undefined
      ? {}
      : {
          actions: [
            {
              uuid: uuid('approval'),
              date: moment(approval.approvedAt),
              type: 'approval',
              system: 'http://csrc.nist.gov/ns/oscal',
              'responsible-parties': [{ 'role-id': 'approver', 'party-uuids': [partyId(approvedBy, uuid)] }],
              remarks: prose(approval.approvalComment ?? approval.sentence),
            },
          ],
        }),
  };
}

/** The party that a person is in every document of the assessment. */
export function partyId({ email }: Identity, uuid: OscalContext['uuid']): string {
  return uuid('party', email);
}

function partyOf(person: Identity, uuid: OscalContext['uuid']) {
  const { name, email, assurance } = person;
  const address = plainLine(email);
  return {
    uuid: partyId(person, uuid),
    type: 'person',
    name: plainLine(name ?? '') || address || 'unknown',
    ...(/^[^\s@]+@[^\s@]+$/.test(address) ? { 'email-addresses': [address] } : {}),
    ...props({ assurance }),
    remarks: prose(`${describePerson(person)}. A self-asserted identity is what the person's own configuration says.`),
  };
}

function peopleOf({ assessor, subject, waivers, controls }: AssessmentRecord, { approval }: Scorecard): Identity[] {
  const evidence = controls.flatMap(({ checks }) => checks).flatMap(check => check.evidence);
  const others = [subject.author, subject.trainer, approval.requestedBy, approval.approvedBy];
  return [
    assessor,
    ...others.filter(person => person !== undefined),
    ...waivers.flatMap(({ requestedBy, approvals }) => [requestedBy, ...approvals.map(({ by }) => by)]),
    ...evidence.flatMap(({ by }) => by ?? []),
  ];
}

/** A document inside of another: readers find it by `#` and its UUID, with no second file to lose. */
export function embedded(uuid: string, title: string, filename: string, document: unknown) {
  const value = encodeBase64(new TextEncoder().encode(JSON.stringify(document)));
  return { uuid, title: prose(title), base64: { filename, 'media-type': 'application/oscal+json', value } };
}
