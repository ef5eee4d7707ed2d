import assert from 'node:assert/strict';
import { openAssessable, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { approve, requestApproval } from '../promotion/approval.ts';
import { promote } from '../promotion/promote.ts';
import { approveWaiver, endWaiver, requestWaiver } from '../promotion/waivers.ts';
import { listDue, sortDue, usualHorizon } from './due.ts';

describe('what is due', () => {
  let world: Assessable;
  let step: { readonly model: string; readonly version: string; readonly folder: string };
  beforeEach(async () => {
    world = await openAssessable();
    step = { model: 'triage', version: '1', folder: world.folder };
    await world.measure([world.version]);
  });
  afterEach(() => world.close());

  const due = async (within = usualHorizon, model?: string): Promise<string[]> => {
    const request = { folder: world.folder, within, ...(model === undefined ? {} : { model }) };
    const items = await listDue(request, world.ports, signal);
    return items.map(({ state, kind, control, policy }) => [state, kind, control ?? policy].filter(Boolean).join(' '));
  };
  const waive = async (): Promise<string> => {
    world.act('requester');
    const request = { model: 'triage', versions: ['1'], control: 'LINE', reason: 'Known.', folder: world.folder };
    return (await requestWaiver({ ...request, expiresAt: world.clock.now() + 20 * day }, world.ports, signal)).id;
  };

  it('is nothing before anything was assessed', async () => {
    assert.deepEqual(await due(), []);
  });

  it('is what an assessment leaves open, and its evidence as it gets old', async () => {
    await world.judge();
    assert.deepEqual(await due(), ['due evidence-expiry PERF', 'open attestation LOOK']);
    assert.deepEqual(await due(5 * day), ['open attestation LOOK']);
    await world.attest();
    assert.deepEqual(await due(5 * day), ['open assessment']);
    await world.judge();
    assert.deepEqual(await due(5 * day), []);
    assert.deepEqual(await due(100 * day), ['due evidence-expiry PERF', 'due attestation LOOK']);
    world.clock.advance(31 * day);
    assert.deepEqual(await due(), ['overdue evidence-expiry PERF']);
    assert.deepEqual(await due(usualHorizon, 'triage'), ['overdue evidence-expiry PERF']);
  });

  it('is a waiver until it is approved, before it ends, and no longer once it has been ended', async () => {
    const waiverId = await waive();
    assert.deepEqual(await due(), ['open waiver-approval LINE']);
    for (const by of ['one', 'two']) {
      world.act(by);
      await approveWaiver({ waiverId, folder: world.folder }, world.ports, signal);
    }
    assert.deepEqual([await due(), await due(5 * day)], [['due waiver-expiry LINE'], []]);
    await endWaiver({ waiverId, reason: 'Mended.', folder: world.folder }, world.ports, signal);
    assert.deepEqual(await due(), []);
  });

  it('is an approval that is asked for, and an assessment in production that no longer counts', async () => {
    await world.judge();
    await world.attest();
    await world.judge();
    world.act('requester');
    await requestApproval(step, world.ports, signal);
    assert.deepEqual(await due(5 * day), ['open approval']);
    world.act('approver');
    await approve(step, world.ports, signal);
    world.act('operator');
    await promote(step, world.ports, signal);
    assert.deepEqual(await due(5 * day), []);
    world.clock.advance(31 * day);
    const items = await listDue({ folder: world.folder, within: 5 * day }, world.ports, signal);
    assert.deepEqual(
      items.map(({ state, kind }) => `${state} ${kind}`),
      ['overdue assessment', 'overdue evidence-expiry'],
    );
    assert.match(items[0]?.title ?? '', /in production, and its assessment no longer counts/);
    assert.match(items[0]?.detail ?? '', /expired on/);
  });

  it('is a policy whose review comes, and one that was drafted from a document', async () => {
    const source = `source: {document: policy.pdf, sha256: ${'a'.repeat(64)}}`;
    await world.write('policies/old.policy.yaml', `id: old\nversion: 1.0.0\nlevel: team\nreviewBy: 2026-09-30\n`);
    await world.write(
      'policies/new.policy.yaml',
      `id: new\nversion: 1.0.0\nlevel: team\nreviewBy: 2026-10-20\n${source}\n`,
    );
    await world.write('policies/far.policy.yaml', `id: far\nversion: 1.0.0\nlevel: team\nreviewBy: 2028-10-20\n`);
    assert.deepEqual(await due(), ['overdue policy-review old', 'due policy-review new', 'open policy-approval new']);
    assert.deepEqual(await due(usualHorizon, 'triage'), []);
  });

  it('stands in order: overdue, then by date, then what waits', () => {
    const item = (title: string, dueAt?: number) =>
      ({ kind: 'approval', title, state: 'open', ...(dueAt === undefined ? {} : { dueAt }) }) as const;
    const sorted = sortDue(
      [item('waits'), item('later', 30), item('past', 5), item('soon', 20), item('long past', 1)],
      10,
    );
    assert.deepEqual(
      sorted.map(({ title, state }) => `${state} ${title}`),
      ['overdue long past', 'overdue past', 'due soon', 'due later', 'open waits'],
    );
  });
});
