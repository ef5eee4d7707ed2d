import { decodeBase64 } from '../../base/base64.ts';
import { isRecord } from '../scan/safetensors.ts';

/** One signed file. */
export interface SignedResource {
  readonly name: string;
  readonly algorithm: string;
  readonly digest: string;
}

/** A Sigstore bundle with a DSSE envelope around an in-toto statement about a model (OpenSSF model signing). */
export interface ModelSignature {
  /** What is signed: the envelope's pre-authentication encoding. */
  readonly signed: Uint8Array;
  readonly signature: Uint8Array;
  readonly material:
    | { readonly kind: 'key'; readonly hint?: string }
    | { readonly kind: 'certificate'; readonly chain: readonly Uint8Array[] }
    | { readonly kind: 'sigstore'; readonly chain: readonly Uint8Array[]; readonly entries: readonly LogEntry[] };
  readonly resources: readonly SignedResource[];
  /** SHA-256 over the resources' digests, as the statement's subject tells it. */
  readonly rootDigest: string;
  readonly ignored: readonly string[];
  readonly method: string;
}

/** An entry of a transparency log. */
export interface LogEntry {
  readonly logId: Uint8Array;
  readonly logIndex: string;
  readonly integratedTime: string;
  readonly canonicalizedBody: string;
  readonly promise: Uint8Array | undefined;
}

const payloadType = 'application/vnd.in-toto+json';
const statementType = 'https://in-toto.io/Statement/v1';
const predicateType = 'https://model_signing/signature/v1.0';

/** Takes a signature file apart; a sentence where it is none that can be read. */
export function readBundle(text: string): ModelSignature | string {
  const bundle = parse(text);
  if (!isRecord(bundle)) return 'it is no JSON object';
  const envelope = bundle['dsseEnvelope'] ?? bundle['dsse_envelope'];
  if (!isRecord(envelope)) return 'it has no DSSE envelope';
  if ((envelope['payloadType'] ?? envelope['payload_type']) !== payloadType)
    return 'its envelope holds no in-toto statement';
  const payload = bytesOf(envelope['payload']);
  const signatures = envelope['signatures'];
  const [first] = Array.isArray(signatures) ? (signatures as unknown[]) : [];
  const signature = isRecord(first) ? bytesOf(first['sig']) : undefined;
  if (payload === undefined || signature === undefined) return 'its payload or signature is no base64';
  if (!Array.isArray(signatures) || signatures.length !== 1) return 'it has not exactly one signature';
  const material = readMaterial(bundle['verificationMaterial'] ?? bundle['verification_material']);
  if (typeof material === 'string') return material;
  const statement = readStatement(new TextDecoder().decode(payload));
  if (typeof statement === 'string') return statement;
  return { signed: encodePae(payload), signature, material, ...statement };
}

/** DSSE's pre-authentication encoding: type and payload with their lengths. */
function encodePae(payload: Uint8Array): Uint8Array {
  const start = new TextEncoder().encode(
    `DSSEv1 ${String(payloadType.length)} ${payloadType} ${String(payload.length)} `,
  );
  const all = new Uint8Array(start.length + payload.length);
  all.set(start);
  all.set(payload, start.length);
  return all;
}

function readStatement(text: string): Pick<ModelSignature, 'resources' | 'rootDigest' | 'ignored' | 'method'> | string {
  const statement = parse(text);
  if (!isRecord(statement)) return 'its statement is no JSON object';
  if (statement['_type'] !== statementType) return 'its statement is no in-toto statement of version 1';
  if (statement['predicateType'] !== predicateType)
    return `its statement is about something else than a model (${String(statement['predicateType']).slice(0, 80)})`;
  const { subject, predicate } = statement;
  const [only] = Array.isArray(subject) ? (subject as unknown[]) : [];
  const digest = isRecord(only) && isRecord(only['digest']) ? only['digest']['sha256'] : undefined;
  if (!Array.isArray(subject) || subject.length !== 1 || typeof digest !== 'string')
    return 'its statement has not exactly one subject with a digest';
  if (!isRecord(predicate) || !Array.isArray(predicate['resources'])) return 'its statement names no files';
  const resources: SignedResource[] = [];
  for (const value of predicate['resources'] as unknown[]) {
    if (!isRecord(value)) return 'a file in its statement is no object';
    const { name, algorithm, digest: own } = value;
    if (typeof name !== 'string' || typeof algorithm !== 'string' || typeof own !== 'string')
      return 'a file in its statement lacks its name or digest';
    resources.push({ name, algorithm, digest: own });
  }
  const serialization = isRecord(predicate['serialization']) ? predicate['serialization'] : {};
  const ignored = serialization['ignore_paths'];
  return {
    resources,
    rootDigest: digest,
    method: typeof serialization['method'] === 'string' ? serialization['method'] : 'files',
    ignored: Array.isArray(ignored) ? ignored.filter(value => typeof value === 'string') : [],
  };
}

function readMaterial(material: unknown): ModelSignature['material'] | string {
  if (!isRecord(material)) return 'it does not say what it was signed with';
  const key = material['publicKey'] ?? material['public_key'];
  if (isRecord(key)) {
    const { hint } = key;
    return { kind: 'key', ...(typeof hint === 'string' && hint !== '' ? { hint } : {}) };
  }
  const several = material['x509CertificateChain'] ?? material['x509_certificate_chain'];
  const single = material['certificate'];
  const certificates = isRecord(several) ? several['certificates'] : single === undefined ? undefined : [single];
  if (!Array.isArray(certificates) || certificates.length === 0) return 'it has neither a key nor a certificate';
  const chain: Uint8Array[] = [];
  for (const certificate of certificates as unknown[]) {
    const bytes = isRecord(certificate) ? bytesOf(certificate['rawBytes'] ?? certificate['raw_bytes']) : undefined;
    if (bytes === undefined) return 'a certificate in it is no base64';
    chain.push(bytes);
  }
  const entries = readEntries(material['tlogEntries'] ?? material['tlog_entries']);
  return entries.length === 0 ? { kind: 'certificate', chain } : { kind: 'sigstore', chain, entries };
}

function readEntries(value: unknown): readonly LogEntry[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).flatMap(entry => {
    if (!isRecord(entry)) return [];
    const logId = isRecord(entry['logId']) ? bytesOf(entry['logId']['keyId']) : undefined;
    const promise = isRecord(entry['inclusionPromise'])
      ? bytesOf(entry['inclusionPromise']['signedEntryTimestamp'])
      : undefined;
    const { logIndex, integratedTime, canonicalizedBody } = entry;
    if (logId === undefined || typeof canonicalizedBody !== 'string') return [];
    return [{ logId, logIndex: String(logIndex), integratedTime: String(integratedTime), canonicalizedBody, promise }];
  });
}

function bytesOf(value: unknown): Uint8Array | undefined {
  return typeof value === 'string' && value !== '' ? decodeBase64(value) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
