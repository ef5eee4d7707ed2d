import assert from 'node:assert/strict';
import type { AssessmentRecord } from '../../schemas/generated/messages.ts';
import { openGoverned, type Governed } from '../../test/fakes/governed.ts';
import { noteUnknownControl } from './waiver-note.ts';

describe('noteUnknownControl', () => {
  let world: Governed;
  beforeEach(async () => {
    world = await openGoverned();
  });
  afterEach(() => world.close());

  it('tells a control that the newest assessment does not have, and no other', async () => {
    const version = await world.register('w1');
    const about = { model: version.model, versions: [version.version] };
    const { store } = world.ports;
    assert.equal(
      await noteUnknownControl({ ...about, control: 'FAIR-99' }, store),
      undefined,
      'nothing is assessed yet',
    );
    const { controls } = (await world.assess(version)).payload as AssessmentRecord;
    const own = controls[0]?.id ?? '';
    assert.notEqual(own, '');
    assert.equal(await noteUnknownControl({ ...about, control: own }, store), undefined);
    const note = await noteUnknownControl({ ...about, control: 'FAIR-99' }, store);
    assert.match(note ?? '', /no control FAIR-99/);
    assert.ok(note?.includes(own), note);
  });
});
