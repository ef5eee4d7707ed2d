import type { VersionStatus } from '../../schemas/generated/messages.ts';
import { textOf, type Fields } from './fields.ts';
import type { KeptArtifacts } from './kept.ts';

/** A version as the log says it was registered, and what became of it. */
export interface SealedVersion {
  readonly sequence: number;
  /** Digest of what a version is: weights, author and lineage, which never change, description and properties as they were edited last. */
  digest: string;
  /** What the digest was taken over; absent where only the digest was kept. */
  fields: Fields | undefined;
  /** Whether it was archived alone, not with its model. */
  archived: boolean;
  /** Digest of each artifact, by type and name, with the entry that added it. */
  readonly artifacts: Map<string, { readonly sequence: number; readonly digest: string }>;
  /** Artifacts of entries whose content was erased, in the order in which they were added. */
  readonly unnamed: (KeptArtifacts & { readonly sequence: number })[];
  status: VersionStatus;
  /** Whether a benchmark's figures are among its artifacts. */
  measured: boolean;
  assessed: boolean;
}

/** A model as the log says it was registered and edited since. */
export interface SealedModel {
  /** The entry that last said something of it. */
  sequence: number;
  /** Over description, owner, licence and what else was told of it. */
  digest: string;
  /** What the digest was taken over; absent where only the digest was kept. */
  fields: Fields | undefined;
  archived: boolean;
}

export interface SealedRecord {
  readonly sequence: number;
  readonly id: string;
  readonly kind: string;
  readonly model: string;
  readonly version: string;
  /** Of the record's payload. */
  readonly digest: string;
}

/** As it stands when it was just registered, without its artifacts. */
export function newVersion(sequence: number, digest: string, fields: Fields | undefined): SealedVersion {
  const nothing = { archived: false, measured: false, assessed: false };
  return { sequence, digest, fields, artifacts: new Map(), unnamed: [], status: 'candidate', ...nothing };
}

/** Model and version of what an entry is about: no model's name has an `@`. */
export function placeOf(subject: string): readonly [model: string, version: string] {
  const at = subject.indexOf('@');
  return at < 0 ? [subject, ''] : [subject.slice(0, at), subject.slice(at + 1)];
}

export function modelOf(subject: string): string {
  return placeOf(subject)[0];
}

/** Of an artifact: what may be there once for a version. */
export function artifactKey(artifact: object): string {
  const fields = artifact as Fields;
  return `${textOf(fields, 'artifactType')} ${textOf(fields, 'name')}`;
}
