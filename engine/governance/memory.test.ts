import assert from 'node:assert/strict';
import { openAssessable, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { addScan } from '../evidence/add-scan.ts';
import { attestControl } from '../promotion/attest.ts';
import { approveWaiver, requestWaiver } from '../promotion/waivers.ts';
import { createAssessmentMemory, type AssessmentMemory } from './memory.ts';
import { previewAssessment } from './preview.ts';
import { sealPolicies } from './seals.ts';

/** Each check of the second policy depends on the clock in a way of its own. */
const timed = `id: timed
version: 1.0.0
level: team
controls:
  - id: T-PERF
    title: Measured lately
    severity: high
    checks: [{id: T-PERF.acc, type: metric, benchmark: core, metric: accuracy, assert: {op: ">=", value: 0.8}, freshness: P3D}]
  - id: T-SPEED
    title: Measured once
    severity: medium
    checks: [{id: T-SPEED.acc, type: metric, benchmark: other, metric: accuracy, assert: {op: ">=", value: 0.8}}]
  - id: T-LOOK
    title: Looked at lately
    severity: medium
    checks: [{id: T-LOOK.read, type: attestation, role: reviewer, statement: I have read them., validity: P2D}]
  - id: T-CARD
    title: The card is new
    severity: low
    checks: [{id: T-CARD.use, type: model-card, path: "#use", freshness: P5D}]
  - id: T-SCAN
    title: Scanned lately
    severity: medium
    checks: [{id: T-SCAN.rate, type: scan, source: json, select: {pointer: /rate}, assert: {op: "<=", value: 0.05}, freshness: P2D}]
  - id: T-DATA
    title: The lineage is new
    severity: low
    checks: [{id: T-DATA.run, type: lineage, require: [license], freshness: P4D}]
`;

describe('a preview with a memory', () => {
  let world: Assessable;
  let memory: AssessmentMemory;
  let judged: number;

  beforeEach(async () => {
    world = await openAssessable();
    await world.write('policies/timed.policy.yaml', timed);
    const whole = createAssessmentMemory(text => world.ports.digest.sha256(text));
    judged = 0;
    memory = {
      ...whole,
      judgements: {
        judge: (check, control, grounds, now, judge) =>
          whole.judgements.judge(check, control, grounds, now, () => {
            judged += 1;
            return judge();
          }),
      },
    };
  });
  afterEach(() => world.close());

  const assess = async (): Promise<string> => {
    const policies = ['team', 'timed'].map(name => ({ path: world.file(`policies/${name}.policy.yaml`) }));
    const target = { model: 'triage', version: '1' };
    return (await world.recordOf({ policies, ...target })).id;
  };
  const preview = async (assessmentId: string, by: AssessmentMemory | undefined) => {
    const { scorecard, preview: found } = await previewAssessment(
      { assessmentId, folder: world.folder },
      world.ports,
      by,
      signal,
    );
    return { record: scorecard.record, found };
  };

  it('judges again only what changed', async () => {
    await world.measure([world.version]);
    const id = await assess();
    await preview(id, memory);
    assert.equal(judged, 11 - 1, 'TIER does not apply');
    judged = 0;
    await preview(id, memory);
    assert.equal(judged, 0);
    await world.attest();
    await preview(id, memory);
    assert.equal(judged, 1, 'the control that was attested');
    judged = 0;
    await world.measure([world.version], { value: 0.91 });
    await preview(id, memory);
    assert.equal(
      judged,
      4,
      'the checks of that benchmark, and two without evidence that would tell when to look again',
    );
  });

  it('is what one without is, whatever happens, in whatever order', async () => {
    const random = createSeeded(83);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const id = await assess();
    const waivers: string[] = [];
    let [edits, scans] = [0, 0];
    const events: Readonly<Record<string, () => Promise<unknown>>> = {
      'a run ends': () =>
        world.measure([world.version], { name: pick(['core', 'other']), value: pick([0.7, 0.86, 0.9]) }),
      'a run of few rows ends': () => world.measure([world.version], { name: 'core', limit: 5 }),
      'a control is attested': async () => {
        world.act(pick(['reviewer', 'author', 'rita']));
        const step = { model: 'triage', version: '1', control: pick(['LOOK', 'T-LOOK']), folder: world.folder };
        await attestControl(step, world.ports, signal).catch(ignoreRefusal);
      },
      'a waiver is asked for': async () => {
        world.act('author');
        const control = pick(['PERF', 'T-PERF', 'LOOK', 'T-LOOK']);
        const expiresAt = world.clock.now() + pick([1, 2, 5]) * day;
        const request = {
          model: 'triage',
          versions: ['1'],
          control,
          reason: 'Known.',
          expiresAt,
          folder: world.folder,
        };
        waivers.push((await requestWaiver(request, world.ports, signal)).id);
      },
      'a waiver is approved': async () => {
        const waiverId = waivers.at(-1);
        if (waiverId === undefined) return;
        world.act(pick(['bea', 'cem', 'dan']));
        await approveWaiver({ waiverId, folder: world.folder }, world.ports, signal).catch(ignoreRefusal);
      },
      'time passes': () => {
        world.clock.advance(pick([1, 1000, day / 2, day, 2 * day]));
        return Promise.resolve();
      },
      'a scan arrives': async () => {
        scans += 1;
        const [hits, attempts] = [pick([0, 3, 40]), 200];
        await world.write('scan.json', JSON.stringify({ scan: scans, rate: hits / attempts }));
        const step = { model: 'triage', version: '1', path: world.file('scan.json'), source: 'json' as const };
        await addScan({ ...step, folder: world.folder }, world.ports, signal);
      },
      'the bars are sealed': () =>
        sealPolicies([{ path: world.file('policies/timed.policy.yaml') }], world.folder, world.ports, signal),
      'the training is recorded': async () => {
        if (edits === 0) await world.recordTraining();
        edits += 1;
      },
      'a policy is edited': () =>
        world.write(
          'policies/timed.policy.yaml',
          timed.replace('value: 0.8}', `value: ${String(pick([0.8, 0.85, 0.95]))}}`),
        ),
      'a benchmark appears': () =>
        world.write(
          `${pick(['core', 'other'])}.bench.yaml`,
          `name: ${pick(['core', 'other'])}\ndataset: {path: rows.jsonl, input: a, target: b, split: {field: s, test: t}}\nmodels: [embedded:linear]\nmetrics: [accuracy]\n`,
        ),
    };
    const [seen, states] = [new Set<string>(), new Set<string>()];
    for (let step = 0; step < 90; step += 1) {
      const event = pick(Object.keys(events));
      await events[event]?.();
      if (random() < 0.4) continue;
      const [remembered, anew] = [await preview(id, memory), await preview(id, undefined)];
      assert.deepEqual(remembered, anew, `after step ${String(step)}: ${event}`);
      seen.add(anew.record.resultDigest ?? '');
      for (const { checks } of anew.record.controls)
        for (const { id: check, state, sealed } of checks) {
          states.add(`${check} ${state}`);
          if (sealed !== undefined) states.add('sealed');
        }
    }
    for (const state of [
      'T-SCAN.rate pass',
      'T-SCAN.rate stale',
      'T-LOOK.read stale',
      'T-CARD.use stale',
      'T-DATA.run stale',
      'sealed',
    ])
      assert.ok(states.has(state), `${state} among ${[...states].join(', ')}`);
    assert.ok(seen.size > 15, `${String(seen.size)} different results`);
  });
});

/** Somebody may not take a step: that is an event as well. */
function ignoreRefusal(error: unknown): void {
  assert.match(String((error as { code?: unknown }).code), /^(separation-of-duties|usage|record-exists)$/);
}
