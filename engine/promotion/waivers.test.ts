import assert from 'node:assert/strict';
import { day } from '../../test/fakes/evidence.ts';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError, type ErrorCode } from '../base/errors.ts';
import { approveWaiver, listWaivers, requestWaiver } from './waivers.ts';

describe('waivers', () => {
  let world: Governed;
  beforeEach(async () => {
    world = await openGoverned();
    await world.register('w1');
  });
  afterEach(() => world.close());
  const request = (changes: Partial<Parameters<typeof requestWaiver>[0]> = {}) => {
    world.act('requester');
    const expiresAt = world.clock.now() + 30 * day;
    const waiver = {
      model: 'triage',
      versions: ['candidate'],
      control: 'FAIR-02',
      reason: 'Mended in the next.',
      expiresAt,
      folder: world.folder,
    };
    return requestWaiver({ ...waiver, ...changes }, world.ports, signal);
  };
  const approveBy = (by: string, waiverId: string) => {
    world.act(by);
    return approveWaiver({ waiverId, folder: world.folder }, world.ports, signal);
  };
  const code = (expected: ErrorCode) => (error: unknown) => error instanceof WorkbenchError && error.code === expected;

  it('are approved by two other people', async () => {
    const { id, versions, approvals } = await request();
    assert.deepEqual([versions, approvals], [['1'], []]);
    await assert.rejects(approveBy('requester', id), code('separation-of-duties'));
    await approveBy('one', id);
    await assert.rejects(approveBy('ONE', id), code('separation-of-duties'));
    const people = (await approveBy('two', id.slice(0, -1))).approvals.map(({ by }) => by.email);
    assert.deepEqual(people, ['one@x.example', 'two@x.example']);
    assert.deepEqual(
      (await listWaivers(world.ports, world.folder, signal)).map(waiver => [waiver.id, waiver.approvals.length]),
      [[id, 2]],
    );
    assert.ok((await verifyAudit(world.ports.store, world.ports.digest, signal)).intact);
  });

  it('are not approved once they have expired', async () => {
    const { id } = await request();
    world.clock.advance(31 * day);
    await assert.rejects(approveBy('one', id), /expired/);
  });

  const refused: readonly [
    what: string,
    changes: Partial<Parameters<typeof requestWaiver>[0]>,
    expected?: ErrorCode,
  ][] = [
    ['no reason', { reason: '  ' }],
    ['an end in the past', { expiresAt: Date.UTC(2026, 0, 1) }],
    ['no end', { expiresAt: Number.NaN }],
    ['an end in ten years', { expiresAt: Date.UTC(2036, 0, 1) }],
    ['no version', { versions: [] }],
    ['a version there is none of', { versions: ['9'] }, 'registry-not-found'],
    ['a control that cannot be one', { control: 'a b' }],
  ];
  for (const [what, changes, expected = 'usage'] of refused) {
    it(`are refused with ${what}`, async () => {
      await assert.rejects(request(changes), code(expected));
      assert.deepEqual(await listWaivers(world.ports, world.folder, signal), []);
    });
  }

  it('are not other records', async () => {
    const record = await world.assess(await world.register('w1'));
    await assert.rejects(approveBy('one', record.id), code('record-not-found'));
  });
});
