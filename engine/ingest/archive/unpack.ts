import { WorkbenchError } from '../../base/errors.ts';
import type { Files } from '../../ports/files.ts';
import type { GrowingFile, Quarantine } from '../../ports/quarantine.ts';
import { partOf, piecesOf, type ByteSource } from '../scan/bytes.ts';
import { quoted } from '../scan/findings.ts';
import { createNameCheck, readSafePath } from '../../base/safe-path.ts';
import { readTar } from './tar.ts';
import { locateMember, readZipDirectory } from './zip.ts';

/** What may come out of an archive. */
export interface UnpackLimits {
  /** Bytes in all. */
  readonly bytes: number;
  readonly files: number;
  /** Bytes that come out for each that goes in; small archives may have more. */
  readonly ratio: number;
}

export interface UnpackPorts {
  readonly files: Files;
  readonly quarantine: Quarantine;
}

/** Below this an archive may be as dense as it likes. */
const alwaysAllowed = 64 * 2 ** 20;

/** Counts what comes out, and refuses entries that no model needs. */
export class Gate {
  readonly #limits: UnpackLimits;
  readonly #packed: number;
  readonly #what: string;
  readonly #collides = createNameCheck();
  #bytes = 0;
  #files = 0;

  constructor(what: string, packed: number, limits: UnpackLimits) {
    this.#what = what;
    this.#packed = packed;
    this.#limits = limits;
  }

  /** The path of an entry below the folder. Throws for one that may not be there. */
  admit(name: string, kind: 'file' | 'folder' | 'link' | 'other'): string {
    const shown = quoted(name);
    if (kind === 'link') throw this.#refuse(`${shown} is a link`, 'Pack the files themselves.');
    if (kind === 'other')
      throw this.#refuse(`${shown} is a device or some other special file`, 'Pack plain files only.');
    const read = readSafePath(name);
    if ('why' in read) throw this.#refuse(`${shown} cannot be unpacked: ${read.why}`, 'Pack it under another name.');
    if (kind === 'folder' || read.path === '') return read.path;
    const other = this.#collides(read.path);
    if (other !== undefined)
      throw this.#refuse(`${shown} is there twice, or differs only in case from ${quoted(other)}`, 'Rename one.');
    this.#files += 1;
    if (this.#files > this.#limits.files)
      throw this.#tooLarge(`it holds more than ${String(this.#limits.files)} files`, '--max-files');
    return read.path;
  }

  count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#limits.bytes)
      throw this.#tooLarge(`it unpacks to more than ${String(this.#limits.bytes)} bytes`, '--max-bytes');
    if (this.#bytes > alwaysAllowed && this.#bytes > this.#packed * this.#limits.ratio)
      throw this.#refuse(
        `it unpacks to more than ${String(this.#limits.ratio)} times its size`,
        'Weights do not pack that well: it may be made to fill the disk.',
      );
  }

  #refuse(why: string, remedy: string): WorkbenchError {
    return new WorkbenchError('file-invalid', `${this.#what} is not unpacked: ${why}.`, { remedy });
  }

  #tooLarge(why: string, option: string): WorkbenchError {
    return new WorkbenchError('file-too-large', `${this.#what} is not unpacked: ${why}.`, {
      remedy: `Where that is right, raise ${option}.`,
    });
  }
}

/** Unpacks a TAR archive, packed by gzip or not, into a folder. Nothing is written outside it. */
export async function unpackTar(
  packed: AsyncIterable<Uint8Array>,
  gzip: boolean,
  folder: string,
  gate: Gate,
  { files, quarantine }: UnpackPorts,
  signal: AbortSignal,
): Promise<void> {
  let open: GrowingFile | undefined;
  const counted = async function* (): AsyncIterable<Uint8Array> {
    for await (const chunk of gzip ? quarantine.gunzip(packed) : packed) {
      signal.throwIfAborted();
      gate.count(chunk.length);
      yield chunk;
    }
  };
  try {
    await readTar(
      counted(),
      async ({ name, kind }) => {
        const path = gate.admit(name, kind);
        if (kind !== 'file' || path === '') return undefined;
        open = await quarantine.openAppend(files.resolve(folder, path), 0);
        const file = open;
        return chunk => file.write(chunk);
      },
      async () => {
        const file = open;
        open = undefined;
        await file?.close();
      },
    );
  } finally {
    await open?.close();
  }
}

/** Unpacks a ZIP archive into a folder. */
export async function unpackZip(
  source: ByteSource,
  what: string,
  folder: string,
  gate: Gate,
  { files, quarantine }: UnpackPorts,
  signal: AbortSignal,
): Promise<void> {
  const fail = (why: string): WorkbenchError =>
    new WorkbenchError('file-invalid', `${what} is no readable ZIP archive: ${why}.`, { remedy: 'Fetch it again.' });
  const directory = await readZipDirectory(source);
  if (directory === undefined) throw fail('no directory was found at its end');
  const [fault] = directory.faults;
  if (fault !== undefined) throw fail(fault);
  let behind = 0;
  const inOrder = [...directory.members].sort((a, b) => a.offset - b.offset);
  for (const member of inOrder) {
    signal.throwIfAborted();
    const isFolder = member.name.endsWith('/');
    const type = member.mode & 0o170000;
    const kind = isFolder ? 'folder' : type === 0o120000 ? 'link' : type === 0 || type === 0o100000 ? 'file' : 'other';
    const path = gate.admit(member.name, kind);
    if (member.encrypted) throw fail(`${quoted(member.name)} is encrypted`);
    if (member.method !== 0 && member.method !== 8)
      throw fail(`${quoted(member.name)} is packed by method ${String(member.method)}, which is not read here`);
    const place = await locateMember(source, member);
    if (place.start === undefined || place.fault !== undefined)
      throw fail(`${quoted(member.name)}: ${place.fault ?? 'it is not there'}`);
    // Entries that share bytes are how small archives unpack to very large ones.
    if (member.offset < behind) throw fail(`${quoted(member.name)} shares its bytes with another entry`);
    behind = place.start + member.packed;
    if (isFolder || path === '') continue;
    const packed = piecesOf(partOf(source, place.start, member.packed), signal);
    const target = await quarantine.openAppend(files.resolve(folder, path), 0);
    try {
      for await (const chunk of member.method === 8 ? quarantine.inflate(packed) : packed) {
        signal.throwIfAborted();
        gate.count(chunk.length);
        if (target.size + chunk.length > member.size) throw fail(`${quoted(member.name)} is larger than it claims`);
        await target.write(chunk);
      }
      if (target.size !== member.size) throw fail(`${quoted(member.name)} is smaller than it claims`);
    } finally {
      await target.close();
    }
  }
}
