import assert from 'node:assert/strict';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { WorkbenchError } from '../base/errors.ts';
import { attestControl } from './attest.ts';

describe('attestations', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());
  const attest = (by: string, control = 'OVR-01') => {
    world.act(by);
    return attestControl(
      { model: 'triage', version: '1', control, comment: 'twenty of each', folder: world.folder },
      world.ports,
      signal,
    );
  };

  it('say what the newest assessment asks for', async () => {
    await assert.rejects(
      world.register('w1').then(() => attest('reviewer')),
      /not been assessed/,
    );
    await world.assess(await world.register('w1'));
    const { role, statement, by, weightsDigest } = await attest('reviewer');
    assert.deepEqual([role, statement, by.email], ['reviewer', 'I have read them.', 'reviewer@x.example']);
    assert.equal(weightsDigest, (await world.register('w1')).weightsDigest);
    await assert.rejects(attest('reviewer', 'OVR-1'), (error: unknown) => {
      return error instanceof WorkbenchError && error.code === 'usage' && /OVR-01/.test(error.remedy ?? '');
    });
  });

  for (const role of ['author', 'trainer']) {
    it(`are not made by the ${role}`, async () => {
      await world.assess(await world.register('w1'));
      await assert.rejects(attest(role), (error: unknown) => {
        return error instanceof WorkbenchError && error.code === 'separation-of-duties' && error.message.includes(role);
      });
    });
  }
});
