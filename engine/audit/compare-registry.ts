import type { RegisteredModel } from '../../schemas/generated/messages.ts';
import type { LocalRegistry, LocalVersion } from '../ports/registry.ts';
import { shownStatus } from '../registry/status.ts';
import type { AuditFault } from './fault.ts';
import type { AuditReplay } from './replay.ts';
import { artifactKey, modelOf, type SealedVersion } from './sealed.ts';

/** Where the registry is not what the log says it became. */
export async function compareRegistry(
  replay: AuditReplay,
  registry: LocalRegistry,
  signal: AbortSignal,
): Promise<AuditFault[]> {
  const faults: AuditFault[] = [];
  const models = await registry.listModels({ archived: true }, signal);
  const seen = new Set<string>();
  for (const model of models) {
    const versions = await registry.listVersions(model.name, signal);
    if (replay.unjudged.has(model.name)) {
      faults.push(...findUnrevoked(replay, versions));
      continue;
    }
    faults.push(...compareModel(replay, model), ...compareAliases(replay, model));
    for (const version of versions) {
      seen.add(`${model.name}@${version.version}`);
      faults.push(...(await compareVersion(replay, version, model.state === 'ARCHIVED', registry, signal)));
    }
  }
  return [...faults, ...findMissing(replay, new Set(models.map(({ name }) => name)), seen)];
}

function compareModel(replay: AuditReplay, model: RegisteredModel): AuditFault[] {
  const { name } = model;
  const sealed = replay.models.get(name);
  if (sealed === undefined) return [{ sequence: 0, sentence: `No entry says who registered the model ${name}.` }];
  const { sequence } = sealed;
  const faults: AuditFault[] = [];
  if (replay.modelDigest(model) !== sealed.digest)
    faults.push({ sequence, sentence: `What the registry says of the model ${name} is not what was registered.` });
  const archived = model.state === 'ARCHIVED';
  if (archived !== sealed.archived) {
    const [is, told] = archived ? ['archived', 'in use'] : ['in use', 'archived'];
    faults.push({ sequence, sentence: `The model ${name} is ${is}; the log says it is ${told}.` });
  }
  return faults;
}

/** Of a model whose versions are not judged: those that were revoked and are not any more. */
function findUnrevoked({ revoked }: AuditReplay, versions: readonly LocalVersion[]): AuditFault[] {
  return versions.flatMap(({ model, version, status }) => {
    const sequence = revoked.get(`${model}@${version}`);
    if (sequence === undefined || status === 'revoked') return [];
    return [{ sequence, sentence: `The status of ${model}@${version} is ${status}; the log says revoked.` }];
  });
}

function compareAliases({ aliases }: AuditReplay, { name, aliases: current }: RegisteredModel): AuditFault[] {
  const faults: AuditFault[] = [];
  for (const [alias, version] of Object.entries(current)) {
    const sealed = aliases.get(`${name} ${alias}`);
    if (sealed?.version === version) continue;
    const told = sealed === undefined ? 'no entry put it there' : `the log says version ${sealed.version}`;
    faults.push({
      sequence: sealed?.sequence ?? 0,
      sentence: `The alias ${alias} of ${name} stands at version ${version}; ${told}.`,
    });
  }
  for (const [key, { sequence, version }] of aliases) {
    const [model, alias] = key.split(' ');
    if (model !== name || alias === undefined || Object.hasOwn(current, alias)) continue;
    faults.push({
      sequence,
      sentence: `The alias ${alias} of ${name} is gone; the log says it stands at version ${version}.`,
    });
  }
  return faults;
}

async function compareVersion(
  replay: AuditReplay,
  version: LocalVersion,
  modelArchived: boolean,
  registry: LocalRegistry,
  signal: AbortSignal,
): Promise<AuditFault[]> {
  const name = `${version.model}@${version.version}`;
  const sealed = replay.versions.get(name);
  if (sealed === undefined) return [{ sequence: 0, sentence: `No entry says who registered ${name}.` }];
  const { sequence } = sealed;
  const faults: AuditFault[] = [];
  if (replay.versionDigest(version) !== sealed.digest)
    faults.push({ sequence, sentence: `${name} in the registry is not what was registered.` });
  const status = shownStatus(sealed.status, sealed);
  if (version.status !== status)
    faults.push({ sequence, sentence: `The status of ${name} is ${version.status}; the log says ${status}.` });
  const archived = version.state === 'ARCHIVED';
  if (archived !== (sealed.archived || modelArchived)) {
    const [is, told] = archived ? ['archived', 'in use'] : ['in use', 'archived'];
    faults.push({ sequence, sentence: `${name} is ${is}; the log says it is ${told}.` });
  }
  const artifacts = await registry.listArtifacts(version.model, version.version, signal);
  return [...faults, ...compareArtifacts(replay, name, sealed, artifacts)];
}

function compareArtifacts(
  replay: AuditReplay,
  name: string,
  { artifacts: sealed, unnamed, sequence }: SealedVersion,
  artifacts: readonly object[],
): AuditFault[] {
  const faults: AuditFault[] = [];
  const seen = new Set<string>();
  const others: object[] = [];
  for (const artifact of artifacts) {
    const key = artifactKey(artifact);
    seen.add(key);
    const expected = sealed.get(key);
    if (expected === undefined) others.push(artifact);
    else if (expected.digest !== replay.digestOf(artifact))
      faults.push({ sequence: expected.sequence, sentence: `The artifact ${key} of ${name} is not what was added.` });
  }
  // They are listed in the order in which they were added: so were those whose names went with their entries' content.
  for (const { sequence: added, count, digest } of unnamed) {
    if (replay.digestOf(others.splice(0, count)) === digest) continue;
    const sentence = `The artifacts of ${name} that entry ${String(added)} added are not what was added.`;
    faults.push({ sequence: added, sentence });
  }
  for (const artifact of others)
    faults.push({ sequence, sentence: `The artifact ${artifactKey(artifact)} of ${name} was added by no entry.` });
  for (const [key, expected] of sealed) {
    if (!seen.has(key))
      faults.push({ sequence: expected.sequence, sentence: `The artifact ${key} of ${name} is gone.` });
  }
  return faults;
}

function findMissing(replay: AuditReplay, models: ReadonlySet<string>, versions: ReadonlySet<string>): AuditFault[] {
  const faults: AuditFault[] = [];
  for (const [name, { sequence }] of replay.models) {
    if (!models.has(name)) faults.push({ sequence, sentence: `The model ${name} is gone from the registry.` });
  }
  for (const [name, { sequence }] of replay.versions) {
    const known = replay.unjudged.has(modelOf(name)) || versions.has(name);
    if (!known) faults.push({ sequence, sentence: `${name} is gone from the registry.` });
  }
  return faults;
}
