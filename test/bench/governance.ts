import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { parseDocument } from 'yaml';
import { assessVersion, type AssessRequest } from '../../engine/governance/assess.ts';
import { judgeVersion } from '../../engine/governance/judge-version.ts';
import { createAssessmentMemory } from '../../engine/governance/memory.ts';
import { readMoment } from '../../engine/governance/moment.ts';
import { readPolicies, resolveSet } from '../../engine/governance/policies.ts';
import { previewAssessment } from '../../engine/governance/preview.ts';
import { readScorecard, serialiseScorecard } from '../../engine/governance/scorecard.ts';
import { makeScorecard, viewAssessment } from '../../engine/governance/view.ts';
import type { PolicyDocument } from '../../engine/policies/policy-set.ts';
import { createRecordId } from '../../engine/base/record-id.ts';
import { identity } from '../fakes/evidence.ts';
import { openGoverned, signal, type Governed } from '../fakes/governed.ts';
import { median } from './measure.ts';

const benchmarks = 40;
const severities = ['critical', 'high', 'medium', 'low'];

/**
 * Assessing `policies` × `controls` over a real store: reading the policies' files, beside a bare parse of the same texts, then everything from the evidence to the stored record, then
 * the scorecard as it is shown, and previews in a process that goes on.
 */
export async function benchGovernance(policies: number, controls: number, rounds: number): Promise<void> {
  const world = await openGoverned();
  try {
    const { ports } = world;
    const request = await prepare(world, policies, controls);
    const count = policies * controls;
    console.log(`Assessment of ${count} controls (${policies} policies × ${controls}):`);
    const memory = createAssessmentMemory(text => ports.digest.sha256(text));
    const bare: Took[] = [];
    const parsed: Took[] = [];
    const wholes: Took[] = [];
    const assessed: Took[] = [];
    let id = '';
    for (let round = 0; round < rounds; round += 1) {
      // In turn, so that both are cold once and warm afterwards.
      if (round % 2 === 0) bare.push(await parseBare(request));
      parsed.push(await time(() => readPolicies(request.policies, request.folder, ports, signal)));
      if (round % 2 === 1) bare.push(await parseBare(request));
      wholes.push(await time(() => assessVersion(request, ports, signal)));
      const documents = await readPolicies(request.policies, request.folder, ports, signal, memory.parse);
      assessed.push(
        await time(async () => {
          id = await assessOnce(documents, request.folder, world);
        }),
      );
      world.clock.advance(1000);
    }
    tell('the policies’ text parsed by `yaml` alone', bare, count);
    tell('the policies’ files read and checked', parsed, count);
    tellRatio('reading', parsed, bare);
    tell('all of assessing, reading and showing included', wholes, count);
    tellRatio('all of assessing', wholes, bare);
    tell('put together, evidence read, judged and stored', assessed, count);
    tell('shown', [await time(() => viewAssessment(id, ports, signal))], count);
    const preview = (): Promise<unknown> =>
      previewAssessment({ assessmentId: id, folder: request.folder }, ports, memory, signal);
    await preview();
    tell('previewed with nothing new', [await time(preview)], count);
    await world.measure([await ports.store.registry.getVersion('triage', '1', signal)], { name: 'bench-3' });
    tell('previewed after a run', [await time(preview)], count);
    const text = serialiseScorecard(await makeScorecard(id, ports));
    console.log(`  scorecard file ${(text.length / 1024 / 1024).toFixed(1)} MiB`);
    tell('scorecard file read', [await time(() => Promise.resolve(readScorecard(text, 'x')))], count);
  } finally {
    await world.close();
  }
}

async function parseBare({ policies, folder }: AssessRequest): Promise<Took> {
  const texts = policies.map(({ path: file }) => readFileSync(path.resolve(folder, file), 'utf8'));
  return time(async () => texts.map(text => parseDocument(text).errors));
}

async function assessOnce(documents: readonly PolicyDocument[], folder: string, { ports }: Governed): Promise<string> {
  const { store, clock, random, workbench } = ports;
  const set = await resolveSet(documents, folder, ports, signal);
  const moment = await readMoment(store, clock.now());
  const id = createRecordId('assessment', clock, random);
  const target = { model: 'triage', version: '1' };
  const assessor = identity('assessor');
  const record = await judgeVersion({ id, target, set, moment, assessor, workbench, folder }, ports, signal);
  const { model, version } = record.subject;
  await store.ledger.append({
    id,
    kind: 'assessment',
    model,
    version,
    at: moment.at,
    actor: assessor,
    payload: record,
  });
  return id;
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

interface Took {
  readonly ms: number;
  /** Of this process with all its threads, milliseconds: what counts on a machine that others use. */
  readonly cpu: number;
}

function tell(what: string, took: readonly Took[], controls: number): void {
  const [ms, cpu] = [median(took.map(each => each.ms)), median(took.map(each => each.cpu))];
  const rate = Math.round(controls / (ms / 1000));
  console.log(`  ${what}: ${ms.toFixed(0)} ms (${cpu.toFixed(0)} ms of CPU), ${rate} controls a second`);
}

/** By CPU: the first round is that of a process which begins, the others of one that goes on. */
function tellRatio(what: string, took: readonly Took[], bare: readonly Took[]): void {
  const ratios = took.map(({ cpu }, round) => cpu / (bare[round]?.cpu ?? Number.NaN));
  const [first = Number.NaN, ...later] = ratios;
  console.log(`    ${what} ÷ bare parse: ${first.toFixed(2)} at first, ${median(later).toFixed(2)} later`);
}

async function time(work: () => Promise<unknown>): Promise<Took> {
  const [start, before] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(before);
  return { ms: performance.now() - start, cpu: (user + system) / 1000 };
}
