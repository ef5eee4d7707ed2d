import type { SchemaElement, SchemaTree } from 'hyparquet';
import { isListLike, isMapLike } from 'hyparquet/src/schema.js';
import { dateText, decimalText, timestampText, timeText, wholeNumber, type SecondParts } from '../plain-values.ts';

/**
 * A Parquet value as plain JSON would hold it: structs are objects, lists are arrays, whole numbers beyond 2⁵³ and decimals are their exact
 * digits as text, dates and times are ISO 8601 text. Bytes that no text is promised for stay bytes. Absent values are null.
 */
export function toPlainValue(node: SchemaTree, value: unknown): unknown {
  if (value === undefined || value === null) return null;
  if (isListLike(node)) {
    const wrapper = node.children[0];
    const item = wrapper?.children.length === 1 ? wrapper.children[0] : wrapper;
    return Array.isArray(value) && item !== undefined ? value.map(one => toPlainValue(item, one)) : null;
  }
  if (isMapLike(node)) {
    const held = node.children[0]?.children[1];
    return fromEntries(
      Object.entries(value).map(([key, one]) => [key, held === undefined ? one : toPlainValue(held, one)]),
    );
  }
  if (Array.isArray(value)) return value.map(one => toPlainValue(node, one));
  if (node.children.length === 0) return leafValue(node.element, value);
  const fields = value as Readonly<Record<string, unknown>>;
  return fromEntries(node.children.map(child => [child.element.name, toPlainValue(child, fields[child.element.name])]));
}

/** Without a prototype: columns may bear any name. */
function fromEntries(entries: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const object = Object.create(null) as Record<string, unknown>;
  for (const [key, value] of entries) object[key] = value;
  return object;
}

function leafValue(element: SchemaElement, value: unknown): unknown {
  const { logical_type: logical, converted_type: converted } = element;
  if (isDecimal(element)) {
    const scale = logical?.type === 'DECIMAL' ? logical.scale : (element.scale ?? 0);
    return decimalText(value instanceof Uint8Array ? signedNumber(value) : BigInt(value as number | bigint), scale);
  }
  if (converted === 'DATE' || logical?.type === 'DATE') return dateText(Number(value));
  const unit = unitOf(element);
  if (unit !== undefined) {
    const count = BigInt(value as number | bigint);
    if (converted?.startsWith('TIME_') === true || logical?.type === 'TIME') return timeText(count, unit);
    const utc = logical?.type !== 'TIMESTAMP' || logical.isAdjustedToUTC;
    // Writers without logical types, and INT96, do not say the zone; UTC is what they mean.
    return timestampText(count, unit, utc && element.type !== 'INT96');
  }
  return typeof value === 'bigint' ? wholeNumber(value) : value;
}

/** Whether a column holds decimals, which the decoder would round. */
export function isDecimal({ converted_type: converted, logical_type: logical }: SchemaElement): boolean {
  return converted === 'DECIMAL' || logical?.type === 'DECIMAL';
}

function unitOf({ type, converted_type: converted, logical_type: logical }: SchemaElement): SecondParts | undefined {
  if (logical?.type === 'TIMESTAMP' || logical?.type === 'TIME') {
    return logical.unit === 'MILLIS' ? 3 : logical.unit === 'MICROS' ? 6 : 9;
  }
  if (converted === 'TIMESTAMP_MILLIS' || converted === 'TIME_MILLIS') return 3;
  if (converted === 'TIMESTAMP_MICROS' || converted === 'TIME_MICROS') return 6;
  return type === 'INT96' ? 9 : undefined;
}

/** Two's complement, the highest byte first. */
function signedNumber(bytes: Uint8Array): bigint {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex === '' ? 0n : BigInt.asIntN(bytes.byteLength * 8, BigInt(`0x${hex}`));
}
