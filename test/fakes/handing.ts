import { openGoverned, signal, type Governed } from './governed.ts';
import { registriesOf } from './memory-registry.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { HandedOff, HandoffPorts } from '../../engine/handoff/ports.ts';
import { publishRun, publishVersion } from '../../engine/handoff/publish.ts';
import type { LocalVersion, ModelRegistry } from '../../engine/ports/registry.ts';
import type { Artifact, ModelVersion } from '../../schemas/generated/messages.ts';

/** A workspace that hands models over to a registry called `shared`. */
export interface Handing {
  readonly world: Governed;
  portsWith(registry: ModelRegistry): HandoffPorts;
  publish(ports: HandoffPorts, version: LocalVersion, changes?: object): Promise<HandedOff>;
  /** Adds a run's figures to the local registry, as happens when it succeeds. */
  publishLocally(runId: string, registry: ModelRegistry): Promise<void>;
}

export async function openHanding(): Promise<Handing> {
  const world = await openGoverned();
  const portsWith = (shared: ModelRegistry): HandoffPorts => ({
    ...world.ports,
    registries: registriesOf(world.ports.store.registry, { shared }),
  });
  return {
    world,
    portsWith,
    publish: (ports, { model, version }, changes = {}) =>
      publishVersion({ model, version, registry: 'shared', folder: world.folder, ...changes }, ports, signal),
    publishLocally: async (runId, registry) => {
      await publishRun({ runId, folder: world.folder }, portsWith(registry), signal);
    },
  };
}

export function triageThere(registry: ModelRegistry, version = '1', model = 'triage'): Promise<ModelVersion> {
  return registry.getVersion(model, version, signal);
}

export function artifactsThere(registry: ModelRegistry, version = '1'): Promise<readonly Artifact[]> {
  return registry.listArtifacts('triage', version, signal);
}

export function unreachable(): never {
  throw new WorkbenchError('registry-unreachable', 'The registry does not answer.');
}
