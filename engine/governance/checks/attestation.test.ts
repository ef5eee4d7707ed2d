import assert from 'node:assert/strict';
import type { AttestationCheck } from '../../../schemas/generated/files.ts';
import type { Attestation, CheckState } from '../../../schemas/generated/messages.ts';
import { attestationCheck, day, makeSubject, now, person, weights } from '../../../test/fakes/assessed.ts';
import type { AttestationEvidence } from '../../promotion/attestations.ts';
import { checkAttestation } from './attestation.ts';

function attested(changes: Partial<Attestation> = {}): AttestationEvidence {
  const attestation: Attestation = {
    id: 'attestation-1',
    model: 'triage',
    version: '3',
    weightsDigest: weights,
    control: 'C',
    role: 'reviewer',
    statement: 'I have read them.',
    by: person('rita'),
    at: now - 5 * day,
    ...changes,
  };
  return { attestation, digest: 'e'.repeat(64) };
}

describe('checkAttestation', () => {
  const author = { ...person('author'), email: 'Author@X.example' };
  const cases: readonly [
    what: string,
    found: AttestationEvidence[],
    state: CheckState,
    check?: Partial<AttestationCheck>,
  ][] = [
    ['a statement by another person', [attested()], 'pass'],
    ['nothing', [], 'missing'],
    ['the author', [attested({ by: person('author') })], 'fail'],
    ['the author, spelt otherwise', [attested({ by: author })], 'fail'],
    ['the trainer', [attested({ by: person('trainer') })], 'fail'],
    ['other weights', [attested({ weightsDigest: 'b'.repeat(64) })], 'missing'],
    ['another statement than the policy asks now', [attested()], 'missing', { statement: 'I have read them all.' }],
    ['another role than the policy asks now', [attested()], 'missing', { role: 'auditor' }],
    ['the newest with the right words', [attested({ statement: 'Old.' }), attested()], 'pass'],
    ['a newer one by the author', [attested({ by: author }), attested()], 'fail'],
    ['a year as the usual validity', [attested({ at: Date.UTC(2025, 9, 1) + 1 })], 'pass'],
    ['its end', [attested({ at: Date.UTC(2025, 9, 1) })], 'stale'],
    ['the policy’s own validity', [attested()], 'stale', { validity: 'P5D' }],
    ['freshness beside a longer validity', [attested()], 'stale', { validity: 'P1Y', freshness: 'P4D' }],
    ['a record that was changed', [{ fault: 'It was changed.' }], 'error'],
    ['a changed record before a good one', [{ fault: 'It was changed.' }, attested()], 'error'],
  ];
  for (const [what, found, state, check] of cases) {
    it(`is ${state} for ${what}`, () => {
      const result = checkAttestation(attestationCheck(check), 'C', makeSubject(), found, now);
      assert.equal(result.state, state, result.reason);
      assert.deepEqual(result.attest, {
        role: check?.role ?? 'reviewer',
        statement: check?.statement ?? 'I have read them.',
      });
    });
  }

  it('needs a look where nobody knows who trained it', () => {
    const unknown = makeSubject({ lineage: { runId: 'run-1', datasets: [], prompts: [] } });
    assert.equal(checkAttestation(attestationCheck(), 'C', unknown, [attested()], now).state, 'needs-review');
    const untrained = makeSubject({ lineage: { datasets: [], prompts: [] } });
    assert.equal(checkAttestation(attestationCheck(), 'C', untrained, [attested()], now).state, 'pass');
  });

  it('says how to attest, and until when it counts', () => {
    const missing = checkAttestation(attestationCheck(), 'C', makeSubject(), [], now);
    assert.match(missing.reason, /`aiwb attest triage@3 C`/);
    const [evidence] = checkAttestation(
      attestationCheck({ validity: 'P10D' }),
      'C',
      makeSubject(),
      [attested()],
      now,
    ).evidence;
    assert.deepEqual([evidence?.by?.email, evidence?.expiresAt], ['rita@x.example', now + 5 * day]);
  });
});
