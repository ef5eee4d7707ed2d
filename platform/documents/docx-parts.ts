import { inflateRawSync } from 'node:zlib';
import { locateMember, readZipDirectory, type ZipMember } from '../../engine/ingest/archive/zip.ts';
import { memorySource, type ByteSource } from '../../engine/ingest/scan/bytes.ts';
import { DocumentFault, type DocumentLimits } from './limits.ts';

/** The parts of a Word document that its text is made of. */
export interface DocxParts {
  readonly document: string;
  readonly styles: string | undefined;
  readonly numbering: string | undefined;
  readonly footnotes: string | undefined;
  readonly hasMacros: boolean;
}

const oldOffice = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const mostParts = 20_000;

/** Unpacks what is needed of a Word document, once its directory has shown that it is not made to fill memory. Throws a `DocumentFault`. */
export async function openDocx(bytes: Uint8Array, limits: DocumentLimits): Promise<DocxParts> {
  if (oldOffice.every((byte, index) => bytes[index] === byte)) throw describeOldOffice(bytes);
  const source = memorySource(bytes);
  const directory = await readZipDirectory(source);
  if (directory === undefined)
    throw new DocumentFault('broken', 'It is no Word document: it is not packed as one, or it is cut off.');
  const tooMany = directory.members.length > mostParts ? ['it has too many parts'] : [];
  for (const fault of [...directory.faults, ...tooMany])
    throw new DocumentFault('broken', `Its packing is damaged: ${fault}.`);
  refuseBombs(directory.members, bytes.length, limits);
  const names = new Map(directory.members.map(member => [member.name.toLowerCase(), member]));
  if (names.size < directory.members.length) throw new DocumentFault('broken', 'It holds a part twice.');
  let left = limits.unpackedBytes;
  const read = async (name: string): Promise<string | undefined> => {
    const member = names.get(name);
    if (member === undefined) return undefined;
    const part = await unpack(source, member, Math.min(left, member.size));
    left -= part.length;
    return decodeXml(part);
  };
  const document = await read('word/document.xml');
  if (document === undefined)
    throw new DocumentFault('broken', 'It is packed as a Word document is and holds none (no word/document.xml).');
  return {
    document,
    styles: await read('word/styles.xml'),
    numbering: await read('word/numbering.xml'),
    footnotes: await read('word/footnotes.xml'),
    hasMacros: names.has('word/vbaproject.bin'),
  };
}

function refuseBombs(members: readonly ZipMember[], packedSize: number, limits: DocumentLimits): void {
  let unpacked = 0;
  for (const { size } of members) unpacked += size;
  const isLarge = unpacked > limits.unpackedBytes;
  if (!isLarge && (unpacked <= 2 ** 20 || unpacked <= packedSize * limits.unpackedRatio)) return;
  const times = Math.round(unpacked / packedSize).toLocaleString('en');
  throw new DocumentFault(
    'too-large',
    `Unpacked it would take ${Math.round(unpacked / 2 ** 20).toLocaleString('en')} MiB, ${times} times its size. It may be made to fill the memory of who opens it, and was not unpacked. Save its text as a new document.`,
  );
}

async function unpack(source: ByteSource, member: ZipMember, limit: number): Promise<Uint8Array> {
  if (member.encrypted) throw new DocumentFault('encrypted', 'Its parts are encrypted. Save it without a password.');
  const { start, fault } = await locateMember(source, member);
  if (start === undefined || fault !== undefined) throw damaged(member, fault ?? 'it is cut off');
  const packed = await source.read(start, start + member.packed);
  if (member.method === 0) return packed;
  if (member.method !== 8) throw damaged(member, 'it is packed in a way that Word does not use');
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(1, limit) });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code !== 'ERR_BUFFER_TOO_LARGE') throw damaged(member, 'it does not unpack');
    throw new DocumentFault('too-large', `Its part ${member.name} unpacks to more than it claims, and was not read.`);
  }
}

function damaged({ name }: ZipMember, why: string): DocumentFault {
  return new DocumentFault('broken', `Its part ${name} is damaged: ${why}. Open it in Word and save it again.`);
}

/** Word encrypts a document by putting it into a container of its older kind. */
function describeOldOffice(bytes: Uint8Array): DocumentFault {
  const isEncrypted = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes(
    Buffer.from('EncryptedPackage', 'utf16le'),
  );
  return isEncrypted
    ? new DocumentFault('encrypted', 'It is encrypted with a password. Save it without one and add that.')
    : new DocumentFault('broken', 'It is of the kind Word wrote before 2007 (.doc). Save it as .docx and add that.');
}

function decodeXml(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'utf-8';
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw new DocumentFault('broken', 'A part of it is no text. Open it in Word and save it again.');
  }
}
