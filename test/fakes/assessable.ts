import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { WorkbenchError, type ErrorCode } from '../../engine/base/errors.ts';
import { assessVersion, type Assessment, type AssessRequest } from '../../engine/governance/assess.ts';
import { attestControl } from '../../engine/promotion/attest.ts';
import type { AssessmentRecord, CheckResult } from '../../schemas/generated/messages.ts';
import type { LocalVersion } from '../../engine/ports/registry.ts';
import { makeTuningReport } from './evidence.ts';
import { openGoverned, signal, type Governed } from './governed.ts';
import { makeProgress } from './runs.ts';

export const corporate = `id: corp
version: 1.1.0
level: corporate
frameworks: [{id: nist-ai-rmf, version: "1.0"}]
scoring: {gate: {failOn: [critical, high], minScore: 40}}
controls:
  - id: PERF
    title: Right often enough
    severity: critical
    mappings: [{framework: nist-ai-rmf, id: MEASURE 2.5, relation: supports}]
    checks:
      - {id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.8, minSamples: 100}, freshness: P30D}
  - id: CARD
    title: The card says what it is for
    severity: high
    checks: [{id: CARD.use, type: model-card, path: "#use"}]
  - id: LINE
    title: It came out of a recorded run
    severity: medium
    checks: [{id: LINE.run, type: lineage, require: [training-run, leakage-free]}]
  - id: LOOK
    title: A person has looked
    severity: medium
    checks: [{id: LOOK.read, type: attestation, role: reviewer, statement: I have read them., validity: P90D}]
  - id: TIER
    title: Risky models have an owner
    severity: low
    appliesTo: {all: [{field: model.riskTier, atLeast: 3}]}
    checks: [{id: TIER.owner, type: model-card, path: owner}]
`;

export const team = `id: team
version: 1.0.0
level: team
extends: [{id: corp, version: ^1.0.0}]
assess: {model: triage@candidate, scorecard: ../cards/triage.scorecard.json}
controls:
  - id: PERF
    checks:
      - {id: PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.82, minSamples: 100}, freshness: P30D}
`;

/** A registered version with its card, in a workspace with two policies, one upon the other. */
export interface Assessable extends Governed {
  readonly version: LocalVersion;
  /** Absolute path of a file of the workspace. */
  file(name: string): string;
  write(name: string, text: string): Promise<void>;
  /** Assesses `triage@candidate` by the team's policy unless told otherwise. */
  judge(changes?: Partial<AssessRequest>): Promise<Assessment>;
  recordOf(changes?: Partial<AssessRequest>): Promise<AssessmentRecord>;
  /** Somebody other than author, trainer and assessor attests the control LOOK. */
  attest(): Promise<void>;
  /** Stores the finished tuning run that the version came out of. */
  recordTraining(): Promise<void>;
  /** Lets `edit` change what the store itself never lets change. */
  dropGuards(): void;
}

export async function openAssessable(): Promise<Assessable> {
  const world = await openGoverned();
  const file = (name: string): string => path.join(world.folder, name);
  const write = (name: string, text: string): Promise<void> => world.ports.files.writeText(file(name), text);
  await write('policies/corp.policy.yaml', corporate);
  await write('policies/team.policy.yaml', team);
  writeFileSync(file('card.md'), '---\nlicense: mit\n---\n# Triage\n\n## Use\n\nRouting of tickets.\n');
  const version = await world.register('weights', { card: file('card.md'), properties: { riskTier: 1 } });
  world.act('assessor');
  const judge = (changes: Partial<AssessRequest> = {}): Promise<Assessment> => {
    const policies = [{ path: file('policies/team.policy.yaml') }];
    return assessVersion({ policies, folder: world.folder, ...changes }, world.ports, signal);
  };
  return {
    ...world,
    version,
    file,
    write,
    judge,
    recordOf: async changes => (await judge(changes)).view.scorecard.record,
    attest: async () => {
      world.act('reviewer');
      const step = { model: 'triage', version: '1', control: 'LOOK', folder: world.folder };
      await attestControl(step, world.ports, signal);
      world.act('assessor');
    },
    recordTraining: async () => {
      const { store } = world.ports;
      const tuning = makeTuningReport('tune-weights', version.weightsDigest, 7);
      const place = { path: '/w/t', file: 't', folder: '/w' };
      const spec = { ...place, kind: 'tune' as const, text: '', name: 't', origin: 'terminal' as const };
      await store.createRun({ id: tuning.run.id, spec, createdAt: world.clock.now() });
      const writer = await store.openWriter(tuning.run.id, { host: 'here', bootId: 'b', pid: 1 });
      await writer.finish({ state: 'succeeded', progress: makeProgress(), headlines: [], tuning });
    },
    dropGuards: () => {
      for (const name of ['audit_log_never_changes', 'ledger_never_changes']) world.edit(`DROP TRIGGER ${name}`);
    },
  };
}

/** The check of this id in a record. */
export function checkOf(record: AssessmentRecord, id: string): CheckResult | undefined {
  return record.controls.flatMap(({ checks }) => checks).find(check => check.id === id);
}

/** For `assert.throws` and `assert.rejects`: a failure the user is told, of this code. */
export function refused(code: ErrorCode, message: RegExp): (error: unknown) => true {
  return error => {
    assert.ok(error instanceof WorkbenchError, String(error));
    assert.equal(error.code, code, error.message);
    assert.match(error.message, message);
    return true;
  };
}
