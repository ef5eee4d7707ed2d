import type { Artifact } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import { nameArtifacts, type NamedArtifact } from './artifact-names.ts';
import type { KubeflowApi } from './api.ts';
import { fromArtifact, toArtifact } from './artifacts.ts';
import { createOnce } from './repeat.ts';
import { nameOf, readText, type Resource } from './wire.ts';

/** The artifacts of versions, by the version's id. */
export interface ArtifactStore {
  list(versionId: string, signal: AbortSignal): Promise<readonly Artifact[]>;
  /** Adds those that are not there yet, and leaves the others as they are. */
  add(
    version: { readonly id: string; readonly model: string },
    artifacts: readonly Artifact[],
    signal: AbortSignal,
  ): Promise<void>;
  /** The same of what stands elsewhere than with a version; `owner.id` is that of what it stands with. */
  listAt(path: string, signal: AbortSignal): Promise<readonly Artifact[]>;
  addTo(
    path: string,
    owner: { readonly id: string; readonly model: string },
    artifacts: readonly Artifact[],
    signal: AbortSignal,
  ): Promise<void>;
}

/** Requests under way at once. */
const width = 4;

export function createArtifactStore(api: KubeflowApi, clock: Clock, digest: Digest): ArtifactStore {
  const pathOf = (versionId: string): string => `/model_versions/${encodeURIComponent(versionId)}/artifacts`;

  async function addOne(path: string, { artifact, storedName }: NamedArtifact, signal: AbortSignal): Promise<void> {
    const body = fromArtifact(artifact, storedName);
    const isIt = (one: Resource): boolean =>
      nameOf(one) === storedName && readText(one, 'artifactType') === artifact.artifactType;
    const outcome = await createOnce(
      {
        find: async () => (await api.all(path, { artifactType: artifact.artifactType }, signal)).find(isIt),
        create: () => api.create(path, body, signal),
      },
      clock,
      signal,
    );
    if (outcome === undefined || nameOf(outcome.resource) === storedName) return;
    throw new WorkbenchError(
      'registry-conflict',
      `The registry took "${artifact.name}" for "${nameOf(outcome.resource)}", which somebody added meanwhile.`,
      { remedy: 'Publish again; look at what the other one says now.' },
    );
  }

  const store: ArtifactStore = {
    list: (versionId, signal) => store.listAt(pathOf(versionId), signal),
    add: (version, artifacts, signal) => store.addTo(pathOf(version.id), version, artifacts, signal),
    async listAt(path, signal) {
      const resources = await api.all(path, {}, signal);
      return resources.map(toArtifact).filter(artifact => artifact !== undefined);
    },
    async addTo(path, version, artifacts, signal) {
      if (artifacts.length === 0) return;
      const queue = [...nameArtifacts(await api.all(path, {}, signal), artifacts, version, digest)];
      // What cannot be kept is refused before anything is written.
      for (const { artifact, storedName } of queue) fromArtifact(artifact, storedName);
      const work = async (): Promise<void> => {
        try {
          for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
            signal.throwIfAborted();
            await addOne(path, next, signal);
          }
        } catch (error) {
          queue.length = 0; // What one could not add, the others need not try.
          throw error;
        }
      };
      const workers = await Promise.allSettled(Array.from({ length: width }, work));
      for (const worker of workers) if (worker.status === 'rejected') throw worker.reason;
    },
  };
  return store;
}
