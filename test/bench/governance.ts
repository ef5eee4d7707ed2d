import { performance } from 'node:perf_hooks';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { assessVersion, type AssessRequest } from '../../engine/governance/assess.ts';
import { serialiseScorecard, readScorecard } from '../../engine/governance/scorecard.ts';
import { makeScorecard, viewAssessment } from '../../engine/governance/view.ts';
import { openGoverned, signal, type Governed } from '../fakes/governed.ts';
import { median } from './measure.ts';

const benchmarks = 40;
const severities = ['critical', 'high', 'medium', 'low'];

/** Assessing `policies` × `controls` by a real store, from reading the policies to the stored record. */
export async function benchGovernance(policies: number, controls: number, rounds: number): Promise<void> {
  const world = await openGoverned();
  try {
    const request = await prepare(world, policies, controls);
    console.log(`Assessment of ${policies * controls} controls (${policies} policies × ${controls}):`);
    const took: number[] = [];
    let id = '';
    for (let round = 0; round < Math.max(rounds, 2); round += 1) {
      took.push(
        await time(async () => {
          const { view } = await assessVersion(request, world.ports, signal);
          id = view.scorecard.record.id;
        }),
      );
    }
    tell('assessed, stored and shown', took, policies * controls);
    const shown = [await time(() => viewAssessment(id, world.ports, signal))];
    tell('shown again', shown, policies * controls);
    const text = serialiseScorecard(await makeScorecard(id, world.ports));
    console.log(`  scorecard file ${(text.length / 1024 / 1024).toFixed(1)} MiB`);
    tell('scorecard file read', [await time(() => Promise.resolve(readScorecard(text, 'x')))], policies * controls);
  } finally {
    await world.close();
  }
}

async function prepare(world: Governed, policies: number, controls: number): Promise<AssessRequest> {
  const card = path.join(world.folder, 'card.md');
  writeFileSync(card, '---\nlicense: mit\n---\n# Triage\n\n## Use\n\nRouting of tickets.\n');
  const version = await world.register('weights', { card });
  for (let benchmark = 0; benchmark < benchmarks; benchmark += 1)
    await world.measure([version], { name: `bench-${benchmark}` });
  const folder = path.join(world.folder, 'policies');
  mkdirSync(folder);
  const files: string[] = [];
  for (let policy = 0; policy < policies; policy += 1) {
    const file = path.join(folder, `p${policy}.policy.yaml`);
    writeFileSync(file, writePolicy(policy, controls));
    files.push(file);
  }
  return { model: 'triage', version: '1', policies: files.map(file => ({ path: file })), folder: world.folder };
}

/** Every kind of check that needs no person, spread over frameworks and severities. */
function writePolicy(policy: number, controls: number): string {
  const lines = [
    `id: p${policy}`,
    'version: 1.0.0',
    'level: corporate',
    'frameworks: [{id: nist-ai-rmf, version: "1.0"}, {id: mitre-atlas, version: "2026.07"}]',
    'scoring: {gate: {failOn: [critical], minScore: 50}}',
    'controls:',
  ];
  for (let control = 0; control < controls; control += 1) {
    const id = `P${policy}-${control}`;
    lines.push(
      `  - id: ${id}`,
      `    title: Control ${control} of policy ${policy}`,
      `    severity: ${severities[control % 4]}`,
      '    mappings: [{framework: nist-ai-rmf, id: MEASURE 2.5, relation: supports}, {framework: mitre-atlas, id: AML.T0051, relation: mitigates}]',
      '    checks:',
      `      - ${writeCheck(id, control)}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

function writeCheck(id: string, control: number): string {
  switch (control % 4) {
    case 0:
      return `{id: ${id}.card, type: model-card, path: "#use"}`;
    case 1:
      return `{id: ${id}.data, type: lineage, require: [license, dataset-card]}`;
    case 2:
      return `{id: ${id}.look, type: attestation, role: reviewer, statement: I have read them.}`;
    default:
      return `{id: ${id}.acc, type: metric, benchmark: bench-${control % benchmarks}, metric: accuracy, assert: {op: ">=", value: 0.8, minSamples: 100}, freshness: P30D}`;
  }
}

function tell(what: string, took: readonly number[], controls: number): void {
  const ms = median(took);
  console.log(
    `  ${what}: ${ms.toFixed(0)} ms, ${Math.round(controls / (ms / 1000))} controls a second (${took.map(each => each.toFixed(0)).join(', ')})`,
  );
}

async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
