import assert from 'node:assert/strict';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { createMemoryRegistry, registriesOf } from '../../test/fakes/memory-registry.ts';
import { approved, takeStep, takeSteps } from '../../test/fakes/release-steps.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { LocalVersion, ModelRegistry } from '../ports/registry.ts';
import { demote } from '../promotion/demote.ts';
import { passOn } from './pass-on.ts';
import type { HandoffPorts } from './ports.ts';
import { publishPending, publishVersion } from './publish.ts';

describe('passing a step on', () => {
  let world: Governed;
  let shared: ModelRegistry;
  let isDown: boolean;
  let ports: HandoffPorts;
  let first: LocalVersion;
  let second: LocalVersion;
  beforeEach(async () => {
    world = await openGoverned();
    isDown = false;
    shared = createMemoryRegistry({
      before: () => {
        if (isDown) throw new WorkbenchError('registry-unreachable', 'It is down.');
      },
    });
    ports = { ...world.ports, registries: registriesOf(world.ports.store.registry, { shared }) };
    [first, second] = [await world.register('w1'), await world.register('w2')];
    await takeSteps(world, [...approved, { do: 'promote' }], first);
    await takeSteps(world, approved, second);
    world.act('operator');
    for (const { version } of [first, second]) {
      await publishVersion({ model: 'triage', version, registry: 'shared', folder: world.folder }, ports, signal);
    }
  });
  afterEach(() => world.close());

  const there = async () => {
    const { items } = await shared.pageVersions({ model: 'triage' }, signal);
    return items.map(
      ({ version, status, aliases }) => `${version} ${status}${aliases.includes('production') ? ' @production' : ''}`,
    );
  };

  it('tells of the version that went to production and of the one it replaced', async () => {
    assert.deepEqual(await there(), ['2 approved', '1 production @production']);
    await takeStep(world, { by: 'operator', do: 'promote' }, second);
    const told = await passOn('triage', world.folder, ports, signal);
    assert.equal(told.filter(one => one.startsWith('shared knows of it')).length, 2, told.join(' '));
    assert.deepEqual(await there(), ['2 production @production', '1 retired']);
    assert.deepEqual(await passOn('triage', world.folder, ports, signal), [], 'and says nothing twice');
  });

  it('keeps what cannot be told, and tells it later', async () => {
    isDown = true;
    await demote({ model: 'triage', version: '1', reason: 'slow', folder: world.folder }, world.ports, signal);
    const told = await passOn('triage', world.folder, ports, signal);
    assert.match(told.join(' '), /could not be told about triage@1: It is down\. Do it later/);
    isDown = false;
    await publishPending({ folder: world.folder }, ports, signal);
    assert.deepEqual(await there(), ['2 approved', '1 baseline']);
  });

  it('leaves alone what was published nowhere', async () => {
    await world.register('w9', { model: 'private' });
    assert.deepEqual(await passOn('private', world.folder, ports, signal), []);
  });
});
