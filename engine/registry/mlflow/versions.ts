import type { Identity, Lineage, ModelVersion, VersionStatus } from '../../../schemas/generated/messages.ts';
import { validateLineage, validateVersionStatus } from '../../../schemas/generated/validators.js';
import { omit } from '../../base/omit.ts';
import type { NewModelVersion } from '../../ports/registry.ts';
import { externalIdOf, keys, weightsDigestIn } from '../keys.ts';
import { given } from './given.ts';
import { archived, duplicateOf, propertiesOfTags, tagNames, tagsOfProperties, versionName, type Tag } from './tags.ts';
import type { WireVersion } from './wire.ts';

/** Whether a version is whole and the only one of its kind. */
export function isWhole({ tags }: WireVersion): boolean {
  return !tags.has(tagNames.creating) && !tags.has(duplicateOf);
}

/** Whether a version stands in lists that leave out archived ones. */
export function isListed(version: WireVersion): boolean {
  return isWhole(version) && version.tags.get(tagNames.state) !== archived;
}

export function toVersion(
  registry: string,
  wire: WireVersion,
  aliases: readonly string[] = wire.aliases,
): ModelVersion {
  const { tags } = wire;
  const externalId = tags.get(tagNames.externalId);
  const status: unknown = tags.get(keys.status);
  const weightsDigest = digestIn(tags.get(keys.weightsDigest)) ?? weightsDigestIn(externalId);
  const url = tags.get(keys.endpointUrl);
  const endpoint = url === undefined ? undefined : { url, ...given({ model: tags.get(keys.endpointModel) }) };
  return {
    registry,
    id: `${wire.name}/${wire.version}`,
    model: wire.name,
    version: wire.version,
    state: isListed(wire) ? 'LIVE' : 'ARCHIVED',
    status: validateVersionStatus(status) ? status : 'untracked',
    author: identityIn(tags.get(tagNames.author)) ?? {
      email: wire.user ?? 'unknown',
      assurance: 'self-asserted',
    },
    createdAt: wire.createdAt,
    updatedAt: wire.updatedAt,
    aliases: [...aliases],
    lineage: lineageIn(tags),
    customProperties: { ...propertiesOfTags(tags), ...factsOf(wire) },
    ...given({
      description: wire.description,
      externalId,
      weightsDigest,
      modelDigest: digestIn(tags.get(keys.modelDigest)),
      endpoint,
    }),
  };
}

/** What only MLflow knows of a version: shown as properties, never written. */
function factsOf({ tags, runId, loggedModel, status, statusMessage, stage }: WireVersion): Record<string, string> {
  const isOurs = tags.has(tagNames.homeRun);
  const facts = {
    // A version whose files are still being copied, or could not be, is not one to use.
    'mlflow.status': status === 'READY' ? undefined : status,
    'mlflow.status_message': statusMessage,
    'mlflow.stage': stage === 'None' ? undefined : stage,
    'mlflow.run_id': isOurs ? undefined : runId,
    'mlflow.model_id': loggedModel,
  };
  return given(facts);
}

/** Everything of a version but its status, which is written last. */
export function tagsOfVersion(version: NewModelVersion): Tag[] {
  const { lineage, customProperties = {} } = version;
  const properties = omit(customProperties, keys.status);
  const facts = given({
    [keys.weightsDigest]: version.weightsDigest,
    [keys.modelDigest]: version.modelDigest,
    [keys.trainRun]: lineage.runId,
    [keys.tuningJob]: lineage.job,
    [keys.baseName]: lineage.base?.name,
    [keys.baseDigest]: lineage.base?.digest,
    [keys.parentVersion]: lineage.parentVersion,
    [keys.trainer]: lineage.trainer === undefined ? undefined : textOfIdentity(lineage.trainer),
    [versionName]: version.name,
  }) as Record<string, string>;
  const id = externalIdOfVersion(version);
  return [
    ...tagsOfProperties({ ...properties, ...facts }),
    { key: tagNames.author, value: textOfIdentity(version.author) },
    { key: tagNames.lineage, value: JSON.stringify(lineage) },
    ...(id === undefined ? [] : [{ key: tagNames.externalId, value: id }]),
  ];
}

/** What the same weights of the same run are found by. */
export function externalIdOfVersion({ weightsDigest, lineage }: NewModelVersion): string | undefined {
  return weightsDigest === undefined ? undefined : externalIdOf(weightsDigest, lineage.runId);
}

/** The status that a new version is to have: its own, or the one among its properties. */
export function statusOf({ status, customProperties }: NewModelVersion): VersionStatus | undefined {
  if (status !== undefined) return status;
  const named: unknown = customProperties?.[keys.status];
  return validateVersionStatus(named) ? named : undefined;
}

function lineageIn(tags: ReadonlyMap<string, string>): Lineage {
  const whole = parse(tags.get(tagNames.lineage));
  if (validateLineage(whole)) return whole;
  const name = tags.get(keys.baseName);
  const base = name === undefined ? undefined : { name, ...given({ digest: tags.get(keys.baseDigest) }) };
  return {
    datasets: [],
    prompts: [],
    ...given({
      runId: tags.get(keys.trainRun),
      job: tags.get(keys.tuningJob),
      base,
      parentVersion: tags.get(keys.parentVersion),
      trainer: identityIn(tags.get(keys.trainer)),
    }),
  };
}

function digestIn(text: string | undefined): string | undefined {
  return text !== undefined && /^[0-9a-f]{64}$/.test(text) ? text : undefined;
}

function textOfIdentity({ name, email }: Identity): string {
  return name === undefined ? email : `${name} <${email}>`;
}

/** Nothing in a tag proves who wrote it. */
function identityIn(text: string | undefined): Identity | undefined {
  if (text === undefined || text === '') return undefined;
  const [, name, address] = /^(.*\S)\s*<([^<>]*)>$/s.exec(text) ?? [];
  if (name === undefined || address === undefined) return { email: text, assurance: 'self-asserted' };
  return { name, email: address, assurance: 'self-asserted' };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
