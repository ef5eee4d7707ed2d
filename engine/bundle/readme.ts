import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { describeDate } from '../base/dates.ts';

/** What somebody reads who opens a bundle and has nothing else. */
export function readmeText({ id, subject, assessedAt, assessor, gate }: AssessmentRecord): string {
  return `Proof of an assessment
======================

${subject.model}@${subject.version}, assessed on ${describeDate(assessedAt)} (UTC) by ${assessor.email}: ${gate.sentence}
Assessment ${id}.

Verify it with Node 20 or later; nothing else is needed, and no network:

    node verify.mjs
    node verify.mjs --signers signers.json --anchor SEQUENCE:HASH

A verifier that comes with what it verifies proves little: take verify.mjs from a workbench you trust
(aiwb scorecard verifier), or read it first. It is one file.

signers.json says whose keys count, and comes from you: {"ada@example.com": "ed25519:..."}. With it, the
assessment and its approval must be signed with one of them. Without it, the bundle is shown to be whole
and true to itself, and who made it is self-asserted.

An anchor is an entry of the audit log that was kept elsewhere, such as in a signed git tag. Without it,
somebody who rewrote the whole log, and signed nothing, leaves no trace.

What is in it
-------------

scorecard.json   the record, its digest, the approval, and the signature
audit.jsonl      every entry of the audit log; the content of those that belong to this assessment
records/         that content, a file each: canonical JSON (RFC 8785), its SHA-256 is the record's digest
signatures/      DSSE envelopes (in-toto statements, Ed25519) over those records
policies/        the policies it was judged by
evidence.json    what each check rests on, by SHA-256
evidence/        the evidence's own bytes, where they were asked for
manifest.json    all of these with their digests, and what was left out
`;
}
