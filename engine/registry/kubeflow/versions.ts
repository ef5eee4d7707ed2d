import type { Identity, ModelVersion, VersionStatus } from '../../../schemas/generated/messages.ts';
import { omit } from '../../base/omit.ts';
import { validateVersionStatus } from '../../../schemas/generated/validators.js';
import type { Digest } from '../../ports/digest.ts';
import type { NewModelVersion } from '../../ports/registry.ts';
import { externalIdOf, keys, weightsDigestIn } from '../keys.ts';
import { isBehind } from '../status.ts';
import { formatIdentity, lineageProperties, parseIdentity, readLineage } from './lineage.ts';
import { checkText, decodeProperties, encodeProperties, present, type Scalar } from './properties.ts';
import { idOf, isArchived, nameOf, propertiesIn, readSaid, readTime, type Resource } from './wire.ts';

/** What a version needs to be told of its model. */
export interface VersionOwner {
  readonly name: string;
  readonly aliases: Readonly<Record<string, string>>;
}

/** `untracked` for a version without a status of ours, or with one that is none. */
export function statusOf(version: Resource): VersionStatus {
  const status = decodeProperties(propertiesIn(version))[keys.status];
  return validateVersionStatus(status) ? status : 'untracked';
}

export function toVersion(registry: string, version: Resource, { name: model, aliases }: VersionOwner): ModelVersion {
  const properties = decodeProperties(propertiesIn(version));
  const text = (key: string): string | undefined => {
    const value = properties[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const name = nameOf(version);
  const externalId = readSaid(version, 'externalId');
  const createdAt = readTime(version, 'createTimeSinceEpoch') ?? 0;
  const url = text(keys.endpointUrl);
  const served = text(keys.endpointModel);
  const facts = present({
    description: readSaid(version, 'description'),
    externalId,
    weightsDigest: text(keys.weightsDigest) ?? weightsDigestIn(externalId),
    modelDigest: text(keys.modelDigest),
  });
  return {
    model,
    version: name,
    ...(facts as Partial<ModelVersion>),
    state: isArchived(version) ? 'ARCHIVED' : 'LIVE',
    status: statusOf(version),
    author: authorOf(readSaid(version, 'author')),
    createdAt,
    updatedAt: readTime(version, 'lastUpdateTimeSinceEpoch') ?? createdAt,
    aliases: Object.keys(aliases).filter(alias => aliases[alias] === name),
    lineage: readLineage(properties),
    customProperties: properties,
    ...(url === undefined ? {} : { endpoint: { url, ...(served === undefined ? {} : { model: served }) } }),
    registry,
    id: idOf(version),
  };
}

function authorOf(author: string | undefined): Identity {
  return author === undefined ? { email: 'unknown', assurance: 'self-asserted' } : parseIdentity(author);
}

/** Throws `usage` for what the registry cannot keep. The status is no part of it: it is written last. */
export function fromNewVersion(
  version: NewModelVersion,
  facts: { readonly name: string; readonly modelId: string; readonly externalId: string },
): Resource {
  const { description, author } = version;
  checkText('The description', description);
  return {
    name: facts.name,
    registeredModelId: facts.modelId,
    externalId: facts.externalId,
    author: formatIdentity(author),
    ...(description === undefined ? {} : { description }),
    state: 'LIVE',
    customProperties: encodeProperties(propertiesOf(version)),
  };
}

function propertiesOf({
  customProperties = {},
  weightsDigest,
  modelDigest,
  lineage,
}: NewModelVersion): Readonly<Record<string, Scalar>> {
  return {
    ...present({ [keys.weightsDigest]: weightsDigest, [keys.modelDigest]: modelDigest }),
    ...lineageProperties(lineage),
    ...omit(customProperties, keys.status),
  };
}

/**
 * What a version is found by when it is made again: its weights and the run they came out of; without known weights, all that is said
 * about it.
 */
export function externalIdFor(version: NewModelVersion, digest: Digest): string {
  const { weightsDigest, lineage, model, name, description } = version;
  if (weightsDigest !== undefined) return externalIdOf(weightsDigest, lineage.runId);
  const said = JSON.stringify([model, name, description, Object.entries(propertiesOf(version)).sort()]);
  return `aiw:said:${digest.sha256(said)}`;
}

/** Ids are unique in the whole registry: the same weights under a second model need one of their own. */
export function externalIdWithin(externalId: string, modelId: string): string {
  return `${externalId}:model-${modelId}`;
}

/** Whether the status of a version that is made (again) is to be written. Retired and revoked ones stay so. */
export function movesOn(from: VersionStatus, to: VersionStatus): boolean {
  return from !== 'retired' && from !== 'revoked' && isBehind(from, to);
}
