import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of an archive that a test makes. A name that ends in `/` is a folder. */
export interface ArchiveEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  /** Where a link leads. */
  readonly link?: string;
  /** TAR's own letter. */
  readonly type?: string;
}

/** A TAR archive, long names as pax writes them. */
export function makeTar(entries: readonly ArchiveEntry[]): Buffer {
  const parts: Buffer[] = [];
  for (const { name, content = '', link, type } of entries) {
    const bytes = Buffer.from(content);
    const letter = type ?? (link !== undefined ? '2' : name.endsWith('/') ? '5' : '0');
    if (Buffer.byteLength(name) > 100) {
      const record = paxRecord('path', name);
      parts.push(tarHeader('pax', record.length, 'x'), padded(record));
    }
    parts.push(tarHeader(name, bytes.length, letter, link), padded(bytes));
  }
  return Buffer.concat([...parts, Buffer.alloc(1024)]);
}

function tarHeader(name: string, size: number, type: string, link = ''): Buffer {
  const header = Buffer.alloc(512);
  header.write(Buffer.from(name).subarray(0, 100).toString('latin1'), 0, 'latin1');
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('        ', 148);
  header.write(type, 156);
  header.write(link, 157);
  header.write('ustar\0', 257);
  header.write('00', 263);
  let sum = 0;
  for (const byte of header) sum += byte;
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function paxRecord(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)]);
}

/** Ways in which a ZIP archive may lie. */
export interface ZipLies {
  readonly stored?: boolean;
  /** What the first entry's own header calls it. */
  readonly localName?: string;
  /** Both entries share the first one's bytes. */
  readonly overlap?: boolean;
  readonly claimedSize?: number;
  readonly encrypted?: boolean;
  readonly method?: number;
}

export function makeZip(entries: readonly ArchiveEntry[], lies: ZipLies = {}): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [index, { name, content = '', link }] of entries.entries()) {
    const bytes = Buffer.from(link ?? content);
    const method = lies.method ?? (lies.stored === true ? 0 : 8);
    const packed = lies.stored === true ? bytes : deflateRawSync(bytes);
    const size = lies.claimedSize ?? bytes.length;
    const flags = 0x0800 | (lies.encrypted === true ? 1 : 0);
    const localName = Buffer.from(index === 0 ? (lies.localName ?? name) : name);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    local.writeUInt16LE(flags, 6);
    local.writeUInt16LE(method, 8);
    local.writeUInt32LE(crc32(bytes), 14);
    local.writeUInt32LE(packed.length, 18);
    local.writeUInt32LE(size, 22);
    local.writeUInt16LE(localName.length, 26);
    const full = Buffer.from(name);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    central.writeUInt16LE(flags, 8);
    central.writeUInt16LE(method, 10);
    central.writeUInt32LE(crc32(bytes), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(size, 24);
    central.writeUInt16LE(full.length, 28);
    const mode = link === undefined ? 0o100644 : 0o120777;
    central.writeUInt32LE((mode << 16) >>> 0, 38);
    central.writeUInt32LE(offset, 42);
    directory.push(central, full);
    if (lies.overlap === true && index > 0) {
      // A second local header inside the first entry's own bytes.
      const before = parts.at(-1) ?? Buffer.alloc(0);
      parts[parts.length - 1] = before.subarray(0, before.length - 3);
      offset -= 3;
      (directory.at(-2) ?? central).writeUInt32LE(offset, 42);
    }
    parts.push(local, localName, packed);
    offset += 30 + localName.length + packed.length;
  }
  const names = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(names.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, names, end]);
}
