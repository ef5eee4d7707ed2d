import { canonicalJson } from '../../schemas/canonical.ts';
import type { AuditLine } from '../ports/ledger.ts';
import { isMeasurement } from '../registry/status.ts';
import type { VersionStatus } from '../../schemas/generated/messages.ts';
import type { Sha256 } from './entry.ts';

/** A version as the log says it was registered, and what became of it. */
export interface SealedVersion {
  readonly sequence: number;
  /** Digest of what a version is: weights, author and lineage, which never change, description and properties as they were edited last. */
  digest: string;
  /** What the digest was taken over. */
  fields: Fields;
  /** Whether it was archived alone, not with its model. */
  archived: boolean;
  /** Digest of each artifact, by type and name, with the entry that added it. */
  readonly artifacts: Map<string, { readonly sequence: number; readonly digest: string }>;
  status: VersionStatus;
  /** Whether a benchmark's figures are among its artifacts. */
  measured: boolean;
  assessed: boolean;
}

/** A model as the log says it was registered and edited since. */
export interface SealedModel {
  /** The entry that last said something of it. */
  sequence: number;
  /** Description, owner, licence and what else was told of it. */
  fields: Fields;
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

type Fields = Readonly<Record<string, unknown>>;

/** What registry and ledger must be, told from the log alone. An erased payload leaves open what it said; its model is then not judged. */
export class AuditReplay {
  readonly models = new Map<string, SealedModel>();
  /** By `MODEL@VERSION`. */
  readonly versions = new Map<string, SealedVersion>();
  /** Version by model and alias, `MODEL ALIAS`. */
  readonly aliases = new Map<string, { readonly sequence: number; readonly version: string }>();
  readonly records: SealedRecord[] = [];
  /** Models of which an entry's content was erased. */
  readonly erased = new Set<string>();
  /** Versions that were revoked, `MODEL@VERSION`, with the entry: the entry itself says so, and no erasure takes it back. */
  readonly revoked = new Map<string, number>();
  readonly #sha256: Sha256;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  add({ entry, payload }: AuditLine): void {
    const { sequence, action, subject } = entry;
    if (action === 'version.revoked') this.revoked.set(subject, sequence);
    const fields = payload === undefined ? undefined : parseFields(payload);
    if (fields === undefined) {
      // What cannot be read has been told as changed already, or was erased.
      this.erased.add(subject.split('@')[0] ?? subject);
      return;
    }
    const model = text(fields, 'model');
    switch (action) {
      case 'registered-model.created':
        this.models.set(text(fields, 'name'), { sequence, fields, archived: false });
        return;
      case 'model.archived':
      case 'model.restored':
        this.#changeModel(sequence, model, { archived: action === 'model.archived' });
        return;
      case 'model-version.created':
        this.#addVersion(sequence, model, fields);
        return;
      case 'model.edited': {
        const before = this.models.get(model)?.fields;
        if (before !== undefined) this.#changeModel(sequence, model, { fields: applyEdit(before, fields) });
        return;
      }
      case 'version.edited':
        this.#editVersion(`${model}@${text(fields, 'version')}`, fields);
        return;
      case 'version.archived':
      case 'version.restored':
        this.#archiveVersion(`${model}@${text(fields, 'version')}`, action === 'version.archived');
        return;
      case 'artifacts.added':
        this.#addArtifacts(sequence, `${model}@${text(fields, 'version')}`, fields);
        return;
      case 'alias.moved':
        this.aliases.set(`${model} ${text(fields, 'alias')}`, { sequence, version: text(fields, 'version') });
        return;
      case 'alias.removed':
        this.aliases.delete(`${model} ${text(fields, 'alias')}`);
        return;
      default:
        if (typeof fields['kind'] === 'string') this.#addRecord(sequence, model, fields);
    }
  }

  #addVersion(sequence: number, model: string, { artifacts, ...fields }: Fields): void {
    const name = `${model}@${text(fields, 'version')}`;
    const digest = digestVersion(fields, this.#sha256);
    this.versions.set(name, {
      ...{ sequence, digest, fields, artifacts: new Map(), status: 'candidate' },
      ...{ archived: false, measured: false, assessed: false },
    });
    this.#addArtifacts(sequence, name, { artifacts });
  }

  #changeModel(sequence: number, name: string, change: Partial<SealedModel>): void {
    const model = this.models.get(name);
    if (model !== undefined) this.models.set(name, { ...model, ...change, sequence });
  }

  #editVersion(name: string, edit: Fields): void {
    const version = this.versions.get(name);
    if (version === undefined) return;
    version.fields = applyEdit(version.fields, edit);
    version.digest = digestVersion(version.fields, this.#sha256);
  }

  #archiveVersion(name: string, archived: boolean): void {
    const version = this.versions.get(name);
    if (version !== undefined) version.archived = archived;
  }

  #addArtifacts(sequence: number, name: string, { artifacts }: Fields): void {
    const version = this.versions.get(name);
    if (version === undefined || !Array.isArray(artifacts)) return;
    for (const artifact of artifacts as readonly unknown[]) {
      if (!isFields(artifact)) continue;
      version.artifacts.set(artifactKey(artifact), { sequence, digest: this.digestOf(artifact) });
      version.measured ||= isMeasurement(artifact as unknown as Parameters<typeof isMeasurement>[0]);
    }
  }

  #addRecord(sequence: number, model: string, fields: Fields): void {
    this.records.push({
      sequence,
      id: text(fields, 'id'),
      kind: text(fields, 'kind'),
      model,
      version: text(fields, 'version'),
      digest: this.digestOf(fields['payload']),
    });
    const subject = this.versions.get(`${model}@${text(fields, 'version')}`);
    if (subject !== undefined && fields['kind'] === 'assessment') subject.assessed = true;
    const { changes } = fields;
    if (!Array.isArray(changes)) return;
    for (const change of changes as readonly unknown[]) {
      if (isFields(change)) this.#apply(sequence, change);
    }
  }

  #apply(sequence: number, change: Fields): void {
    const [model, version] = [text(change, 'model'), text(change, 'version')];
    if (change['type'] === 'alias') {
      const key = `${model} ${text(change, 'alias')}`;
      if (version === '') this.aliases.delete(key);
      else this.aliases.set(key, { sequence, version });
      return;
    }
    const changed = this.versions.get(`${model}@${version}`);
    if (changed !== undefined) changed.status = text(change, 'status') as VersionStatus;
  }

  /** SHA-256 over a value's canonical form. */
  digestOf(value: unknown): string {
    return this.#sha256(canonicalJson(value ?? null));
  }

  /** Over what a model says of itself, from the registry or from the log. */
  modelDigest(fields: object): string {
    const { description, owner, provider, license, licenseLink, tasks, language, ...others } = fields as Fields;
    const { maturity, readme, customProperties } = others;
    const told = { description, owner, provider, license, licenseLink, tasks, language, maturity, readme };
    return this.#sha256(canonicalJson({ ...told, customProperties: customProperties ?? {} }));
  }

  versionDigest(fields: object): string {
    return digestVersion(fields as Fields, this.#sha256);
  }
}

/** Of an artifact: what may be there once for a version. */
export function artifactKey(artifact: object): string {
  const fields = artifact as Fields;
  return `${text(fields, 'artifactType')} ${text(fields, 'name')}`;
}

/** Description and properties after an edit; the rest stays. */
function applyEdit(before: Fields, { description, set, unset }: Fields): Fields {
  const { customProperties } = before;
  const properties = new Map(Object.entries(isFields(customProperties) ? customProperties : {}));
  for (const key of Array.isArray(unset) ? (unset as readonly unknown[]) : []) properties.delete(String(key));
  for (const [key, value] of Object.entries(isFields(set) ? set : {})) properties.set(key, value);
  return {
    ...before,
    ...(description === undefined ? {} : { description }),
    customProperties: Object.fromEntries(properties),
  };
}

function digestVersion(fields: Fields, sha256: Sha256): string {
  const { description, author, lineage, customProperties, weightsDigest, modelDigest } = fields;
  const kept = { description, author, lineage, customProperties: customProperties ?? {}, weightsDigest, modelDigest };
  return sha256(canonicalJson(kept));
}

function parseFields(payload: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(payload);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(fields: Fields, key: string): string {
  const value = fields[key];
  return typeof value === 'string' ? value : '';
}
