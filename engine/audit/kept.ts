import { canonicalJson } from '../../schemas/canonical.ts';
import type { RegistryChange } from '../ports/registry.ts';
import { isMeasurement } from '../registry/status.ts';
import type { Sha256 } from './entry.ts';
import { isFields, parseFields, textOf, type Fields } from './fields.ts';

/**
 * What stays of an entry whose content was erased: as much as it takes to tell what registry and ledger must be since. Digests, states and
 * names of things; no words that anybody wrote. What the digests are taken over is part of the log's format: a field may be added to it
 * that is absent where nobody gave it, and nothing else may change.
 */
export interface Kept {
  /** Of what a model or a version says of itself once the entry stands. */
  readonly digest?: string;
  /** The same before it; absent where it is new. */
  readonly before?: string;
  readonly artifacts?: KeptArtifacts;
  /** The alias that was moved or removed. */
  readonly alias?: string;
  readonly record?: KeptRecord;
  /** What the record changed in the registry. */
  readonly changes?: readonly RegistryChange[];
}

/** The ledger's record that an entry seals. */
interface KeptRecord {
  readonly id: string;
  readonly kind: string;
  readonly digest: string;
  /** Digest of the record that this one takes back: that must not count again when this one's words are gone. */
  readonly takesBack?: string;
}

/** Artifacts that one entry added, in their order. */
export interface KeptArtifacts {
  readonly count: number;
  /** Over the list of them. */
  readonly digest: string;
  /** Whether a benchmark's figures are among them. */
  readonly measured?: true;
}

/** Over what a model says of itself, from the registry or from the log. */
export function digestModel(fields: object, sha256: Sha256): string {
  const { description, owner, provider, license, licenseLink, tasks, language, ...others } = fields as Fields;
  const { maturity, readme, customProperties } = others;
  const told = { description, owner, provider, license, licenseLink, tasks, language, maturity, readme };
  return sha256(canonicalJson({ ...told, customProperties: customProperties ?? {} }));
}

/** Over what a version is, from the registry or from the log; its artifacts and its status stand elsewhere. */
export function digestVersion(fields: object, sha256: Sha256): string {
  const { description, author, lineage, customProperties, weightsDigest, modelDigest } = fields as Fields;
  const kept = { description, author, lineage, customProperties: customProperties ?? {}, weightsDigest, modelDigest };
  return sha256(canonicalJson(kept));
}

/** Of artifacts that were added together; nothing where there are none. */
export function keepArtifacts(artifacts: readonly object[], sha256: Sha256): Pick<Kept, 'artifacts'> {
  if (artifacts.length === 0) return {};
  const measured = artifacts.some(one => isMeasurement(one as Parameters<typeof isMeasurement>[0]));
  const digest = sha256(canonicalJson(artifacts));
  return { artifacts: { count: artifacts.length, digest, ...(measured ? { measured } : {}) } };
}

/** Of a ledger's record whose payload has this digest. */
export function keepRecord(
  { id, kind, payload }: { readonly id: string; readonly kind: string; readonly payload: unknown },
  digest: string,
  changes: readonly RegistryChange[],
): Kept {
  const taken = takenBackBy(kind, payload);
  const record = { id, kind, digest, ...(taken === undefined ? {} : { takesBack: taken }) };
  return { record, ...(changes.length === 0 ? {} : { changes }) };
}

/** Digest of the record that one of this kind takes back; nothing where it takes back none. */
function takenBackBy(kind: string, payload: unknown): string | undefined {
  const field = kind === 'waiver-end' ? 'waiverDigest' : kind === 'attestation-withdrawal' ? 'attestationDigest' : '';
  const digest = isFields(payload) ? payload[field] : undefined;
  return typeof digest === 'string' ? digest : undefined;
}

/** What a text keeps, as far as it has the shape; one that was changed is told by the chain. */
export function readKept(text: string): Kept | undefined {
  const fields = parseFields(text);
  if (fields === undefined) return undefined;
  const artifacts = readArtifacts(fields['artifacts']);
  const record = readRecord(fields['record']);
  const changes = Array.isArray(fields['changes']) ? (fields['changes'] as readonly RegistryChange[]) : undefined;
  return {
    ...textField(fields, 'digest'),
    ...textField(fields, 'before'),
    ...textField(fields, 'alias'),
    ...(artifacts === undefined ? {} : { artifacts }),
    ...(record === undefined ? {} : { record }),
    ...(changes === undefined ? {} : { changes }),
  };
}

function textField(fields: Fields, key: 'digest' | 'before' | 'alias'): Kept {
  return typeof fields[key] === 'string' ? { [key]: fields[key] } : {};
}

function readArtifacts(value: unknown): KeptArtifacts | undefined {
  if (!isFields(value)) return undefined;
  const { count, digest, measured } = value;
  if (typeof count !== 'number' || typeof digest !== 'string') return undefined;
  return { count, digest, ...(measured === true ? { measured } : {}) };
}

function readRecord(value: unknown): Kept['record'] {
  if (!isFields(value)) return undefined;
  const { takesBack } = value;
  return {
    ...{ id: textOf(value, 'id'), kind: textOf(value, 'kind'), digest: textOf(value, 'digest') },
    ...(typeof takesBack === 'string' ? { takesBack } : {}),
  };
}
