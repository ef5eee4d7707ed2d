import assert from 'node:assert/strict';
import { refused } from '../../test/fakes/assessable.ts';
import { signal, type Governed } from '../../test/fakes/governed.ts';
import { artifactsThere, openHanding, triageThere, unreachable, type Handing } from '../../test/fakes/handing.ts';
import { createMemoryRegistry } from '../../test/fakes/memory-registry.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import { approve as give, requestApproval } from '../promotion/approval.ts';
import { keys } from '../registry/keys.ts';
import { noteStatusChange } from './outbox.ts';
import type { HandoffPorts } from './ports.ts';
import { publishPending } from './publish.ts';

describe('publishing a version and its status', () => {
  let handing: Handing;
  let world: Governed;
  beforeEach(async () => {
    handing = await openHanding();
    world = handing.world;
  });
  afterEach(() => world.close());

  const portsWith = (registry: ModelRegistry): HandoffPorts => handing.portsWith(registry);
  const publish = (ports: HandoffPorts, version: LocalVersion, changes = {}) =>
    handing.publish(ports, version, changes);
  const approve = async (version: LocalVersion): Promise<void> => {
    await world.measure([version], { gate: 'met' });
    world.act('assessor');
    await world.assess(version);
    world.act('requester');
    const step = { model: version.model, version: version.version, folder: world.folder };
    await requestApproval(step, world.ports, signal);
    world.act('approver');
    await give(step, world.ports, signal);
  };

  it('goes as approved only by a person whose approval counts, and tells who approved', async () => {
    const shared = createMemoryRegistry();
    const ports = portsWith(shared);
    const version = await world.register('weights');
    await approve(version);
    world.act('author');
    await assert.rejects(publish(ports, version), refused('separation-of-duties', /author .*publish it as approved/));
    await assert.rejects(shared.getModel('triage', signal), refused('registry-not-found', /./));
    world.act('approver');
    await publish(ports, version);
    const found = await triageThere(shared);
    assert.equal(found.status, 'approved');
    assert.equal(found.customProperties[keys.approvedBy], 'approver@x.example');
  });

  it('is not approved because the store was edited to say so', async () => {
    const shared = createMemoryRegistry();
    const version = await world.register('weights');
    world.edit("UPDATE model_versions SET status = 'approved'");
    world.act('approver');
    await assert.rejects(publish(portsWith(shared), version), refused('approval-missing', /./));
    await assert.rejects(shared.getModel('triage', signal), refused('registry-not-found', /./));
  });

  it('moves forward and never back when published again', async () => {
    const shared = createMemoryRegistry();
    const ports = portsWith(shared);
    const version = await world.register('weights');
    await publish(ports, version);
    await shared.setStatus('triage', '1', 'approved', { email: 'ops@x.example', assurance: 'self-asserted' });
    const { notes } = await publish(ports, version);
    assert.equal((await triageThere(shared)).status, 'approved');
    assert.match(notes.join(' '), /It is approved there and stays that/);
  });

  it('follows a step taken here, once the registry answers', async () => {
    let down = false;
    const shared = createMemoryRegistry({ before: () => (down ? unreachable() : undefined) });
    const ports = portsWith(shared);
    const version = await world.register('weights');
    await publish(ports, version);
    await noteStatusChange({ model: 'triage', version: '99' }, ports.store);
    assert.deepEqual(await ports.store.publications.open(), []);
    await approve(version);
    await noteStatusChange(version, ports.store);
    down = true;
    world.act('author');
    const failed = await publishPending({ kind: 'status', due: true, folder: world.folder }, ports, signal);
    assert.deepEqual(
      failed.publications.map(({ kind, state, failure }) => [kind, state, failure?.code]),
      [['status', 'failed', 'registry-unreachable']],
    );
    down = false;
    assert.deepEqual((await publishPending({ due: true, folder: world.folder }, ports, signal)).publications, []);
    world.clock.advance(60_000);
    await publishPending({ due: true, folder: world.folder }, ports, signal);
    const found = await triageThere(shared);
    assert.equal(found.status, 'approved');
    assert.equal(found.customProperties[keys.approvedBy], 'approver@x.example');
    assert.ok((await artifactsThere(shared)).some(({ name }) => name.endsWith('/approved')));
  });
});
