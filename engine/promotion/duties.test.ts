import assert from 'node:assert/strict';
import { openAssessable, refused, type Assessable } from '../../test/fakes/assessable.ts';
import { day } from '../../test/fakes/evidence.ts';
import { signal } from '../../test/fakes/governed.ts';
import { makeKey, workbenchOf } from '../../test/fakes/keys.ts';
import { approve, requestApproval } from './approval.ts';
import { attestControl } from './attest.ts';
import { approveWaiver, requestWaiver } from './waivers.ts';
import { withdrawAttestation } from './withdraw.ts';

/** Every act of a person on a version that was measured, assessed by `assessor` and put up by `requester`. */
const acts = {
  attest: ({ ports, folder }: Assessable) =>
    attestControl({ model: 'triage', version: '1', control: 'LOOK', folder }, ports, signal),
  approve: ({ ports, folder }: Assessable) => approve({ model: 'triage', version: '1', folder }, ports, signal),
  'approve the waiver': async ({ ports, folder }: Assessable) => {
    const [waiver] = await ports.store.ledger.list({ kind: 'waiver' });
    return approveWaiver({ waiverId: waiver?.id ?? '', folder }, ports, signal);
  },
  'take the attestation back': async ({ ports, folder }: Assessable) => {
    const [attestation] = await ports.store.ledger.list({ kind: 'attestation' });
    const step = { attestationId: attestation?.id ?? '', reason: 'Looked again.', folder };
    return withdrawAttestation(step, ports, signal);
  },
} as const;
type Act = keyof typeof acts;

/** Who does what, and whether that is allowed: with no role listed, and where the workspace lists `listed` in every role. */
const table: readonly [who: string, open: Readonly<Record<Act, boolean>>][] = [
  ['author', { attest: false, approve: false, 'approve the waiver': true, 'take the attestation back': false }],
  ['trainer', { attest: false, approve: false, 'approve the waiver': true, 'take the attestation back': false }],
  ['assessor', { attest: true, approve: false, 'approve the waiver': true, 'take the attestation back': true }],
  ['requester', { attest: true, approve: false, 'approve the waiver': false, 'take the attestation back': true }],
  ['reviewer', { attest: true, approve: true, 'approve the waiver': true, 'take the attestation back': true }],
  ['AUTHOR', { attest: false, approve: false, 'approve the waiver': true, 'take the attestation back': false }],
  ['listed', { attest: true, approve: true, 'approve the waiver': true, 'take the attestation back': true }],
];
const everyRole = { reviewer: ['listed'], Approver: ['listed'], 'waiver-approver': ['LISTED'] };

describe('separation of duties', () => {
  let world: Assessable;
  beforeEach(async () => {
    world = await openAssessable();
    await world.measure([world.version]);
    await world.judge();
    await world.attest();
    await world.judge();
    world.act('requester');
    const step = { model: 'triage', version: '1', folder: world.folder };
    await requestApproval(step, world.ports, signal);
    const waiver = { model: 'triage', versions: ['1'], control: 'LINE', reason: 'Known.', folder: world.folder };
    await requestWaiver({ ...waiver, expiresAt: world.clock.now() + 30 * day }, world.ports, signal);
  });
  afterEach(() => world.close());

  for (const [who, open] of table) {
    for (const act of Object.keys(acts) as Act[]) {
      it(`${open[act] ? 'lets' : 'does not let'} ${who} ${act}`, async () => {
        world.act(who);
        if (open[act]) await acts[act](world);
        else await assert.rejects(acts[act](world), refused('separation-of-duties', /x\.example/i));
      });
      // Whoever attested may take it back whatever the list says.
      const listed = open[act] && (who === 'listed' || (who === 'reviewer' && act === 'take the attestation back'));
      it(`${listed ? 'lets' : 'does not let'} ${who} ${act} where roles are listed`, async () => {
        await world.write('workbench.yaml', workbenchOf({}, everyRole));
        world.act(who);
        if (listed) await acts[act](world);
        else await assert.rejects(acts[act](world), refused('separation-of-duties', /x\.example/i));
      });
    }
  }

  it('opens no role with a list that cannot be read', async () => {
    await world.write('workbench.yaml', 'roles: {approver: everybody}\n');
    world.act('reviewer');
    for (const act of ['attest', 'approve', 'approve the waiver'] as const)
      await assert.rejects(acts[act](world), refused('file-invalid', /workbench\.yaml/));
  });

  it('keeps with the record that the role was listed', async () => {
    const listedIn = async (kind: 'attestation' | 'approval' | 'waiver-approval'): Promise<unknown> => {
      const [record] = await world.ports.store.ledger.list({ kind, limit: 1 });
      return (record?.payload as { roleListed?: boolean } | undefined)?.roleListed;
    };
    assert.equal(await listedIn('attestation'), undefined);
    await world.write('workbench.yaml', workbenchOf({}, everyRole));
    world.act('listed');
    await acts.attest(world);
    await acts.approve(world);
    await acts['approve the waiver'](world);
    for (const kind of ['attestation', 'approval', 'waiver-approval'] as const)
      assert.equal(await listedIn(kind), true);
  });

  it('lets nobody sign with a key that is vouched for as another’s', async () => {
    const key = await makeKey();
    await world.write('workbench.yaml', workbenchOf({ assessor: key }));
    world.holdKey(key);
    world.act('reviewer');
    await assert.rejects(acts.approve(world), refused('separation-of-duties', /key here is vouched for .*assessor/));
    const [grant] = await world.ports.store.ledger.list({ kind: 'approval' });
    assert.equal(grant, undefined);
  });
});
