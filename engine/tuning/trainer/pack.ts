import { WorkbenchError } from '../../base/errors.ts';
import { Gate, unpackTar, type UnpackPorts } from '../../ingest/archive/unpack.ts';
import type { Digest } from '../../ports/digest.ts';
import type { Files } from '../../ports/files.ts';
import type { JobFile } from './job-folder.ts';
import { tarEnd, tarHeader, tarPadding } from './tar.ts';

export interface PackPorts {
  readonly files: Files;
  readonly digest: Digest;
}

/**
 * A job's folder as a TAR archive, piece by piece; the same folder gives the same bytes. Throws `dataset-changed` where a file no longer is
 * what the job was made with.
 */
export async function* packJob(
  files: readonly JobFile[],
  ports: PackPorts,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const encoder = new TextEncoder();
  for (const file of files) {
    signal.throwIfAborted();
    if ('text' in file) {
      const content = encoder.encode(file.text);
      yield tarHeader(file.path, content.length);
      yield content;
      yield tarPadding(content.length);
      continue;
    }
    yield tarHeader(file.path, file.bytes);
    yield* readChecked(file, ports, signal);
    yield tarPadding(file.bytes);
  }
  yield tarEnd();
}

/** The pieces of a file of this machine, which must be as long as it was, and have its digest where one is known. */
export async function* readChecked(
  file: Extract<JobFile, { source: string }>,
  { files, digest }: PackPorts,
  signal: AbortSignal,
): AsyncIterable<Uint8Array> {
  const hash = file.digest === undefined ? undefined : digest.startSha256();
  let bytes = 0;
  for await (const chunk of files.stream(file.source, signal)) {
    bytes += chunk.length;
    if (bytes > file.bytes) throw changed(file.source);
    hash?.update(chunk);
    yield chunk;
  }
  if (bytes !== file.bytes || (hash !== undefined && hash.hex() !== file.digest)) throw changed(file.source);
}

/** Most that may come back from a trainer: models of half a terabyte in ten thousand files. */
const limits = { bytes: 512 * 2 ** 30, files: 10_000, ratio: 4 };

/**
 * Unpacks what a trainer has put, its model or its answers, into a folder. Whoever trained it is not trusted: nothing is written outside
 * the folder, and links are refused. Throws `file-invalid`, and what `pieces` throws.
 */
export async function unpackTrained(
  pieces: AsyncIterable<Uint8Array>,
  folder: string,
  ports: UnpackPorts,
  signal: AbortSignal,
): Promise<void> {
  const gate = new Gate('What the trainer made', limits.bytes, limits);
  await unpackTar(pieces, false, folder, gate, ports, signal);
}

function changed(path: string): WorkbenchError {
  return new WorkbenchError('dataset-changed', `${path} has changed while the job was being made.`, {
    remedy: 'Leave the job’s files as they are until it has started, and start it again.',
    place: { path },
  });
}
