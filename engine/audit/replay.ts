import { canonicalJson } from '../../schemas/canonical.ts';
import type { AuditEntry, VersionStatus } from '../../schemas/generated/messages.ts';
import type { AuditLine } from '../ports/ledger.ts';
import type { RegistryChange } from '../ports/registry.ts';
import type { Sha256 } from './entry.ts';
import { erasureAction } from './erasure-entry.ts';
import type { AuditFault } from './fault.ts';
import { applyEdit, isFields, parseFields, textOf, type Fields } from './fields.ts';
import {
  digestModel,
  digestVersion,
  keepArtifacts,
  keepRecord,
  readKept,
  type Kept,
  type KeptArtifacts,
} from './kept.ts';
import {
  artifactKey,
  modelOf,
  newVersion,
  placeOf,
  type SealedModel,
  type SealedRecord,
  type SealedVersion,
} from './sealed.ts';

/** What registry and ledger must be, told from the log alone: from what its entries record, and from what they keep where that was erased. */
export class AuditReplay {
  readonly models = new Map<string, SealedModel>();
  /** By `MODEL@VERSION`. */
  readonly versions = new Map<string, SealedVersion>();
  /** Version by model and alias, `MODEL ALIAS`. */
  readonly aliases = new Map<string, { readonly sequence: number; readonly version: string }>();
  readonly records: SealedRecord[] = [];
  /** Models, and records of none, of which an entry's content was erased that keeps nothing: they are not judged. */
  readonly unjudged = new Set<string>();
  /** Versions that were revoked, `MODEL@VERSION`, with the entry: the entry itself says so, and no erasure takes it back. */
  readonly revoked = new Map<string, number>();
  /** Entries that keep something else than they record. */
  readonly faults: AuditFault[] = [];
  readonly #sha256: Sha256;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  add({ entry, payload, kept: text }: AuditLine): void {
    const { sequence, action, subject } = entry;
    if (action === 'version.revoked') this.revoked.set(subject, sequence);
    const kept = text === undefined ? undefined : readKept(text);
    const fields = payload === undefined ? undefined : parseFields(payload);
    // What cannot be read has been told as changed already, or was erased.
    if (fields === undefined) {
      if (!this.#addKept(entry, kept)) this.unjudged.add(modelOf(subject));
      return;
    }
    const expected = this.#addFields(entry, fields, kept);
    if (text !== undefined && expected !== undefined && canonicalJson(expected) !== text) this.#tell(sequence, subject);
  }

  /** Takes in what an entry records, and returns what it should keep of that, as far as that can be told. */
  #addFields({ sequence, action, subject }: AuditEntry, fields: Fields, kept: Kept | undefined): Kept | undefined {
    const model = textOf(fields, 'model');
    switch (action) {
      case 'registered-model.created': {
        const digest = digestModel(fields, this.#sha256);
        this.models.set(textOf(fields, 'name'), { sequence, digest, fields, archived: false });
        return { digest };
      }
      case 'model-version.created':
        return this.#addVersion(sequence, `${model}@${textOf(fields, 'version')}`, fields);
      case 'model.edited':
        return this.#editModel(sequence, model, fields, kept);
      case 'version.edited':
        return this.#editVersion(sequence, `${model}@${textOf(fields, 'version')}`, fields, kept);
      case 'artifacts.added':
        return this.#addArtifacts(sequence, `${model}@${textOf(fields, 'version')}`, fields['artifacts']);
      case 'alias.moved':
      case 'alias.removed': {
        const alias = textOf(fields, 'alias');
        this.#moveAlias(sequence, model, alias, action === 'alias.moved' ? textOf(fields, 'version') : '');
        return { alias };
      }
      default:
        if (this.#archive(sequence, action, subject) || typeof fields['kind'] !== 'string') return undefined;
        return this.#addRecordOf(sequence, model, fields);
    }
  }

  /** Takes in what is kept of an entry whose content was erased. False where that is not enough. */
  #addKept({ sequence, action, subject }: AuditEntry, kept: Kept | undefined): boolean {
    const [model, version] = placeOf(subject);
    // Of an erasure the entry itself says all that counts.
    if (action === erasureAction || this.#archive(sequence, action, subject)) return true;
    if (kept === undefined) return false;
    const { digest, artifacts, alias, record } = kept;
    switch (action) {
      case 'registered-model.created':
        if (digest === undefined) return false;
        this.models.set(subject, { sequence, digest, fields: undefined, archived: false });
        return true;
      case 'model-version.created':
        if (digest === undefined) return false;
        this.versions.set(subject, newVersion(sequence, digest, undefined));
        this.#addUnnamed(sequence, subject, artifacts);
        return true;
      case 'model.edited':
        return this.#follow(sequence, subject, this.models.get(model), kept);
      case 'version.edited':
        return this.#follow(sequence, subject, this.versions.get(subject), kept);
      case 'artifacts.added':
        return this.#addUnnamed(sequence, subject, artifacts);
      case 'alias.moved':
      case 'alias.removed':
        if (alias === undefined) return false;
        this.#moveAlias(sequence, model, alias, action === 'alias.moved' ? version : '');
        return true;
      default: {
        if (record === undefined) return false;
        const place = subject === record.id ? { model: '', version: '' } : { model, version };
        const { id, kind, digest: of } = record;
        this.#addRecord({ sequence, id, kind, digest: of, ...place }, kept.changes ?? []);
        return true;
      }
    }
  }

  #tell(sequence: number, subject: string): void {
    // Of what is not judged nobody knows what came before.
    if (this.unjudged.has(modelOf(subject))) return;
    const sentence = `What entry ${String(sequence)} keeps of ${subject} is not what the entries up to it record.`;
    this.faults.push({ sequence, sentence });
  }

  /** What is archived and brought back stands in the entry itself. */
  #archive(sequence: number, action: string, subject: string): boolean {
    switch (action) {
      case 'model.archived':
      case 'model.restored': {
        const model = this.models.get(subject);
        if (model !== undefined) Object.assign(model, { archived: action === 'model.archived', sequence });
        return true;
      }
      case 'version.archived':
      case 'version.restored': {
        const version = this.versions.get(subject);
        if (version !== undefined) version.archived = action === 'version.archived';
        return true;
      }
      default:
        return false;
    }
  }

  #addVersion(sequence: number, name: string, { artifacts, ...fields }: Fields): Kept {
    const digest = digestVersion(fields, this.#sha256);
    this.versions.set(name, newVersion(sequence, digest, fields));
    return { digest, ...this.#addArtifacts(sequence, name, artifacts) };
  }

  #editModel(sequence: number, name: string, edit: Fields, kept: Kept | undefined): Kept | undefined {
    const model = this.models.get(name);
    if (model?.fields === undefined) {
      this.#editUnknown(sequence, name, model, kept);
      return undefined;
    }
    const { digest: before } = model;
    model.fields = applyEdit(model.fields, edit);
    model.digest = digestModel(model.fields, this.#sha256);
    model.sequence = sequence;
    return { before, digest: model.digest };
  }

  #editVersion(sequence: number, name: string, edit: Fields, kept: Kept | undefined): Kept | undefined {
    const version = this.versions.get(name);
    if (version?.fields === undefined) {
      this.#editUnknown(sequence, name, version, kept);
      return undefined;
    }
    const { digest: before } = version;
    version.fields = applyEdit(version.fields, edit);
    version.digest = digestVersion(version.fields, this.#sha256);
    return { before, digest: version.digest };
  }

  /** An edit of something of which no more than a digest is known: what it became is told by what the entry keeps. */
  #editUnknown(
    sequence: number,
    name: string,
    edited: SealedModel | SealedVersion | undefined,
    kept: Kept | undefined,
  ): void {
    if (edited !== undefined && !this.#follow(sequence, name, edited, kept)) this.unjudged.add(modelOf(name));
  }

  /** Goes on with the digest that an entry keeps, which must tie on to the one before. */
  #follow(
    sequence: number,
    name: string,
    edited: SealedModel | SealedVersion | undefined,
    kept: Kept | undefined,
  ): boolean {
    if (edited === undefined || kept?.digest === undefined) return false;
    if (kept.before !== edited.digest) this.#tell(sequence, name);
    edited.digest = kept.digest;
    edited.fields = undefined;
    return true;
  }

  #addArtifacts(sequence: number, name: string, artifacts: unknown): Pick<Kept, 'artifacts'> {
    const version = this.versions.get(name);
    if (!Array.isArray(artifacts)) return {};
    const list = (artifacts as readonly unknown[]).filter(isFields);
    const told = keepArtifacts(list, this.#sha256);
    if (version === undefined) return told;
    for (const artifact of list)
      version.artifacts.set(artifactKey(artifact), { sequence, digest: this.digestOf(artifact) });
    version.measured ||= told.artifacts?.measured === true;
    return told;
  }

  /** False where it is not told what was added, or to what. */
  #addUnnamed(sequence: number, name: string, artifacts: KeptArtifacts | undefined): boolean {
    const version = this.versions.get(name);
    if (version === undefined || artifacts === undefined) return false;
    version.unnamed.push({ ...artifacts, sequence });
    version.measured ||= artifacts.measured === true;
    return true;
  }

  #moveAlias(sequence: number, model: string, alias: string, version: string): void {
    const key = `${model} ${alias}`;
    if (version === '') this.aliases.delete(key);
    else this.aliases.set(key, { sequence, version });
  }

  #addRecordOf(sequence: number, model: string, fields: Fields): Kept {
    const [id, kind, version] = [textOf(fields, 'id'), textOf(fields, 'kind'), textOf(fields, 'version')];
    const digest = this.digestOf(fields['payload']);
    const changes = Array.isArray(fields['changes']) ? (fields['changes'] as readonly unknown[]) : [];
    this.#addRecord({ sequence, id, kind, model, version, digest }, changes);
    return keepRecord({ id, kind, payload: fields['payload'] }, digest, changes as readonly RegistryChange[]);
  }

  #addRecord(record: SealedRecord, changes: readonly unknown[]): void {
    this.records.push(record);
    const subject = this.versions.get(`${record.model}@${record.version}`);
    if (subject !== undefined && record.kind === 'assessment') subject.assessed = true;
    for (const change of changes) if (isFields(change)) this.#apply(record.sequence, change);
  }

  #apply(sequence: number, change: Fields): void {
    const [model, version] = [textOf(change, 'model'), textOf(change, 'version')];
    if (change['type'] === 'alias') {
      this.#moveAlias(sequence, model, textOf(change, 'alias'), version);
      return;
    }
    const changed = this.versions.get(`${model}@${version}`);
    if (changed !== undefined) changed.status = textOf(change, 'status') as VersionStatus;
  }

  /** SHA-256 over a value's canonical form. */
  digestOf(value: unknown): string {
    return this.#sha256(canonicalJson(value ?? null));
  }

  modelDigest(fields: object): string {
    return digestModel(fields, this.#sha256);
  }

  versionDigest(fields: object): string {
    return digestVersion(fields, this.#sha256);
  }
}
