import { WorkbenchError } from '../../base/errors.ts';
import { encodeBase64 } from '../../base/base64.ts';
import { readSafePath } from '../../base/safe-path.ts';
import { countOf, groupDigits } from '../../reports/format.ts';
import { nameOfFile, packingOf, placesOf } from '../places.ts';
import { quoted, type Observed } from '../scan/findings.ts';
import { nameOf, readOciArtifact } from '../sources/oci.ts';
import { parseSource, type Source } from '../sources/parse.ts';
import { listS3 } from '../sources/s3.ts';
import { createTransfer, type Downloaded, type HeadersFor, type Transfer } from '../sources/transfer.ts';
import { checkArtifact, copyFile, hashFile, tooLarge, tooMany, writeParts, type Part } from './parts.ts';
import type { StepContext, StepOutcome } from './step.ts';

/** Brings everything into quarantine. What an earlier attempt brought stays. */
export async function fetchSource(context: StepContext): Promise<StepOutcome> {
  const { ingestion, ports } = context;
  const source = parseSource(ingestion.request.source);
  if (source.kind === 'path') return fetchPath(context);
  const transfer = createTransfer(ports, ports.onNote);
  try {
    switch (source.kind) {
      case 'http':
        return await fetchHttp(source, transfer, context);
      case 'oci':
        return await fetchOci(source, transfer, context);
      case 's3':
        return await fetchS3(source, transfer, context);
    }
  } finally {
    await transfer.close();
  }
}

async function fetchPath({ ingestion, ports, signal }: StepContext): Promise<StepOutcome> {
  const { files, quarantine, onProgress } = ports;
  const { request, source } = ingestion;
  const { address } = source;
  const places = placesOf(ingestion.id, ports);
  const facts = await files.facts(address);
  if (facts === undefined || facts.kind === 'other') throw notFound(address);
  const packing = packingOf(address);
  if (facts.kind === 'file') {
    const name = nameOfFile(address);
    if (request.reference === true && packing === 'raw')
      return { state: 'skipped', sentence: 'The file is checked where it lies.' };
    if (facts.size > request.limits.bytes) throw tooLarge(request.limits.bytes);
    const target = files.resolve(places.download, 'part-1');
    await copyFile(address, facts.size, target, ports, signal, bytes => onProgress(name, bytes, facts.size));
    await writeParts([{ file: 'part-1', packing, name }], ingestion.id, ports);
    return {
      state: 'done',
      sentence: `${name} was copied (${String(facts.size)} bytes).`,
      ...(await checkArtifact(target, facts.size, { packing }, ports, signal)),
    };
  }
  const findings: Observed[] = [];
  let total = 0;
  let count = 0;
  for await (const entry of quarantine.walk(address, signal)) {
    if (entry.path === '.git' || entry.path.startsWith('.git/')) continue;
    if (entry.kind === 'folder') continue;
    if (entry.kind !== 'file') {
      findings.push({
        rule: 'link',
        severity: 'unsafe',
        file: entry.path,
        message: entry.kind === 'link' ? 'It is a link, which is not followed.' : 'It is no plain file.',
        remedy: 'Copy the model with its links resolved (`cp -rL`) and take that in.',
      });
      continue;
    }
    const read = readSafePath(entry.path);
    if ('why' in read) {
      findings.push({ rule: 'path', severity: 'unsafe', file: entry.path, message: `It was left out: ${read.why}.` });
      continue;
    }
    if (entry.executable)
      findings.push({
        rule: 'executable-permission',
        severity: 'note',
        file: entry.path,
        message: 'It may be executed where it lies; what is kept may not.',
      });
    count += 1;
    total += entry.size;
    if (count > request.limits.files) throw tooMany(request.limits.files);
    if (total > request.limits.bytes) throw tooLarge(request.limits.bytes);
    if (request.reference === true) continue;
    const before = total - entry.size;
    await copyFile(
      files.resolve(address, entry.path),
      entry.size,
      files.resolve(places.content, entry.path),
      ports,
      signal,
      bytes => onProgress(entry.path, before + bytes),
    );
  }
  if (count === 0)
    throw new WorkbenchError('usage', `${address} holds no file.`, { remedy: 'Name the model’s folder.' });
  return {
    state: 'done',
    sentence: `${countOf(count, 'file')} ${describeKept(count, request.reference === true)} (${groupDigits(total)} bytes).`,
    findings,
  };
}

async function fetchHttp(
  { url, sha256 }: Extract<Source, { kind: 'http' }>,
  transfer: Transfer,
  { ingestion, ports, signal }: StepContext,
): Promise<StepOutcome> {
  const { request, source } = ingestion;
  const { token } = ports.credentials;
  const { origin, pathname } = new URL(url);
  const headers: HeadersFor = async (): Promise<Readonly<Record<string, string>>> => {
    if (token === undefined) return {};
    return { authorization: `Bearer ${await ports.secrets.resolve(token, origin, signal)}` };
  };
  const places = placesOf(ingestion.id, ports);
  const target = ports.files.resolve(places.download, 'part-1');
  const name = decodeName(pathname.slice(pathname.lastIndexOf('/') + 1)) || 'model';
  const { bytes, etag, reused } = await transfer.download(
    { url, headers, target, limit: request.limits.bytes },
    signal,
    (done, total) => ports.onProgress(name, done, total),
  );
  const packing = packingOf(name);
  await writeParts([{ file: 'part-1', packing, name }], ingestion.id, ports);
  const checked = await checkArtifact(target, bytes, { pin: sha256, packing }, ports, signal);
  const isPlain = url.startsWith('http:');
  const findings = [
    ...(isPlain && sha256 === undefined && request.digest === undefined
      ? [
          {
            rule: 'fetched-unencrypted',
            severity: 'warning' as const,
            message: 'It was fetched without encryption and without a digest: anybody on the way could exchange it.',
            remedy: 'Fetch it by https, or give its digest.',
          },
        ]
      : []),
  ];
  return {
    state: 'done',
    sentence: `${name} was fetched (${String(bytes)} bytes${reused > 0 ? `, ${String(reused)} of them by an earlier attempt` : ''}).`,
    ...checked,
    findings,
    changes: { source: { ...source, ...(etag === undefined ? {} : { revision: etag }) } },
  };
}

async function fetchOci(
  source: Extract<Source, { kind: 'oci' }>,
  transfer: Transfer,
  { ingestion, ports, signal }: StepContext,
): Promise<StepOutcome> {
  const { basic } = ports.credentials;
  const basicFor = async (origin: string): Promise<string | undefined> => {
    if (basic === undefined) return undefined;
    const password = await ports.secrets.resolve(basic.password, origin, signal);
    return `Basic ${encodeBase64(new TextEncoder().encode(`${basic.username}:${password}`))}`;
  };
  // Once its digest is known, a later attempt fetches that, whatever the tag has come to mean.
  const { revision } = ingestion.source;
  const pinned =
    revision?.startsWith('sha256:') === true && source.digest === undefined ? { ...source, digest: revision } : source;
  const artifact = await readOciArtifact(pinned, transfer, basicFor, ports.digest, signal);
  const total = artifact.layers.reduce((sum, { size }) => sum + size, 0);
  if (total > ingestion.request.limits.bytes) throw tooLarge(ingestion.request.limits.bytes);
  const places = placesOf(ingestion.id, ports);
  const parts: Part[] = [];
  let done = 0;
  let reusedAll = 0;
  for (const { url, digest, size, packing, name } of artifact.layers) {
    const target = ports.files.resolve(places.download, digest);
    const before = done;
    const wanted = { url, headers: artifact.headers, target, limit: size, size, immutable: true };
    const fetch = (): Promise<Downloaded> =>
      transfer.download(wanted, signal, bytes => ports.onProgress(nameOf(source), before + bytes, total));
    const { reused } = await fetch().catch(async (error: unknown) => {
      if (!(error instanceof WorkbenchError) || error.code !== 'registry-refused') throw error;
      await artifact.renew();
      return fetch();
    });
    reusedAll += reused;
    if ((await hashFile(target, ports, signal)) !== digest) {
      await ports.quarantine.remove(target);
      throw new WorkbenchError('registry-malformed', `A layer of ${nameOf(source)} is not what its digest says.`, {
        remedy: 'Fetch it again; where it stays so, somebody has changed it.',
      });
    }
    done += size;
    parts.push({ file: digest, packing, name });
  }
  await writeParts(parts, ingestion.id, ports);
  return {
    state: 'done',
    sentence: `${String(parts.length)} layers of ${artifact.digest.slice(0, 19)}… were fetched (${String(total)} bytes${reusedAll > 0 ? `, ${String(reusedAll)} of them by an earlier attempt` : ''}).`,
    evidence: artifact.digest.slice('sha256:'.length),
    changes: { source: { ...ingestion.source, revision: artifact.digest } },
  };
}

async function fetchS3(
  source: Extract<Source, { kind: 's3' }>,
  transfer: Transfer,
  { ingestion, ports, signal }: StepContext,
): Promise<StepOutcome> {
  const { request } = ingestion;
  const { s3 } = ports.credentials;
  const listing = await listS3(
    source,
    {
      region: request.s3Region ?? 'us-east-1',
      ...(request.s3Endpoint === undefined ? {} : { endpoint: request.s3Endpoint }),
      credentialsFor: async origin => {
        if (s3 === undefined) return undefined;
        const [accessKey, secretKey] = await Promise.all(
          [s3.accessKey, s3.secretKey].map(reference => ports.secrets.resolve(reference, origin, signal)),
        );
        const sessionToken =
          s3.sessionToken === undefined ? undefined : await ports.secrets.resolve(s3.sessionToken, origin, signal);
        return {
          accessKey: accessKey ?? '',
          secretKey: secretKey ?? '',
          ...(sessionToken === undefined ? {} : { sessionToken }),
        };
      },
    },
    transfer,
    ports,
    signal,
  );
  const total = listing.objects.reduce((sum, { size }) => sum + size, 0);
  if (listing.objects.length > request.limits.files) throw tooMany(request.limits.files);
  if (total > request.limits.bytes) throw tooLarge(request.limits.bytes);
  const places = placesOf(ingestion.id, ports);
  const parts: Part[] = [];
  let done = 0;
  for (const { key, path, size, url } of listing.objects) {
    const file = ports.digest.sha256(key);
    const before = done;
    await transfer.download(
      {
        url,
        headers: listing.headers,
        target: ports.files.resolve(places.download, file),
        limit: request.limits.bytes,
        size,
      },
      signal,
      bytes => ports.onProgress(path, before + bytes, total),
    );
    done += size;
    parts.push({ file, packing: listing.objects.length === 1 ? packingOf(path) : 'raw', name: path });
  }
  await writeParts(parts, ingestion.id, ports);
  const [only] = parts;
  const checked =
    parts.length === 1 && only !== undefined
      ? await checkArtifact(ports.files.resolve(places.download, only.file), total, only, ports, signal)
      : {};
  return {
    state: 'done',
    sentence: `${String(parts.length)} objects were fetched (${String(total)} bytes).`,
    ...checked,
  };
}

function decodeName(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function notFound(path: string): WorkbenchError {
  return new WorkbenchError('file-not-found', `${quoted(path)} is neither a file nor a folder.`, {
    remedy: 'Check the path.',
    place: { path },
  });
}

function describeKept(files: number, referenced: boolean): string {
  const verb = files === 1 ? (referenced ? 'is' : 'was') : referenced ? 'are' : 'were';
  return `${verb} ${referenced ? 'there' : 'copied'}`;
}
