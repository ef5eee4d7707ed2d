import { WorkbenchError } from '../../base/errors.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Digest } from '../../ports/digest.ts';
import type { NewModelVersion } from '../../ports/registry.ts';
import { keys } from '../keys.ts';
import type { KubeflowApi } from './api.ts';
import type { ArtifactStore } from './artifact-store.ts';
import type { Evaluations } from './evaluations.ts';
import type { Merger } from './merge.ts';
import { aliasKey } from './models.ts';
import type { Reader } from './read.ts';
import { createOnce } from './repeat.ts';
import { longestKey } from './properties.ts';
import { externalIdFor, externalIdWithin, fromNewVersion, movesOn, statusOf } from './versions.ts';
import { idOf, nameOf, readText, type Resource } from './wire.ts';

export interface VersionMakerPorts {
  readonly name: string;
  readonly api: KubeflowApi;
  readonly merger: Merger;
  readonly reader: Reader;
  readonly artifacts: ArtifactStore;
  readonly evaluations: Evaluations;
  readonly clock: Clock;
  readonly digest: Digest;
}

/** Names tried for a version that has none of its own, while others take them. */
const mostNames = 20;

/**
 * Makes a version of a model with its artifacts, then moves the alias, then writes the status: whoever sees the status sees all of it.
 * Broken off and made again, it goes on where it was.
 */
export function createVersionMaker(ports: VersionMakerPorts) {
  const { name, api, merger, reader, artifacts, evaluations, clock, digest } = ports;

  return async (version: NewModelVersion, owner: Resource, signal: AbortSignal): Promise<Resource> => {
    const what = `the model "${version.model}"`;
    const made = (await find(version, owner, signal)) ?? (await make(version, owner, signal));
    const evaluated = { id: idOf(made), model: version.model };
    await evaluations.write(evaluated, version.artifacts, signal);
    await artifacts.add(evaluated, version.artifacts, signal);
    if (version.alias !== undefined) {
      const properties = { [aliasKey(version.alias)]: nameOf(made) };
      await merger.change(`/registered_models/${encodeURIComponent(idOf(owner))}`, what, { properties }, signal);
      reader.forget(idOf(owner));
    }
    if (version.status === undefined || !movesOn(statusOf(made), version.status)) return made;
    const path = `/model_versions/${encodeURIComponent(idOf(made))}`;
    const change = { properties: { [keys.status]: version.status } };
    return merger.change(path, `version "${nameOf(made)}" of "${version.model}"`, change, signal);
  };

  /** The version that was made of the same weights in the same run. */
  async function find(version: NewModelVersion, owner: Resource, signal: AbortSignal): Promise<Resource | undefined> {
    const externalId = externalIdFor(version, digest);
    for (const id of [externalId, externalIdWithin(externalId, idOf(owner))]) {
      const found = await api.findByExternalId('/model_version', id, signal);
      if (found !== undefined && readText(found, 'registeredModelId') === idOf(owner)) return found;
    }
    return undefined;
  }

  async function make(version: NewModelVersion, owner: Resource, signal: AbortSignal): Promise<Resource> {
    let externalId = externalIdFor(version, digest);
    const twin = await api.findByExternalId('/model_version', externalId, signal);
    if (twin !== undefined) {
      if (readText(twin, 'registeredModelId') === idOf(owner)) return twin; // Made in between.
      externalId = externalIdWithin(externalId, idOf(owner));
    }
    const path = `/registered_models/${encodeURIComponent(idOf(owner))}/versions`;
    let number = version.name === undefined ? await reader.nextNumber(owner, signal) : 0;
    for (let tries = 0; tries < mostNames; tries += 1) {
      const body = fromNewVersion(version, { name: version.name ?? String(number), modelId: idOf(owner), externalId });
      requireName(nameOf(body), idOf(owner));
      const outcome = await createOnce(
        { find: () => find(version, owner, signal), create: () => api.create(path, body, signal) },
        clock,
        signal,
      );
      if (outcome !== undefined) return outcome.resource;
      if (version.name !== undefined) throw nameTaken(version, version.name);
      number += 1;
    }
    throw new WorkbenchError('registry-conflict', `Others keep adding versions to "${version.model}" in ${name}.`, {
      remedy: 'Try again, or give the version a name of its own.',
    });
  }

  function requireName(versionName: string, modelId: string): void {
    if (versionName !== '' && versionName.length + modelId.length < longestKey && !versionName.includes('\0')) return;
    throw new WorkbenchError('usage', `"${versionName.slice(0, 60)}" cannot be the name of a version in ${name}.`, {
      remedy: 'Choose a shorter one.',
    });
  }

  function nameTaken({ model }: NewModelVersion, versionName: string): WorkbenchError {
    return new WorkbenchError(
      'registry-exists',
      `The model "${model}" in ${name} has a version "${versionName}" already, made of something else.`,
      { remedy: 'Give the new version another name.' },
    );
  }
}
