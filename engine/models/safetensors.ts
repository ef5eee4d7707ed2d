import { WorkbenchError } from '../base/errors.ts';

/** The element types we read and write. */
export type TensorData = Float32Array | Int32Array | Uint8Array | Float64Array;

export interface Tensor {
  /** Row-major; the product is the number of elements. */
  readonly shape: readonly number[];
  readonly data: TensorData;
}

/** A safetensors file's content. */
export interface Safetensors {
  readonly tensors: ReadonlyMap<string, Tensor>;
  readonly metadata: ReadonlyMap<string, string>;
}

type ElementType = 'F64' | 'F32' | 'I32' | 'U8';

/** Bytes an element, in the order in which the tensors of a file are written. */
const elementBytes: Readonly<Record<ElementType, number>> = { F64: 8, F32: 4, I32: 4, U8: 1 };
const elementOrder = Object.keys(elementBytes);
const lengthBytes = 8;
/** A header that is larger describes no model of ours. */
const longestHeader = 16 * 1024 * 1024;
const mostTensors = 1024;
const mostDimensions = 8;
const metadataKey = '__metadata__';
const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/**
 * The bytes of a safetensors file (https://github.com/huggingface/safetensors#format): the header's length (8 bytes, little-endian), the
 * header (JSON, filled with spaces to a multiple of 8 bytes), the tensors without a gap. The same content always gives the same bytes, those
 * the reference implementation writes: metadata first (its keys in order), then the tensors by element type and name, each aligned.
 */
export function writeSafetensors(content: Safetensors): Uint8Array {
  const rank = ({ data }: Tensor): number => elementOrder.indexOf(elementTypeOf(data));
  const tensors = [...content.tensors].sort(([nameA, a], [nameB, b]) => rank(a) - rank(b) || compareText(nameA, nameB));
  const entries: string[] = [];
  if (content.metadata.size > 0) {
    const sorted = [...content.metadata].sort(([a], [b]) => compareText(a, b));
    entries.push(`${JSON.stringify(metadataKey)}:${writeObject(sorted)}`);
  }
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const end = offset + data.byteLength;
    const facts = { dtype: elementTypeOf(data), shape, data_offsets: [offset, end] };
    entries.push(`${JSON.stringify(name)}:${JSON.stringify(facts)}`);
    offset = end;
  }
  const header = new TextEncoder().encode(`{${entries.join(',')}}`);
  const headerLength = Math.ceil(header.length / 8) * 8;
  const bytes = new Uint8Array(lengthBytes + headerLength + offset);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(header, lengthBytes);
  bytes.fill(0x20, lengthBytes + header.length, lengthBytes + headerLength);
  let at = lengthBytes + headerLength;
  for (const [, { data }] of tensors) {
    bytes.set(toLittleEndian(data), at);
    at += data.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file and trusts none of it: every length, name, shape and offset is checked before it is used. The tensors are
 * copies. Throws `file-invalid` with what is wrong; `what` names the file there.
 */
export function readSafetensors(bytes: Uint8Array, what: string): Safetensors {
  const fail = (why: string): never => {
    throw new WorkbenchError('file-invalid', `${what} is no valid safetensors file: ${why}.`, {
      remedy: 'Use weights that the workbench wrote; train or register the model again where they are damaged.',
    });
  };
  const { header, start } = readHeader(bytes, fail);
  const metadata = new Map<string, string>();
  const entries: [name: string, entry: TensorEntry][] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === metadataKey) readMetadata(value, metadata, fail);
    else entries.push([name, readEntry(name, value, fail)]);
  }
  if (entries.length > mostTensors) fail(`it has more than ${String(mostTensors)} tensors`);
  const tensors = new Map<string, Tensor>();
  let expected = 0;
  for (const [name, { type, shape, begin, end }] of entries.sort(
    ([, a], [, b]) => a.begin - b.begin || a.end - b.end,
  )) {
    if (begin !== expected)
      fail(`the tensor ${JSON.stringify(name)} ${begin < expected ? 'overlaps another' : 'leaves a gap before it'}`);
    if (start + end > bytes.length) fail(`the tensor ${JSON.stringify(name)} ends after the file`);
    tensors.set(name, { shape, data: fromLittleEndian(copyOf(bytes, start + begin, start + end), type) });
    expected = end;
  }
  if (start + expected !== bytes.length) fail('there are bytes after the last tensor');
  return { tensors, metadata };
}

type Fail = (why: string) => never;

function readHeader(bytes: Uint8Array, fail: Fail): { header: object; start: number } {
  if (bytes.length < lengthBytes + 2) return fail('it is too short');
  const length = new DataView(bytes.buffer, bytes.byteOffset, lengthBytes).getBigUint64(0, true);
  if (length > BigInt(longestHeader)) return fail('its header is too long');
  const start = lengthBytes + Number(length);
  if (start > bytes.length) return fail('its header ends after the file');
  const header = parseHeader(bytes.subarray(lengthBytes, start));
  if (typeof header !== 'object' || header === null || Array.isArray(header) || bytes[lengthBytes] !== 0x7b)
    return fail('its header is no JSON object');
  return { header, start };
}

function parseHeader(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    // Not UTF-8 or not JSON: the caller says that it is no header.
    return undefined;
  }
}

function readMetadata(value: unknown, metadata: Map<string, string>, fail: Fail): void {
  if (!isRecord(value)) return fail('its metadata is no object');
  for (const [key, text] of Object.entries(value)) {
    if (typeof text !== 'string') return fail(`its metadata ${JSON.stringify(key)} is no text`);
    metadata.set(key, text);
  }
}

interface TensorEntry {
  readonly type: ElementType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
}

function readEntry(name: string, value: unknown, fail: Fail): TensorEntry {
  const where = `the tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) return fail(`${where} is no object`);
  const { dtype, shape, data_offsets: offsets } = value;
  if (typeof dtype !== 'string' || !Object.hasOwn(elementBytes, dtype))
    return fail(`${where} has the element type ${JSON.stringify(dtype)}, and only F64, F32, I32 and U8 are read`);
  if (!isSizes(shape) || shape.length > mostDimensions) return fail(`${where} has no valid shape`);
  if (!isSizes(offsets) || offsets.length !== 2) return fail(`${where} has no valid offsets`);
  const [begin = 0, end = 0] = offsets;
  const type = dtype as ElementType;
  const size = shape.reduce((product, length) => product * length, elementBytes[type]);
  if (!Number.isSafeInteger(size) || end - begin !== size)
    return fail(`${where} has ${String(end - begin)} bytes where its shape needs ${String(size)}`);
  return { type, shape, begin, end };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isSizes(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(size => Number.isSafeInteger(size) && size >= 0);
}

function elementTypeOf(data: TensorData): ElementType {
  if (data instanceof Float64Array) return 'F64';
  if (data instanceof Float32Array) return 'F32';
  return data instanceof Int32Array ? 'I32' : 'U8';
}

function toLittleEndian(data: TensorData): Uint8Array {
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  return isLittleEndian ? bytes : swapBytes(new Uint8Array(bytes), data.BYTES_PER_ELEMENT);
}

/** A copy at the beginning of a buffer of its own, so that every element type is aligned. `slice` would not do: Node's buffers share it. */
function copyOf(bytes: Uint8Array, begin: number, end: number): Uint8Array<ArrayBuffer> {
  return new Uint8Array(bytes.subarray(begin, end));
}

function fromLittleEndian(bytes: Uint8Array<ArrayBuffer>, type: ElementType): TensorData {
  if (!isLittleEndian) swapBytes(bytes, elementBytes[type]);
  switch (type) {
    case 'F64':
      return new Float64Array(bytes.buffer);
    case 'F32':
      return new Float32Array(bytes.buffer);
    case 'I32':
      return new Int32Array(bytes.buffer);
    case 'U8':
      return bytes;
  }
}

function swapBytes(bytes: Uint8Array, width: number): Uint8Array {
  for (let at = 0; at < bytes.length; at += width) bytes.subarray(at, at + width).reverse();
  return bytes;
}

function writeObject(entries: readonly (readonly [string, string])[]): string {
  return `{${entries.map(([key, text]) => `${JSON.stringify(key)}:${JSON.stringify(text)}`).join(',')}}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
