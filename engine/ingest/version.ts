import type { Artifact, IngestFile, Ingestion } from '../../schemas/generated/messages.ts';
import { trainedModelDigest } from '../models/trained.ts';
import type { NewLocalVersion, NewRegisteredModel } from '../ports/registry.ts';
import { keys } from '../registry/keys.ts';
import { modelCardName } from '../registry/version-cards.ts';
import { blobUri } from '../registry/blob-uri.ts';
import type { IngestPorts } from './ports.ts';
import { verdictOf } from './report.ts';
import { modelFormatOf } from './scan/names.ts';

/** What is registered of an ingestion whose checks are over: the version and, where it is new, its model. */
export function describeVersion(
  ingestion: Ingestion,
  report: { readonly digest: string; readonly bytes: number },
  ports: IngestPorts,
): { readonly version: NewLocalVersion; readonly model: NewRegisteredModel } {
  const { request, files = [], weightsDigest = '', card, by, source, signature, runs = [] } = ingestion;
  const tokenizer = files.find(({ path }) => path === 'tokenizer.json');
  const verdict = verdictOf(ingestion.findings);
  const license = card?.license === 'other' ? (card.licenseName ?? 'other') : card?.license;
  const unattached = request.connection === undefined ? [] : runs;
  return {
    version: {
      model: request.model,
      author: by,
      weightsDigest,
      modelDigest: trainedModelDigest(ports.digest, weightsDigest),
      lineage: {
        datasets: [],
        prompts: [],
        ...(card?.baseModel === undefined ? {} : { base: { name: card.baseModel } }),
      },
      ...(request.description === undefined ? {} : { description: request.description }),
      customProperties: {
        [keys.status]: 'candidate',
        [keys.weightsDigest]: weightsDigest,
        [keys.securityScan]: `${verdict} sha256:${report.digest}`,
        'aiw.ingested_from': shown(source.address),
        'aiw.signature': signature?.state ?? 'none',
        ...(signature?.signer === undefined ? {} : { 'aiw.signer': signature.signer.slice(0, 500) }),
        ...(license === undefined ? {} : { 'aiw.license': license }),
        ...(card?.baseModel === undefined ? {} : { [keys.baseName]: card.baseModel }),
        ...(tokenizer === undefined ? {} : { [keys.tokenizerDigest]: tokenizer.sha256 }),
        // Nobody can tell whether the endpoint serves these weights: the runs are named, and their figures stay with them.
        ...(unattached.length === 0 ? {} : { 'aiw.ingest_runs_identity_unverified': unattached.join(' ') }),
      },
      artifacts: artifactsOf(ingestion, report),
    },
    model: {
      name: request.model,
      owner: by.email,
      ...(license === undefined ? {} : { license }),
      ...(card?.tasks === undefined ? {} : { tasks: card.tasks }),
      ...(card?.language === undefined ? {} : { language: card.language }),
    },
  };
}

function artifactsOf(
  ingestion: Ingestion,
  report: { readonly digest: string; readonly bytes: number },
): readonly Artifact[] {
  const { files = [], request, source } = ingestion;
  const weights = files.filter(({ role }) => role === 'weights');
  const from = source.revision === undefined ? shown(source.address) : `${shown(source.address)} (${source.revision})`;
  const artifacts: Artifact[] = weights.map(({ path, sha256, bytes, format }) => ({
    artifactType: 'model-artifact',
    name: weights.length === 1 ? 'weights' : path,
    uri: request.reference === true ? referenceOf(ingestion, path) : blobUri(sha256),
    digest: sha256,
    bytes,
    modelFormatName: modelFormatOf(path, format),
    source: from,
  }));
  for (const file of files) {
    const { path, sha256, bytes, role } = file;
    if (role === 'weights' || !isKept(ingestion, file)) continue;
    const isCard = role === 'card' && path === ingestion.card?.path;
    artifacts.push({
      artifactType: 'doc-artifact',
      name: isCard ? modelCardName : path,
      uri: blobUri(sha256),
      digest: sha256,
      bytes,
    });
  }
  artifacts.push({
    artifactType: 'doc-artifact',
    name: 'ingestion-report',
    uri: blobUri(report.digest),
    digest: report.digest,
    bytes: report.bytes,
    title: 'Report of the ingestion',
    tool: 'aiwb',
  });
  return artifacts;
}

/** Where weights lie that were left where they are. */
function referenceOf({ source }: Ingestion, path: string): string {
  const { kind, address } = source;
  if (kind === 'http') return address;
  if (kind === 'folder') return fileUri(`${address.replace(/[\\/]+$/, '')}/${path}`);
  if (kind === 'file') return fileUri(address);
  return `${address.replace(/\/$/, '')}${kind === 's3' && address.endsWith('/') ? `/${path}` : ''}`;
}

function fileUri(path: string): string {
  const slashed = path.replaceAll('\\', '/');
  return `file://${slashed.startsWith('/') ? '' : '/'}${slashed
    .split('/')
    .map(encodeURIComponent)
    .join('/')
    .replace(/^([A-Za-z])%3A/, '$1:')}`;
}

/** An address without what follows its path: queries hold signatures and keys. */
function shown(address: string): string {
  return /^https?:/.test(address) ? (address.split('?')[0] ?? address) : address;
}

/** Whether a file goes into the store. */
export function isKept(ingestion: Ingestion, file: IngestFile): boolean {
  if (file.role === 'weights') return ingestion.request.reference !== true;
  return file.role !== 'code' || isAccepted(ingestion, file);
}

/** Code is only kept where a person took it upon themselves. */
function isAccepted({ findings }: Ingestion, { path }: IngestFile): boolean {
  const own = findings.filter(({ file, rule }) => file === path && (rule === 'executable' || rule === 'code-file'));
  return own.some(({ accepted }) => accepted !== undefined);
}
