import type { ScanSource } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { largestFigures } from '../governance/evidence-scans.ts';
import { fieldsOf } from '../imports/values.ts';
import type { Digest } from '../ports/digest.ts';
import type { Files } from '../ports/files.ts';
import { readGarak } from './garak.ts';
import { readRedTeam } from './promptfoo-red-team.ts';
import { readSarif } from './sarif.ts';
import type { ScanContent } from './scan-content.ts';

const mebibyte = 2 ** 20;

/** Most bytes of a report that is read line by line. */
const largestLines = 4096 * mebibyte;
/** Of one that is read whole. */
const largestWhole = 256 * mebibyte;

export interface ScanFile {
  readonly content: ScanContent;
  /** SHA-256 of the very bytes that were read. */
  readonly digest: string;
}

export interface ScanChoice {
  /** Absent: told from the file. */
  readonly source: ScanSource | undefined;
  /** The one of several scanned models whose attacks count. */
  readonly target: string | undefined;
}

/**
 * Reads a scanner's report. Throws `file-not-found`, `file-too-large`, and `file-invalid` with the line where lines count; what a report
 * holds is never run or followed.
 */
export async function readScan(
  path: string,
  { source, target }: ScanChoice,
  { files, digest }: { readonly files: Files; readonly digest: Digest },
  signal: AbortSignal,
): Promise<ScanFile> {
  const facts = await files.facts(path);
  if (facts?.kind !== 'file') {
    throw new WorkbenchError('file-not-found', `There is no file ${path}.`, {
      remedy: 'Name the report of a scanner: garak, promptfoo red team, SARIF or other JSON.',
      place: { path },
    });
  }
  const isLines = source === 'garak' || (source === undefined && /\.jsonl$/i.test(path));
  const limit = isLines ? largestLines : source === 'json' ? largestFigures : largestWhole;
  if (facts.size > limit) throw tooLarge(path, limit);
  const hash = digest.startSha256();
  const chunks = watch(files.stream(path, signal), path, limit, hash);
  if (isLines) {
    const content = await readGarak(chunks, path, signal);
    return { content, digest: hash.hex() };
  }
  const value = parse(await decode(chunks, path), path);
  const content = readWhole(value, path, source ?? tellSource(value), target);
  if (content.source === 'json' && facts.size > largestFigures) throw tooLarge(path, largestFigures);
  return { content, digest: hash.hex() };
}

function readWhole(value: unknown, path: string, source: ScanSource, target: string | undefined): ScanContent {
  switch (source) {
    case 'sarif':
      return readSarif(value, path);
    case 'promptfoo':
      return readRedTeam(value, path, target);
    default:
      // Which of its figures count, policies say: they are looked up in the file as it is kept.
      return { source: 'json', tool: 'json', targets: [], groups: [], doubts: [], notes: [] };
  }
}

function tellSource(value: unknown): ScanSource {
  const { runs, version, results } = fieldsOf(value);
  if (Array.isArray(runs) && typeof version === 'string') return 'sarif';
  return Array.isArray(fieldsOf(results)['results']) ? 'promptfoo' : 'json';
}

/** Hashes what is read on its way, and stops where a file grows beyond its limit while it is read. */
async function* watch(
  chunks: AsyncIterable<Uint8Array>,
  path: string,
  limit: number,
  hash: { update(data: Uint8Array): void },
): AsyncIterable<Uint8Array> {
  let bytes = 0;
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > limit) throw tooLarge(path, limit);
    hash.update(chunk);
    yield chunk;
  }
}

async function decode(chunks: AsyncIterable<Uint8Array>, path: string): Promise<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const parts: string[] = [];
  try {
    for await (const chunk of chunks) parts.push(decoder.decode(chunk, { stream: true }));
    parts.push(decoder.decode());
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new WorkbenchError('file-invalid', `${path} is not UTF-8 text.`, { place: { path }, cause: error });
  }
  return parts.join('');
}

function parse(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : '';
    throw new WorkbenchError('file-invalid', `${path} is not JSON: ${reason}`, {
      remedy: 'It may be cut off: write the report again.',
      place: { path },
      cause: error,
    });
  }
}

function tooLarge(path: string, limit: number): WorkbenchError {
  return new WorkbenchError('file-too-large', `${path} is larger than ${String(limit / mebibyte)} MiB.`, {
    remedy: 'Scan with fewer probes or rules at a time, and add each report.',
    place: { path },
  });
}
