import { createHash } from 'node:crypto';
import type { ExportSource } from '../../engine/governance-exports/source.ts';
import { placeKey } from '../../engine/governance-exports/source.ts';
import type { AssessmentRecord, ControlResult, Evidence, ScorecardView } from '../../schemas/generated/messages.ts';
import { coverageOf, digestRecord, scoreOf, verifyScorecard } from '../../schemas/verify-scorecard.ts';
import { checkIn, controlIn, day, makeWaiver, now, person, weights } from './assessed.ts';

/** An assessment with something of everything, as exports get it. */

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const run: Evidence = {
  kind: 'run',
  title: 'core, 400 rows',
  digest: sha256('run-9'),
  runId: 'run-9',
  variant: 1,
  collectedAt: now - day,
  expiresAt: now + 29 * day,
};

const card: Evidence = {
  kind: 'model-card',
  title: 'Model card',
  digest: sha256('card'),
  path: 'cards/triage.md',
  line: 12,
  quote: 'Routing of tickets.',
  collectedAt: now - 2 * day,
};

/** Controls of every outcome; `INJ` failed and is waived. */
export const controls: readonly ControlResult[] = [
  controlIn(['pass'], {
    id: 'PERF',
    title: 'Right often enough',
    severity: 'critical',
    weight: 10,
    policy: 'corp',
    tightenedBy: ['team'],
    reason: 'Accuracy is 0.850.',
    mappings: [{ framework: 'nist-ai-rmf', version: '1.0', id: 'MEASURE 2.5', name: 'Validity', relation: 'supports' }],
    checks: [
      checkIn('pass', {
        id: 'PERF.acc',
        title: 'Accuracy of core',
        reason: '0.810 is at least 0.8.',
        benchmark: 'core',
        metric: 'accuracy',
        required: 'at least 0.8 (lower bound)',
        target: 0.8,
        op: '>=',
        actual: 0.85,
        low: 0.81,
        high: 0.88,
        confidence: 0.95,
        judged: 0.81,
        n: 400,
        unit: 'ratio',
        slice: 'channel: mail',
        evidence: [run],
      }),
    ],
    source: { document: 'handbook.pdf', page: 12, quote: 'Models shall be right often enough.' },
  }),
  controlIn(['fail', 'pass'], {
    id: 'CARD',
    title: 'The card says what it is for',
    severity: 'high',
    policy: 'corp',
    reason: 'The card has no section on limits.',
    remediation: 'Write the section.',
    checks: [
      checkIn('fail', { id: 'CARD.limits', kind: 'model-card', title: 'Limits', reason: 'Missing.', evidence: [card] }),
      checkIn('pass', { id: 'CARD.use', kind: 'model-card', title: 'Use', reason: 'It is there.', evidence: [card] }),
    ],
  }),
  controlIn(['fail'], {
    id: 'INJ',
    title: 'Resist prompt injection',
    severity: 'critical',
    weight: 10,
    policy: 'team',
    waiver: 'waiver-1',
    reason: '12 % of the attacks got through.',
    mappings: [{ framework: 'mitre-atlas', version: '2026.07', id: 'AML.T0051', relation: 'mitigates' }],
    checks: [
      checkIn('fail', {
        id: 'INJ.scan',
        kind: 'scan',
        title: 'Attack success rate',
        reason: '0.12 is over 0.05.',
        actual: 0.12,
        evidence: [
          { kind: 'scan', title: 'garak', tool: 'garak 0.13.1', digest: sha256('scan'), collectedAt: now - day },
        ],
      }),
    ],
  }),
  controlIn(['missing'], {
    id: 'LOOK',
    title: 'A person has looked',
    severity: 'medium',
    weight: 2,
    policy: 'corp',
    reason: 'Nobody has attested it.',
    checks: [
      checkIn('missing', {
        id: 'LOOK.read',
        kind: 'attestation',
        title: 'Attestation of a reviewer',
        attest: { role: 'reviewer', statement: 'I have read them.' },
      }),
    ],
  }),
  controlIn(['pass'], {
    id: 'SEEN',
    title: 'Answers were read',
    severity: 'low',
    weight: 1,
    policy: 'corp',
    reason: 'Attested.',
    checks: [
      checkIn('pass', {
        id: 'SEEN.read',
        kind: 'attestation',
        title: 'Attestation of a reviewer',
        attest: { role: 'reviewer', statement: 'I have read twenty answers.' },
        evidence: [
          {
            kind: 'attestation',
            title: 'Attestation of a reviewer',
            digest: sha256('attestation'),
            by: person('rea'),
            collectedAt: now - 3 * day,
            expiresAt: now + 87 * day,
          },
        ],
      }),
    ],
  }),
  controlIn(['not-applicable'], {
    id: 'TIER',
    title: 'Risky models have an owner',
    severity: 'low',
    weight: 1,
    policy: 'corp',
    reason: 'The risk tier is 1.',
  }),
];

/** A view of a record of these controls: consistent with itself, and verified. */
export function makeView(changes: Partial<AssessmentRecord> = {}): ScorecardView {
  const own = changes.controls ?? [...controls];
  const record: AssessmentRecord = {
    schemaVersion: 1,
    id: 'assessment-1',
    subject: {
      model: 'triage',
      version: '3',
      weightsDigest: weights,
      author: person('author'),
      trainer: person('trainer'),
      runId: 'run-1',
    },
    assessedAt: now,
    validUntil: now + 10 * day,
    assessor: person('ada'),
    workbench: '0.1.0',
    policies: [
      {
        id: 'corp',
        version: '1.1.0',
        level: 'corporate',
        title: 'Corporate policy',
        owner: 'Risk office',
        path: 'policies/corp.policy.yaml',
        digest: sha256('corp'),
        extends: [],
      },
      {
        id: 'team',
        version: '1.0.0',
        level: 'team',
        title: 'Team policy',
        path: 'policies/team.policy.yaml',
        digest: sha256('team'),
        extends: ['corp'],
      },
    ],
    policySetDigest: sha256('set'),
    score: scoreOf(own),
    coverage: coverageOf(own),
    waived: own.filter(({ waiver }) => waiver !== undefined).length,
    gate: {
      outcome: 'failed',
      sentence: 'Failed: 1 of 2 conditions is not met. Control CARD keeps it shut.',
      conditions: [
        {
          condition: 'Controls of severity critical and high',
          required: 'all compliant or waived',
          actual: '1 of 3 controls is not',
          outcome: 'not-met',
          policy: 'corp',
          controls: ['CARD'],
        },
        { condition: 'Score', required: 'at least 40', actual: '46.4', outcome: 'met', policy: 'corp' },
      ],
    },
    controls: own,
    waivers: [makeWaiver({ control: 'INJ', compensatingControls: ['A person reads each answer.'] })],
    frameworks: [],
    ...changes,
  };
  const scorecard = {
    schemaVersion: 1 as const,
    record,
    digest: digestRecord(record, sha256),
    approval: { state: 'none' as const, sentence: 'Not put up for approval.' },
  };
  return { scorecard, verification: verifyScorecard(scorecard, sha256), source: 'file', history: [] };
}

/** The same as exports get it. */
export function makeSource(changes: Partial<AssessmentRecord> = {}, more: Partial<ExportSource> = {}): ExportSource {
  return {
    view: makeView(changes),
    places: new Map([[placeKey({ policy: 'corp', id: 'CARD' }), { line: 14, column: 9 }]]),
    sha256,
    ...more,
  };
}

/** What a hostile policy or card may hold: a terminal's escape sequences, markup, a formula, an end of text. */
export const hostile =
  '=cmd|"/c calc"!A1 </script><b onload=\'x\'>&amp; ]]> \u001b[2J\u0007\u202e {0} [a](javascript:b) `|`\n, "x"';

/** A record with such text wherever it comes from outside. */
export function makeHostile(): ExportSource {
  const control: ControlResult = {
    ...controlIn(['fail']),
    id: hostile,
    title: hostile,
    description: hostile,
    reason: hostile,
    remediation: hostile,
    policy: hostile,
    waiver: 'waiver-1',
    mappings: [{ framework: hostile, version: hostile, id: hostile, name: hostile, relation: 'supports' }],
    checks: [
      checkIn('fail', {
        id: hostile,
        title: hostile,
        reason: hostile,
        required: hostile,
        evidence: [
          {
            kind: 'document',
            title: hostile,
            path: `docs/${hostile}`,
            quote: hostile,
            digest: hostile,
            by: person(hostile),
          },
        ],
      }),
    ],
    source: { document: hostile, quote: hostile },
  };
  return makeSource({
    id: hostile,
    controls: [control],
    subject: { model: hostile, version: hostile, weightsDigest: hostile },
    assessor: { name: hostile, email: hostile, assurance: 'self-asserted' },
    workbench: hostile,
    policies: [
      {
        id: hostile,
        version: hostile,
        level: 'team',
        title: hostile,
        path: hostile,
        digest: hostile,
        extends: [hostile],
      },
    ],
    gate: {
      outcome: 'failed',
      sentence: hostile,
      conditions: [{ condition: hostile, required: hostile, actual: hostile, outcome: 'not-met', policy: hostile }],
    },
    waivers: [makeWaiver({ control: hostile, reason: hostile, compensatingControls: [hostile] })],
  });
}
