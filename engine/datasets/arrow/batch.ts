import { dateText, decimalText, timestampText, timeText, wholeNumber } from '../plain-values.ts';
import type { FlatTable } from './flatbuffer.ts';
import type { ArrowField, ArrowType } from './schema.ts';

/** A column's values by their places. */
type Values = (at: number) => unknown;

/** A place that a message gives for bytes of its body. */
type Span = readonly [offset: number, length: number];

/**
 * Opens the columns of one record batch over its body. Lengths and offsets are held against the body before any value is read; throws
 * where they lead out of it.
 */
export function openColumns(batch: FlatTable, fields: readonly ArrowField[], body: DataView, rows: number): Values[] {
  if (batch.table(3) !== undefined) throw new Error('its batches are compressed');
  const reader = new BatchReader(batch.pairs(1), batch.pairs(2), body);
  return fields.map(field => reader.open(field, rows));
}

const mostEmpty = 1_000_000;

class BatchReader {
  readonly #nodes: Iterator<Span>;
  readonly #buffers: Iterator<Span>;
  readonly #body: DataView;

  constructor(nodes: readonly Span[], buffers: readonly Span[], body: DataView) {
    this.#nodes = nodes.values();
    this.#buffers = buffers.values();
    this.#body = body;
  }

  /** Values of a column and what is nested in it, which follow one another in the batch. `least` are there, else it throws. */
  open(field: ArrowField, least: number): Values {
    const node = this.#nodes.next();
    if (node.done === true) throw new Error(`the column "${field.name}" is missing in a batch`);
    const [length, nulls] = node.value;
    if (length < least) throw new Error(`the column "${field.name}" is shorter than its batch`);
    // Nulls and empty structs take no bytes, so that their number must be bounded by itself.
    if (length > this.#body.byteLength * 8 + mostEmpty)
      throw new Error(`the column "${field.name}" is longer than its batch`);
    if (field.type.kind === 'null') return () => null;
    const validity = this.#buffer(field, nulls > 0 ? Math.ceil(length / 8) : 0);
    const values = this.#openValues(field, field.type, length);
    if (nulls === 0) return values;
    return at => (bitAt(validity, at) ? values(at) : null);
  }

  #openValues(field: ArrowField, type: ArrowType, length: number): Values {
    const fixed = (bytes: number): DataView => this.#buffer(field, length * bytes);
    switch (type.kind) {
      case 'null':
        return () => null;
      case 'bool': {
        const bits = this.#buffer(field, Math.ceil(length / 8));
        return at => bitAt(bits, at);
      }
      case 'int':
        return wholeNumbers(fixed(type.bits / 8), type.bits, type.signed);
      case 'float': {
        const view = fixed(type.bits / 8);
        if (type.bits === 16) return at => halfFloat(view.getUint16(at * 2, true));
        return type.bits === 32 ? at => view.getFloat32(at * 4, true) : at => view.getFloat64(at * 8, true);
      }
      case 'decimal': {
        const view = fixed(type.bytes);
        return at => decimalText(signedNumber(view, at * type.bytes, type.bytes), type.scale);
      }
      case 'date': {
        const view = fixed(type.milliseconds ? 8 : 4);
        return type.milliseconds
          ? at => dateText(Math.floor(Number(view.getBigInt64(at * 8, true)) / 86_400_000))
          : at => dateText(view.getInt32(at * 4, true));
      }
      case 'time': {
        const view = fixed(type.bits / 8);
        return at =>
          timeText(type.bits === 32 ? BigInt(view.getInt32(at * 4, true)) : view.getBigInt64(at * 8, true), type.parts);
      }
      case 'timestamp': {
        const view = fixed(8);
        return at => timestampText(view.getBigInt64(at * 8, true), type.parts, type.utc);
      }
      case 'fixed-bytes': {
        const view = fixed(type.width);
        return at => bytesOf(view, at * type.width, (at + 1) * type.width);
      }
      case 'text':
      case 'bytes':
        return this.#openBytes(field, type.kind === 'text', this.#openOffsets(field, type.large, length));
      case 'list':
      case 'map': {
        const offsets = this.#openOffsets(field, type.kind === 'list' && type.large, length);
        const [item] = field.children;
        const items = item === undefined ? () => null : this.open(item, length === 0 ? 0 : offsets(length));
        const listAt = (at: number): unknown[] => range(offsets(at), offsets(at + 1)).map(items);
        return type.kind === 'list' ? listAt : at => fromPairs(listAt(at), item);
      }
      case 'fixed-list': {
        const [item] = field.children;
        const items = item === undefined ? () => null : this.open(item, length * type.size);
        return at => range(at * type.size, (at + 1) * type.size).map(items);
      }
      case 'struct': {
        const children = field.children.map(child => ({ name: child.name, values: this.open(child, length) }));
        return at => {
          const object = Object.create(null) as Record<string, unknown>;
          for (const { name, values } of children) object[name] = values(at);
          return object;
        };
      }
    }
  }

  #openBytes(field: ArrowField, isText: boolean, offsets: (at: number) => number): Values {
    const data = this.#buffer(field, 0);
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    return at => {
      const bytes = bytesOf(data, offsets(at), offsets(at + 1));
      if (!isText) return bytes;
      try {
        return decoder.decode(bytes);
      } catch (error) {
        throw new Error(`a text in the column "${field.name}" is not UTF-8`, { cause: error });
      }
    };
  }

  /** Starts of the items, one more than there are values; checked to rise. */
  #openOffsets(field: ArrowField, large: boolean, length: number): (at: number) => number {
    const size = large ? 8 : 4;
    const view = this.#buffer(field, length === 0 ? 0 : (length + 1) * size);
    const read = (at: number): number => (large ? Number(view.getBigInt64(at * 8, true)) : view.getInt32(at * 4, true));
    let before = 0;
    for (let at = 0; length > 0 && at <= length; at += 1) {
      const offset = read(at);
      if (offset < before) throw new Error(`the column "${field.name}" has offsets that lead back`);
      before = offset;
    }
    return read;
  }

  #buffer(field: ArrowField, least: number): DataView {
    const next = this.#buffers.next();
    if (next.done === true) throw new Error(`the column "${field.name}" has too few buffers`);
    const [offset, length] = next.value;
    if (offset < 0 || length < least || offset + length > this.#body.byteLength) {
      throw new Error(`the column "${field.name}" reaches beyond its batch`);
    }
    return new DataView(this.#body.buffer, this.#body.byteOffset + offset, length);
  }
}

function bitAt(bits: DataView, at: number): boolean {
  return ((bits.getUint8(at >> 3) >> (at & 7)) & 1) === 1;
}

function bytesOf(view: DataView, start: number, end: number): Uint8Array {
  if (end > view.byteLength) throw new RangeError('a value reaches beyond its column');
  return new Uint8Array(view.buffer, view.byteOffset + start, end - start);
}

function range(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, index) => start + index);
}

function wholeNumbers(view: DataView, bits: number, signed: boolean): Values {
  switch (bits) {
    case 8:
      return signed ? at => view.getInt8(at) : at => view.getUint8(at);
    case 16:
      return signed ? at => view.getInt16(at * 2, true) : at => view.getUint16(at * 2, true);
    case 32:
      return signed ? at => view.getInt32(at * 4, true) : at => view.getUint32(at * 4, true);
    default:
      return signed
        ? at => wholeNumber(view.getBigInt64(at * 8, true))
        : at => wholeNumber(view.getBigUint64(at * 8, true));
  }
}

/** Two's complement, the lowest byte first. */
function signedNumber(view: DataView, start: number, bytes: number): bigint {
  let value = 0n;
  for (let byte = bytes - 1; byte >= 0; byte -= 1) value = (value << 8n) | BigInt(view.getUint8(start + byte));
  return BigInt.asIntN(bytes * 8, value);
}

/** IEEE 754 binary16. */
function halfFloat(bits: number): number {
  const sign = bits >> 15 === 1 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** A map is a list of structs of a key and a value. */
function fromPairs(entries: readonly unknown[], item: ArrowField | undefined): Record<string, unknown> {
  const [key, value] = item?.children ?? [];
  const object = Object.create(null) as Record<string, unknown>;
  for (const entry of entries) {
    const pair = entry as Readonly<Record<string, unknown>>;
    object[String(pair[key?.name ?? ''])] = pair[value?.name ?? ''];
  }
  return object;
}
