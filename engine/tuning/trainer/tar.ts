import { joinBytes } from '../../base/join-bytes.ts';

const block = 512;
const encoder = new TextEncoder();

/**
 * The header of a file in a TAR archive (ustar; a pax header before it where a path or a size does not fit). Owner, group and time are 0:
 * the same files give the same archive.
 */
export function tarHeader(path: string, bytes: number): Uint8Array {
  const name = encoder.encode(path);
  const records = [
    ...(name.length > 100 ? [paxRecord('path', path)] : []),
    ...(bytes >= 8 ** 11 ? [paxRecord('size', String(bytes))] : []),
  ];
  const own = header(name.subarray(0, 100), bytes, '0');
  if (records.length === 0) return own;
  const content = encoder.encode(records.join(''));
  const pieces = [header(encoder.encode('pax'), content.length, 'x'), content, tarPadding(content.length), own];
  return joinBytes(pieces);
}

/** Zeros up to the next block. */
export function tarPadding(bytes: number): Uint8Array {
  return new Uint8Array((block - (bytes % block)) % block);
}

export function tarEnd(): Uint8Array {
  return new Uint8Array(2 * block);
}

function header(name: Uint8Array, bytes: number, type: string): Uint8Array {
  const fields = new Uint8Array(block);
  fields.set(name, 0);
  write(fields, 100, '0000644\0');
  write(fields, 108, '0000000\0');
  write(fields, 116, '0000000\0');
  // A size that does not fit is told by the pax header before.
  write(fields, 124, `${(bytes >= 8 ** 11 ? 0 : bytes).toString(8).padStart(11, '0')}\0`);
  write(fields, 136, '00000000000\0');
  write(fields, 148, '        ');
  write(fields, 156, type);
  write(fields, 257, 'ustar\0');
  write(fields, 263, '00');
  const sum = fields.reduce((total, byte) => total + byte, 0);
  write(fields, 148, `${sum.toString(8).padStart(6, '0')}\0 `);
  return fields;
}

/** `LENGTH KEY=VALUE\n`, where the length counts all of it. */
function paxRecord(key: string, value: string): string {
  const rest = encoder.encode(` ${key}=${value}\n`).length;
  let length = rest + String(rest).length;
  if (rest + String(length).length !== length) length = rest + String(length).length;
  return `${String(length)} ${key}=${value}\n`;
}

function write(into: Uint8Array, at: number, text: string): void {
  into.set(encoder.encode(text), at);
}
