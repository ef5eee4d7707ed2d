import type { AttestationCheck } from '../../../schemas/generated/files.ts';
import type { Attestation, CheckResult } from '../../../schemas/generated/messages.ts';
import { nameOfVersion } from '../../base/version-name.ts';
import { describeDate } from '../../base/dates.ts';
import { describePerson } from '../../people/describe-person.ts';
import { addDuration } from '../../base/calendar.ts';
import type { AttestationEvidence } from '../../promotion/attestations.ts';
import type { Subject } from '../subject.ts';
import { conclude, evidenceTimes, expiryOf } from './check.ts';
import { isTrainerUnknown, makerRole } from './makers.ts';

/** How long an attestation counts where the policy does not say: a year. */
const usualValidity = 'P1Y';

/**
 * Whether somebody other than author and trainer has stated what the policy asks now, of these very weights. `attestations` are those of
 * the version and the control, newest first; of several with the right words the newest counts.
 */
export function checkAttestation(
  check: AttestationCheck,
  control: string,
  subject: Subject,
  attestations: readonly AttestationEvidence[],
  now: number,
): CheckResult {
  const attest = { role: check.role, statement: check.statement };
  const required = `stated by a ${check.role}`;
  const [newest] = attestations;
  const name = nameOfVersion(subject.version);
  const ask = `A ${check.role} attests it: \`aiwb attest ${name} ${control}\`.`;
  if (newest === undefined) return conclude(check, 'missing', `Nobody has attested it. ${ask}`, { required, attest });
  if ('fault' in newest) return conclude(check, 'error', newest.fault, { required, attest });
  const fitting = attestations.find(
    (each): each is Extract<AttestationEvidence, { attestation: Attestation }> =>
      'attestation' in each && each.attestation.role === check.role && each.attestation.statement === check.statement,
  );
  if (fitting === undefined) {
    const reason = `The policy's ${newest.attestation.role === check.role ? 'statement' : 'role'} has changed since ${describePerson(newest.attestation.by)} attested on ${describeDate(newest.attestation.at)}, which voids it. ${ask}`;
    return conclude(check, 'missing', reason, { required, attest });
  }
  return judge(check, subject, fitting, now, { required, attest }, ask);
}

function judge(
  check: AttestationCheck,
  { version }: Subject,
  { attestation, digest, unlisted }: Extract<AttestationEvidence, { attestation: Attestation }>,
  now: number,
  base: Partial<CheckResult>,
  ask: string,
): CheckResult {
  const { by, at, weightsDigest, comment } = attestation;
  const validUntil = addDuration(at, check.validity ?? usualValidity);
  const expiresAt = Math.min(validUntil, expiryOf(at, check.freshness) ?? validUntil);
  const who = describePerson(by);
  const details: Partial<CheckResult> = {
    ...base,
    evidence: [
      {
        kind: 'attestation',
        title: `Attested by ${who}`,
        digest,
        ...evidenceTimes(at, expiresAt),
        by,
        ...(comment === undefined ? {} : { quote: comment.slice(0, 300) }),
      },
    ],
  };
  if (unlisted === true) {
    const reason = `${who} is not listed as ${attestation.role} in workbench.yaml, so what they attested does not count. ${ask}`;
    return conclude(check, 'missing', reason, details);
  }
  if (weightsDigest !== version.weightsDigest)
    return conclude(check, 'missing', `${who} attested other weights than this version has. ${ask}`, details);
  const held = makerRole(by, version);
  if (held !== undefined) {
    const reason = `${who} is the version's ${held} and cannot attest it: separation of duties asks for another person.`;
    return conclude(check, 'fail', reason, details);
  }
  if (now >= expiresAt) {
    const reason = `${who} attested on ${describeDate(at)}; that counted until ${describeDate(expiresAt)}. ${ask}`;
    return conclude(check, 'stale', reason, details);
  }
  if (isTrainerUnknown(version)) {
    const reason = `Who trained the version is not recorded, so nothing shows that ${who} is another person.`;
    return conclude(check, 'needs-review', reason, details);
  }
  return conclude(
    check,
    'pass',
    `${who} stated it on ${describeDate(at)}; it counts until ${describeDate(expiresAt)}.`,
    details,
  );
}
