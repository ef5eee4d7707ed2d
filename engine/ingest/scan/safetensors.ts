import type { ByteSource } from './bytes.ts';
import { viewOf } from './bytes.ts';
import { quoted, type ScanContext } from './findings.ts';
import { findRepeatedKey } from './json-keys.ts';

/** The reference implementation's own bound. */
const longestHeader = 100_000_000;
const metadataKey = '__metadata__';

/** Bits an element. */
const elementBits: Readonly<Record<string, number>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  F64: 64,
  I64: 64,
  U64: 64,
  C64: 64,
};

/** What a header says of its tensors. */
export interface SafetensorsFacts {
  readonly tensors: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Whether bytes may begin a safetensors file: a header length that fits, then `{`. */
export function beginsAsSafetensors(head: Uint8Array, size: number): boolean {
  if (head.length < 9 || head[8] !== 0x7b) return false;
  const length = Number(viewOf(head).getBigUint64(0, true));
  return length >= 2 && length + 8 <= size;
}

/**
 * Checks a safetensors file's header without reading its tensors: length, JSON, keys, element types, and that the tensors fill the rest of
 * the file exactly, without gap or overlap. Reports `safetensors-invalid`; returns what the header says where it is right.
 */
export async function checkSafetensors(
  source: ByteSource,
  file: string,
  { report }: ScanContext,
): Promise<SafetensorsFacts | undefined> {
  const read = await readHeader(source);
  if (!('why' in read)) return read;
  report({
    rule: 'safetensors-invalid',
    severity: 'unsafe',
    file,
    offset: read.offset,
    message: `It is no valid safetensors file: ${read.why}.`,
    remedy: 'Fetch it again. Readers differ in what they make of such a file.',
  });
  return undefined;
}

interface Fault {
  readonly why: string;
  readonly offset: number;
}

async function readHeader(source: ByteSource): Promise<SafetensorsFacts | Fault> {
  const invalid = (why: string, offset = 0): Fault => ({ why, offset });
  const prefix = await source.read(0, 8);
  if (prefix.length < 8) return invalid('it is too short');
  const length = Number(viewOf(prefix).getBigUint64(0, true));
  if (length > longestHeader) return invalid(`its header would have ${String(length)} bytes`);
  if (8 + length > source.size) return invalid('its header ends behind the file');
  const bytes = await source.read(8, 8 + length);
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    return invalid('its header is no JSON', 8);
  }
  if (bytes[0] !== 0x7b || !isRecord(header)) return invalid('its header is no JSON object', 8);
  const repeated = findRepeatedKey(text);
  if (repeated !== undefined) return invalid(`its header has the key ${quoted(repeated)} twice`, 8);
  const metadata = header[metadataKey];
  if (
    metadata !== undefined &&
    !(isRecord(metadata) && Object.values(metadata).every(value => typeof value === 'string'))
  )
    return invalid('its metadata is no mapping of texts', 8);
  const ranges: { name: string; begin: number; end: number }[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === metadataKey) continue;
    const range = readTensor(value);
    if (typeof range === 'string') return invalid(`the tensor ${quoted(name)} ${range}`, 8);
    ranges.push({ name, ...range });
  }
  const room = source.size - 8 - length;
  let expected = 0;
  for (const { name, begin, end } of ranges.sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (end > room) return invalid(`the tensor ${quoted(name)} ends behind the file`, 8 + length + begin);
    if (begin !== expected)
      return invalid(
        `the tensor ${quoted(name)} ${begin < expected ? 'overlaps another one' : 'leaves a gap before it'}`,
        8 + length + begin,
      );
    expected = end;
  }
  if (expected !== room)
    return invalid(`${String(room - expected)} bytes follow its last tensor`, 8 + length + expected);
  return { tensors: ranges.length, metadata: (metadata ?? {}) as Readonly<Record<string, string>> };
}

function readTensor(value: unknown): { readonly begin: number; readonly end: number } | string {
  if (!isRecord(value)) return 'is no object';
  const { dtype, shape, data_offsets: offsets } = value;
  const bits = typeof dtype === 'string' && Object.hasOwn(elementBits, dtype) ? elementBits[dtype] : undefined;
  if (bits === undefined) return `has the unknown element type ${quoted(String(dtype))}`;
  if (!isSizes(shape)) return 'has no valid shape';
  if (!isSizes(offsets) || offsets.length !== 2) return 'has no valid offsets';
  const [begin = 0, end = 0] = offsets;
  const total = shape.reduce((product, size) => product * size, bits);
  if (!Number.isSafeInteger(total) || total % 8 !== 0) return 'has an impossible shape';
  if (end - begin !== total / 8) return `has ${String(end - begin)} bytes where its shape needs ${String(total / 8)}`;
  return { begin, end };
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0);
}
