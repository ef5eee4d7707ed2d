import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import type { PolicyTestReport } from '../../schemas/generated/messages.ts';
import { validatePolicyTestReport } from '../../schemas/generated/validators.js';
import { refused } from '../../test/fakes/assessable.ts';
import { renderPolicyTests, renderPolicyTestsJunit } from './report.ts';
import { listPolicyTests, runPolicyTests } from './run.ts';

const signal = new AbortController().signal;
const ports = { files: createFiles(), digest: createDigest() };

const corporate = `id: corp
version: 1.0.0
level: corporate
scoring: {gate: {failOn: [critical, high], minEvidenceCoverage: 50}}
controls:
  - id: PERF
    title: Right often enough
    severity: critical
    checks:
      - {id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.8, minSamples: 100}, freshness: P30D}
      - {id: PERF.slow, type: metric, benchmark: core, metric: latency.p95, assert: {op: "<=", value: 500, bound: point}}
  - id: FAIR
    title: Groups are served alike
    severity: high
    checks: [{id: FAIR.gap, type: metric, benchmark: core, metric: accuracy, slice: group, statistic: max-gap, assert: {op: "<=", value: 0.2}}]
  - id: CARD
    title: The card says what it is for
    severity: high
    checks:
      - {id: CARD.use, type: model-card, path: "#intended-use", pattern: "*tickets*"}
      - {id: CARD.tier, type: model-card, path: model.risk_tier}
  - id: LINE
    title: Training data may be used
    severity: medium
    checks: [{id: LINE.from, type: lineage, require: [training-run, dataset-card, license, pii-review]}]
  - id: LOOK
    title: A person has looked
    severity: high
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read them., validity: P90D}]
  - id: TIER
    title: Risky models have an owner
    severity: low
    appliesTo: {all: [{field: model.riskTier, atLeast: 3}]}
    checks: [{id: TIER.owner, type: model-card, path: owner}]
`;
const whole = `      facts: {riskTier: 1}
      card: {model.risk_tier: "1", "#intended-use": Routing of tickets.}
      lineage: [training-run, dataset-card, license, pii-review]
      metrics:
        core:
          accuracy: {slices: {group: {a: {value: 0.92, n: 400}, b: {value: 0.9, n: 400}}}}
          latency.p95: {value: 320}
      attestations: [{control: LOOK, age: P10D}]
`;
const unattested = whole.replace(/ +attestations: .*\n/, '');
const team = (tests: string): string => `id: team
version: 1.0.0
level: team
extends: [{id: corp, version: ^1.0.0}]
controls:
  - id: PERF
    checks:
      - {id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.85, minSamples: 100}, freshness: P30D}
tests:
${tests}`;

describe('runPolicyTests', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-policy-tests-'));
    writeFileSync(path.join(folder, 'corp.policy.yaml'), corporate);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (text: string, chosen?: readonly number[]): Promise<PolicyTestReport> =>
    runPolicyTests({ path: path.join(folder, 'team.policy.yaml'), text }, folder, ports, signal, chosen);
  const one = (model: string, expect: string): string =>
    team(`  - name: one\n    model:\n${model}    expect:\n${expect}`);

  it('judges by the policy and all it extends, as an assessment does', async () => {
    const report = await run(
      one(
        whole,
        `      gate: passed
      score: 100
      coverage: 100
      controls: {PERF: compliant, FAIR: compliant, CARD: compliant, LINE: compliant, LOOK: compliant, TIER: not-applicable}
      checks: {PERF.acc: pass, TIER.owner: not-applicable}
`,
      ),
    );
    assert.deepEqual(report.tests[0]?.failures, []);
    assert.equal(report.path, 'team.policy.yaml');
    assert.ok(validatePolicyTestReport(report));
  });

  it('tells what was expected, what came out, why and in which line', async () => {
    const text = one(
      whole.replace('0.92, n: 400', '0.86, n: 400').replace('0.9, n: 400', '0.84, n: 400'),
      '      gate: passed\n      controls:\n        PERF: compliant\n        FAIR: non-compliant\n      checks: {PERF.acc: pass}\n',
    );
    const [test] = (await run(text)).tests;
    const lines = text.split('\n');
    assert.deepEqual(
      test?.failures.map(({ subject, expected, actual, line }) => [subject, expected, actual, lines[line - 1]?.trim()]),
      [
        ['gate', 'passed', 'failed', 'gate: passed'],
        ['PERF', 'compliant', 'partial', 'PERF: compliant'],
        ['FAIR', 'non-compliant', 'compliant', 'FAIR: non-compliant'],
        ['PERF.acc', 'pass', 'fail', 'checks: {PERF.acc: pass}'],
      ],
    );
    assert.match(test.failures[3]?.reason ?? '', /its lower bound 0\.82\d is below 0\.85/);
    const shown = renderPolicyTests([await run(text)]);
    assert.match(shown, /FAIL {2}one\n +team\.policy\.yaml:\d+ gate: expected passed, is failed\n/);
    assert.match(shown, /0 passed, 1 failed$/);
    const junit = renderPolicyTestsJunit([await run(text)]);
    assert.match(junit, /<testsuite name="team" tests="1" failures="1" file="team\.policy\.yaml">/);
    assert.match(junit, /<failure message="gate: expected passed, is failed">/);
  });

  const states: readonly [what: string, model: string, expect: string][] = [
    ['too few rows', whole.replace(/n: 400/g, 'n: 40'), 'checks: {PERF.acc: needs-review}'],
    ['an old run', whole.replace('latency.p95: {', 'latency.p95: {age: P31D, '), 'checks: {PERF.acc: stale}'],
    [
      'a run of just the right age',
      whole.replace('latency.p95: {', 'latency.p95: {age: P30D, '),
      'checks: {PERF.acc: pass}',
    ],
    [
      'rows without an answer',
      whole.replace('{value: 320}', '{value: 320, failed: 2}'),
      'checks: {PERF.acc: needs-review}',
    ],
    ['no figure', whole.replace('latency.p95: {value: 320}', 'latency.p95: {n: 0}'), 'checks: {PERF.slow: error}'],
    ['no run', whole.replace('core:', 'other:'), 'checks: {PERF.acc: missing}, controls: {PERF: not-assessed}'],
    [
      'other words in the card',
      whole.replace('tickets', 'letters'),
      'checks: {CARD.use: fail}, controls: {CARD: partial}',
    ],
    ['no card', whole.replace(/card: .*\n/, 'scans: []\n'), 'checks: {CARD.use: missing}'],
    ['no licence', whole.replace('license, ', ''), 'checks: {LINE.from: fail}'],
    ['no lineage', whole.replace(/lineage: .*\n/, 'scans: []\n'), 'checks: {LINE.from: missing}'],
    ['a statement by the author', whole.replace('age: P10D', 'by: author'), 'checks: {LOOK.read: fail}'],
    ['an old statement', whole.replace('P10D', 'P91D'), 'checks: {LOOK.read: stale}'],
    ['another statement', whole.replace('age: P10D', 'statement: Fine.'), 'checks: {LOOK.read: missing}'],
    ['an unknown fact', whole.replace('riskTier: 1', 'other: 1'), 'controls: {TIER: not-assessed}'],
    ['a fact that holds', whole.replace('riskTier: 1', 'riskTier: 3'), 'controls: {TIER: non-compliant}'],
    ['a waiver', `${unattested}      waivers: [{control: LOOK}]\n`, 'gate: passed, controls: {LOOK: not-assessed}'],
    ['a waiver that ended', `${unattested}      waivers: [{control: LOOK, until: 2025-12-31}]\n`, 'gate: failed'],
    ['a waiver with one approval', `${unattested}      waivers: [{control: LOOK, approvals: 1}]\n`, 'gate: failed'],
  ];
  for (const [what, model, expect] of states) {
    it(`knows ${what}`, async () => {
      const text = team(`  - name: one\n    model:\n${model}    expect: {${expect}}\n`);
      assert.deepEqual((await run(text)).tests[0]?.failures, []);
    });
  }

  it('says so where a name is none of the policy', async () => {
    const [test] = (await run(one(whole, '      controls: {PREF: compliant}\n'))).tests;
    assert.deepEqual(
      test?.failures.map(({ actual, reason }) => [actual, reason]),
      [['absent', 'Neither the policy nor one it extends has a control PREF.']],
    );
  });

  it('runs those that are asked for, and lists all with their lines', async () => {
    const text = team(
      ['one', 'two'].map(name => `  - name: ${name}\n    model: {}\n    expect: {gate: passed}\n`).join(''),
    );
    assert.deepEqual(
      (await run(text, [1])).tests.map(({ index, name }) => [index, name]),
      [[1, 'two']],
    );
    const { tests } = await listPolicyTests({ path: path.join(folder, 'team.policy.yaml'), text }, ports.files, signal);
    assert.deepEqual(
      tests.map(({ name, line }) => [name, text.split('\n')[line - 1]]),
      [
        ['one', '  - name: one'],
        ['two', '  - name: two'],
      ],
    );
  });

  it('refuses a policy that does not hold together', async () => {
    await assert.rejects(
      run(one(whole, '      gate: passed\n').replace('0.85', '0.5')),
      refused('policy-invalid', /team\.policy\.yaml:\d+/),
    );
  });
});
