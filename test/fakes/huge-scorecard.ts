import { createHash } from 'node:crypto';
import type {
  AppliedPolicy,
  AssessmentRecord,
  CheckResult,
  CheckState,
  ControlResult,
  Evidence,
  FrameworkCoverage,
  ScorecardView,
} from '../../schemas/generated/messages.ts';
import {
  coverageOf,
  digestRecord,
  outcomeOf,
  scoreOf,
  valueOf,
  verifyScorecard,
} from '../../schemas/verify-scorecard.ts';
import { createSeeded } from './seeded.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const day = 86_400_000;
const assessedAt = Date.parse('2026-11-20T09:30:00Z');
const bo = { name: 'Bo Tan', email: 'bo@marlo.example', assurance: 'self-asserted' } as const;
const levels = ['country', 'industry', 'corporate', 'team'] as const;
const severities = ['critical', 'high', 'medium', 'low'] as const;
const weights = { critical: 10, high: 5, medium: 2, low: 1 } as const;
const topics = ['Robustness', 'Fairness', 'Privacy', 'Security', 'Oversight', 'Transparency', 'Data', 'Operations'];
const phrases = [
  'holds up on noisy input',
  'treats groups of customers alike',
  'keeps personal data out of its answers',
  'refuses instructions that documents smuggle in',
  'is watched by a named person',
  'tells users that they talk to a machine',
  'was trained on data that may be used',
  'is measured again before evidence grows old',
];

/**
 * A record of many policies with many controls each, the same every time: every outcome, waivers, and checks with figures. Its digest
 * and its arithmetic are true.
 */
export function makeHugeScorecard(policyCount = 50, controlsEach = 200): ScorecardView {
  const random = createSeeded(8);
  const policies = Array.from({ length: policyCount }, (_, index) => makePolicy(index));
  const controls = policies.flatMap((policy, index) =>
    Array.from({ length: controlsEach }, (_, number) => makeControl(policy, index, number, random)),
  );
  const score = scoreOf(controls);
  const record: AssessmentRecord = {
    schemaVersion: 1,
    id: 'a-huge',
    subject: { model: 'claims-assistant', version: '12', weightsDigest: `sha256:${sha256('weights')}`, author: bo },
    assessedAt,
    validUntil: assessedAt + 90 * day,
    assessor: bo,
    workbench: '0.3.0',
    policies,
    policySetDigest: sha256('policies'),
    score,
    coverage: coverageOf(controls),
    waived: 0,
    gate: {
      outcome: 'failed',
      sentence: 'Failed: 2 of 3 conditions are not met.',
      conditions: [
        {
          condition: 'Critical and high controls',
          required: 'all compliant or waived',
          actual: 'many failed',
          outcome: 'not-met',
          policy: 'policy-00',
          controls: controls
            .filter(({ outcome, severity }) => outcome === 'non-compliant' && severity === 'critical')
            .slice(0, 40)
            .map(({ id }) => id),
        },
        {
          condition: 'Score',
          required: 'at least 85',
          actual: String(Math.floor((score ?? 0) * 10) / 10),
          outcome: 'not-met',
          policy: 'policy-02',
        },
        {
          condition: 'Evidence coverage',
          required: 'at least 50 %',
          actual: 'reached',
          outcome: 'met',
          policy: 'policy-02',
        },
      ],
    },
    controls,
    waivers: [],
    frameworks: [makeFramework(controls)],
  };
  const digest = digestRecord(record, sha256);
  const scorecard = {
    schemaVersion: 1 as const,
    record,
    digest,
    approval: { state: 'none' as const, sentence: 'Nobody has asked for approval.' },
  };
  return { scorecard, verification: verifyScorecard(scorecard, sha256), source: 'store', history: [] };
}

function makePolicy(index: number): AppliedPolicy {
  const level = levels[Math.min(levels.length - 1, Math.floor(index / 13))] ?? 'team';
  const id = `policy-${String(index).padStart(2, '0')}`;
  const topic = topics[index % topics.length] ?? '';
  return {
    id,
    version: `1.${String(index)}.0`,
    level,
    title: `${topic} of the ${level} set ${String(index)}`,
    owner: `owner-${String(index)}@marlo.example`,
    digest: sha256(id),
    extends: [],
  };
}

function makeControl(policy: AppliedPolicy, index: number, number: number, random: () => number): ControlResult {
  const id = `P${String(index).padStart(2, '0')}-${String(number + 1).padStart(3, '0')}`;
  const severity = severities[Math.min(3, Math.floor(random() * random() * 4 + random()))] ?? 'low';
  const kind = random();
  const states: CheckState[] =
    kind < 0.09
      ? ['fail']
      : kind < 0.13
        ? ['pass', 'fail']
        : kind < 0.18
          ? ['needs-review']
          : kind < 0.22
            ? ['missing']
            : kind < 0.24
              ? ['stale']
              : kind < 0.28
                ? ['not-applicable']
                : ['pass'];
  const checks = states.map((state, place) => makeCheck(id, state, place, random));
  const outcome = outcomeOf(states);
  const phrase = phrases[Math.floor(random() * phrases.length)] ?? '';
  return {
    id,
    title: `Case ${String(number + 1)} of ${topics[index % topics.length] ?? ''}: the model ${phrase}`,
    severity,
    weight: weights[severity],
    policy: policy.id,
    outcome,
    value: valueOf(outcome),
    reason: reasonOf(outcome, checks),
    remediation: 'Add rows of this kind to the training split, tune again, and run the benchmark on the new version.',
    mappings: [
      { framework: 'nist-ai-rmf', version: '1.0', id: `MEASURE 2.${String(1 + (number % 13))}`, relation: 'supports' },
    ],
    checks,
  };
}

function reasonOf(outcome: ControlResult['outcome'], checks: readonly CheckResult[]): string {
  const passed = checks.filter(({ state }) => state === 'pass').length;
  if (outcome === 'not-applicable') return 'It applies from risk tier 3; this model is of tier 2.';
  if (outcome === 'not-assessed') return checks[0]?.reason ?? '';
  return `${String(passed)} of ${String(checks.length)} checks passed.`;
}

function makeCheck(control: string, state: CheckState, place: number, random: () => number): CheckResult {
  const id = `${control}.${String(place)}`;
  const judged = state === 'pass' ? 0.82 + 0.1 * random() : 0.6 + 0.15 * random();
  const round = (value: number): number => Math.round(value * 1000) / 1000;
  const evidence: Evidence[] = [
    {
      kind: 'run',
      title: `suite-${control.slice(0, 3).toLowerCase()} of claims-assistant@12`,
      digest: sha256(id),
      collectedAt: assessedAt - 14 * day,
      runId: `20261106-101500-${sha256(id).slice(0, 6)}`,
      variant: 0,
    },
  ];
  const isMeasured = state === 'pass' || state === 'fail';
  return {
    id,
    kind: 'metric',
    title: `Share of right decisions in case ${String(place + 1)}`,
    state,
    reason:
      state === 'pass'
        ? `The lower bound ${String(round(judged))} reaches 0.8.`
        : state === 'fail'
          ? `The lower bound ${String(round(judged))} is below 0.8.`
          : 'No run of this benchmark asked these weights.',
    required: 'at least 0.8 (lower bound)',
    target: 0.8,
    op: '>=',
    unit: 'ratio',
    ...(isMeasured
      ? {
          actual: round(judged + 0.03),
          low: round(judged),
          high: round(judged + 0.06),
          judged: round(judged),
          confidence: 0.95,
          n: 480,
        }
      : {}),
    evidence: isMeasured ? evidence : [],
  };
}

function makeFramework(controls: readonly ControlResult[]): FrameworkCoverage {
  const byId = Map.groupBy(controls, ({ mappings }) => mappings[0]?.id ?? '');
  return {
    framework: 'nist-ai-rmf',
    title: 'NIST AI Risk Management Framework',
    version: '1.0',
    total: 72,
    entries: [...byId].map(([id, members]) => ({
      id,
      name: 'Measured and documented',
      group: 'MEASURE',
      state: 'partial' as const,
      controls: members.map(member => member.id),
    })),
  };
}
