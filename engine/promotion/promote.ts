import type { Baseline, DocArtifact, DsseEnvelope, Promotion } from '../../schemas/generated/messages.ts';
import { validateBaseline, validatePromotion } from '../../schemas/generated/validators.js';
import { auditOrigin } from '../ports/ledger.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { SigningKey } from '../ports/signing.ts';
import { blobUri } from '../registry/blob-uri.ts';
import { signPromotion } from '../signing/promotion-statement.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readPayload } from '../signing/records.ts';
import type { LocalVersion, RegistryChange } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import { requireApproval, type Approved } from './approved.ts';
import { appendBaseline } from './baseline.ts';
import { createRecordId } from '../base/record-id.ts';
import { readBaseline } from './trail.ts';
import { trimComment } from '../base/comment.ts';
import type { PromotionStep } from './step.ts';
import { findLiveVersion } from '../registry/version-of-use.ts';
import { nameOfVersion } from '../base/version-name.ts';

/**
 * Moves a version to production; the one that was there is retired. Needs an approval that counts and the weights that were
 * approved; locks the baseline in passing where there is none, and signs a record of it
 * all where whoever promotes has a key. Promoting what is in production changes nothing. Throws
 * `approval-missing`, `gate-not-met` for an assessment that has expired, `record-tampered`, `blob-missing`.
 */
export async function promote(
  step: PromotionStep & { readonly rolledBackFrom?: string },
  ports: GovernancePorts,
  signal: AbortSignal,
): Promise<Promotion> {
  const { store, clock, random, identities, digest, signing } = ports;
  const comment = trimComment(step.comment);
  const version = await findLiveVersion(step, store, signal);
  const { aliases } = await store.registry.getModel(version.model, signal);
  const replaced = Object.hasOwn(aliases, 'production') ? aliases['production'] : undefined;
  if (replaced === version.version) return newestPromotion(version, ports);
  const approved = await requireApproval(version, ports, signal);
  await requireWeights(version, approved, store);
  const promotedBy = await identities.whoAmI(step.folder, signal);
  const locked = await readBaseline(version.model, version.version, store.ledger);
  const baseline =
    locked === undefined
      ? await appendBaseline(version, approved, promotedBy, ports, signal)
      : readPayload(locked.record, validateBaseline, digest);
  const key = await signing.ownKey();
  const promotion: Promotion = {
    model: version.model,
    version: version.version,
    weightsDigest: version.weightsDigest,
    recordDigest: approved.assessment.record.digest,
    baselineDigest: baseline.digest,
    promotedBy,
    approvedBy: approved.grant.content.approvedBy,
    promotedAt: clock.now(),
    ...(replaced === undefined ? {} : { replaced }),
    ...(step.rolledBackFrom === undefined ? {} : { rolledBackFrom: step.rolledBackFrom }),
    ...(comment === undefined ? {} : { comment }),
  };
  const payload =
    key === undefined
      ? promotion
      : { ...promotion, signed: await sign(version, approved, promotion, baseline, key, ports) };
  const id = createRecordId('promotion', clock, random);
  await store.ledger.append(
    {
      id,
      kind: 'promotion',
      model: version.model,
      version: version.version,
      at: payload.promotedAt,
      actor: promotedBy,
      payload,
    },
    changesOf(version, replaced),
  );
  if (payload.signed !== undefined) await keepRecord(id, payload, payload.signed, store);
  return payload;
}

async function sign(
  version: LocalVersion,
  { assessment, grant }: Approved,
  promotion: Promotion,
  baseline: Baseline,
  key: SigningKey,
  { store, workbench }: GovernancePorts,
): Promise<DsseEnvelope> {
  const makers = [version.author, ...(version.lineage.trainer === undefined ? [] : [version.lineage.trainer])];
  const facts = {
    promotion,
    baseline,
    approval: grant.content,
    assessment: assessment.content,
    recordDigest: assessment.record.digest,
    makers,
    auditHead: (await store.ledger.readAuditHead()) ?? auditOrigin,
    workbench,
  };
  return signPromotion(facts, promotion.promotedBy, key);
}

/** The signed record goes with the version, to wherever it is published. */
async function keepRecord(
  id: string,
  { model, version, promotedBy }: Promotion,
  envelope: DsseEnvelope,
  { blobs, registry }: Store,
): Promise<void> {
  const kept = await blobs.put(new TextEncoder().encode(`${JSON.stringify(envelope, undefined, 2)}\n`));
  const artifact: DocArtifact = {
    artifactType: 'doc-artifact',
    name: `promotion-record/${id}`,
    title: 'Signed promotion record',
    uri: blobUri(kept.digest),
    digest: kept.digest,
    bytes: kept.bytes,
  };
  await registry.addArtifacts(model, version, [artifact], promotedBy);
}

function changesOf({ model, version }: LocalVersion, replaced: string | undefined): RegistryChange[] {
  return [
    { type: 'alias', model, alias: 'production', version },
    { type: 'status', model, version, status: 'production' },
    ...(replaced === undefined
      ? []
      : [{ type: 'status' as const, model, version: replaced, status: 'retired' as const }]),
  ];
}

/** What goes to production is what was assessed, byte for byte. Reading checks the content against its digest. */
async function requireWeights(version: LocalVersion, { assessment, grant }: Approved, { blobs }: Store): Promise<void> {
  const digests = [assessment.content.subject.weightsDigest, grant.content.weightsDigest];
  if (digests.some(digest => digest !== version.weightsDigest)) {
    throw new WorkbenchError(
      'record-tampered',
      `The weights of ${nameOfVersion(version)} are not those that were approved.`,
      {
        remedy: '`aiwb audit verify` shows what does not fit. Restore the store from a backup.',
      },
    );
  }
  await blobs.read(version.weightsDigest);
}

async function newestPromotion(version: LocalVersion, { store, digest }: GovernancePorts): Promise<Promotion> {
  const [record] = await store.ledger.list({
    kind: 'promotion',
    model: version.model,
    version: version.version,
    limit: 1,
  });
  if (record !== undefined) return readPayload(record, validatePromotion, digest);
  throw new WorkbenchError(
    'record-tampered',
    `${nameOfVersion(version)} stands in production, and no record says who promoted it.`,
    { remedy: '`aiwb audit verify` shows what does not fit. Restore the store from a backup.' },
  );
}
