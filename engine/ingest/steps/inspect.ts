import type { IngestFile } from '../../../schemas/generated/messages.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { judgeCard, readModelCard } from '../card.ts';
import { compareBytes, weightsDigestOf } from '../../models/weights-manifest.ts';
import { contentOf, pathOf, placesOf } from '../places.ts';
import { fileSource, piecesOf, type ByteSource } from '../scan/bytes.ts';
import { createFindings, quoted, type Observed, type ScanContext } from '../scan/findings.ts';
import { checkGguf } from '../scan/gguf.ts';
import { formatOf, headBytes } from '../scan/magic.ts';
import { roleOf } from '../scan/names.ts';
import { checkSafetensors } from '../scan/safetensors.ts';
import { scanFile } from '../scan/scan-file.ts';
import { verifySignature } from '../signature/verify.ts';
import type { StepContext, StepOutcome } from './step.ts';
import { countOf } from '../../reports/format.ts';

/** Hidden files that hubs and git leave behind. */
const usualHidden: ReadonlySet<string> = new Set(['.gitattributes', '.gitignore', '.gitkeep']);
const largestCard = 4 * 2 ** 20;

/** Lists the model's files with the digest of each, and names the weights. */
export async function takeDigests({ ingestion, ports, signal }: StepContext): Promise<StepOutcome> {
  const { files, digest, quarantine, onProgress } = ports;
  const { request, source } = ingestion;
  const { root, only } = contentOf(ingestion, ports);
  const found: IngestFile[] = [];
  const findings: Observed[] = [];
  let total = 0;
  for await (const { path, kind, size } of quarantine.walk(root, signal)) {
    if (kind !== 'file' || path === '.git' || path.startsWith('.git/')) continue;
    if (only !== undefined && path !== only) continue;
    total += size;
    if (found.length >= request.limits.files || total > request.limits.bytes)
      throw new WorkbenchError('file-too-large', 'It holds more than is taken in.', {
        remedy: 'Where that is right, raise --max-bytes or --max-files.',
      });
    const bytes = fileSource(files, files.resolve(root, path), size, signal);
    const head = (await bytes.read(0, headBytes)).slice();
    const format = formatOf(head, size);
    const hash = digest.startSha256();
    let hashed = 0;
    for await (const piece of piecesOf(bytes, signal)) {
      hash.update(piece);
      hashed += piece.length;
      onProgress(path, hashed, size);
    }
    found.push({ path, bytes: size, sha256: hash.hex(), role: roleOf(path, format), format });
    if (path.split('/').some(part => part.startsWith('.')) && !usualHidden.has(path))
      findings.push({
        rule: 'hidden-file',
        severity: 'warning',
        file: path,
        message: 'It is hidden.',
        remedy: 'Leave it out.',
      });
  }
  found.sort((a, b) => compareBytes(a.path, b.path));
  const weightsDigest = weightsDigestOf(found, digest);
  if (weightsDigest === undefined)
    throw new WorkbenchError('file-invalid', `${source.address} holds no weights.`, {
      remedy: 'Weights are told by their content or name: .safetensors, .gguf, .onnx, .pt, .bin, .keras and the like.',
    });
  const asked = request.digest;
  const artifact = ingestion.steps.find(({ name }) => name === 'fetch')?.evidence;
  if (asked !== undefined && asked !== weightsDigest && asked !== artifact)
    findings.push({
      rule: 'digest-mismatch',
      severity: 'unsafe',
      message: `The weights have the digest ${weightsDigest}, and ${asked} was asked for.`,
      remedy: 'Fetch it again; where it stays so, it is not what you were promised.',
    });
  const weights = found.filter(({ role }) => role === 'weights').length;
  return {
    state: 'done',
    sentence: `${String(found.length)} files, ${String(weights)} of them weights; the weights' digest is ${weightsDigest.slice(0, 12)}….`,
    evidence: digest.sha256(found.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')),
    findings,
    changes: { files: found, weightsDigest },
  };
}

/** Checks an OpenSSF model signature. */
export async function checkSignature({ ingestion, ports, signal }: StepContext): Promise<StepOutcome> {
  const { key, ca, trustRoot, signer, requireSignature = false } = ingestion.request;
  const all = ingestion.files ?? [];
  const file =
    all.find(({ path }) => path === 'model.sig') ??
    all.find(({ role, path }) => role === 'signature' && !path.includes('/'));
  const read = (path: string | undefined): Promise<string | undefined> =>
    path === undefined ? Promise.resolve(undefined) : ports.files.readText(path, signal);
  const text =
    file === undefined
      ? undefined
      : await ports.files.readText(pathOf(ingestion, file.path, ports), signal, 64 * 2 ** 20);
  const [keyText, caText, rootText] = [await read(key), await read(ca), await read(trustRoot)];
  const { signature, findings } = verifySignature(
    text,
    file?.path ?? 'model.sig',
    all,
    {
      required: requireSignature,
      ...(keyText === undefined ? {} : { key: keyText }),
      ...(caText === undefined ? {} : { ca: caText }),
      ...(rootText === undefined ? {} : { trustRoot: rootText }),
      ...(signer === undefined ? {} : { signer }),
    },
    ports,
  );
  return {
    state: 'done',
    sentence: signature.sentence,
    findings,
    changes: { signature },
    ...(file === undefined ? {} : { evidence: file.sha256 }),
  };
}

/** Reads the model card and judges its licence. */
export async function checkCard({ ingestion, ports, signal }: StepContext): Promise<StepOutcome> {
  const { requireLicense = false, licenses } = ingestion.request;
  const file = ingestion.files?.find(({ role, path }) => role === 'card' && !path.includes('/'));
  const policy = { requireLicense, ...(licenses === undefined ? {} : { licenses }) };
  if (file === undefined || file.bytes > largestCard) {
    const card = { sections: [] };
    return { state: 'done', sentence: 'There is no model card.', findings: judgeCard(card, policy), changes: { card } };
  }
  const text = await ports.files.readText(pathOf(ingestion, file.path, ports), signal, largestCard);
  const { card, faults } = readModelCard(text, file.path);
  return {
    state: 'done',
    sentence:
      card.license === undefined ? 'The card names no licence.' : `The card names the licence ${quoted(card.license)}.`,
    evidence: file.sha256,
    findings: [...faults, ...judgeCard(card, policy)],
    changes: { card },
  };
}

/** Looks into every file for what would run when it is loaded. */
export async function scanFiles(context: StepContext): Promise<StepOutcome> {
  const { ingestion, ports } = context;
  const all = ingestion.files ?? [];
  const found = createFindings();
  const scan = createScanContext(context, found.report);
  for (const { path, bytes } of all) {
    ports.onProgress(path, bytes, bytes);
    await scanFile(sourceOf(context, path, bytes), path, scan);
    // What was unpacked to look into one file is of no use for the next.
    await ports.quarantine.remove(placesOf(ingestion.id, ports).scratch);
  }
  const unsafe = found.list.filter(({ severity }) => severity === 'unsafe').length;
  return {
    state: 'done',
    sentence: `${countOf(all.length, 'file')} looked into: ${countOf(unsafe, 'unsafe finding')}.`,
    findings: found.list,
  };
}

/** Checks the headers of formats whose readers trust them. */
export async function checkFormats(context: StepContext): Promise<StepOutcome> {
  const all = context.ingestion.files ?? [];
  const found = createFindings();
  const scan = createScanContext(context, found.report);
  let checked = 0;
  for (const { path, bytes, format } of all) {
    if (format !== 'safetensors' && format !== 'gguf') continue;
    const source = sourceOf(context, path, bytes);
    if (format === 'safetensors') await checkSafetensors(source, path, scan);
    else await checkGguf(source, path, scan);
    checked += 1;
  }
  return {
    state: checked === 0 ? 'skipped' : 'done',
    sentence:
      checked === 0
        ? 'There is no safetensors or GGUF file.'
        : `${countOf(checked, 'header')} ${checked === 1 ? 'was' : 'were'} checked.`,
    findings: found.list,
  };
}

function sourceOf({ ingestion, ports, signal }: StepContext, path: string, bytes: number): ByteSource {
  return fileSource(ports.files, pathOf(ingestion, path, ports), bytes, signal);
}

function createScanContext({ ingestion, ports, signal }: StepContext, report: ScanContext['report']): ScanContext {
  const { files, quarantine } = ports;
  const { scratch } = placesOf(ingestion.id, ports);
  let count = 0;
  return {
    signal,
    report,
    async unpack(packed, by, limit) {
      count += 1;
      const path = files.resolve(scratch, String(count));
      const target = await quarantine.openAppend(path, 0);
      try {
        const pieces = piecesOf(packed, signal);
        for await (const chunk of by === 'gzip' ? quarantine.gunzip(pieces) : quarantine.inflate(pieces)) {
          signal.throwIfAborted();
          if (target.size + chunk.length > limit) throw new WorkbenchError('file-too-large', 'It unpacks to too much.');
          await target.write(chunk);
        }
      } finally {
        await target.close();
      }
      return fileSource(files, path, target.size, signal);
    },
  };
}
