import { decodeBase64, encodeBase64 } from '../../base/base64.ts';
import { WorkbenchError } from '../../base/errors.ts';
import { isRecord } from '../../models/http/json.ts';
import type { Properties } from '../../ports/registry.ts';
import type { Resource } from './wire.ts';

export type Scalar = string | number | boolean;

/** Properties by key; `undefined` takes one away. */
export type PropertyChanges = Readonly<Record<string, Scalar | undefined>>;

/** The most characters of a name or key: the width of the server's columns. */
export const longestKey = 255;

/**
 * A value as the API takes it. Numbers are always doubles: its integers have 32 bits, and a filter finds doubles by whole numbers too.
 * Throws `usage` for what the server would refuse, or would keep but never be able to read again.
 */
export function encodeValue(key: string, value: Scalar): Resource {
  if (key === '' || key.length > longestKey || key.includes('\0')) {
    throw new WorkbenchError('usage', `"${key.slice(0, 60)}" cannot be the name of a property.`, {
      remedy: `Names have 1 to ${longestKey} characters.`,
    });
  }
  if (typeof value === 'boolean') return { metadataType: 'MetadataBoolValue', bool_value: value };
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return { metadataType: 'MetadataDoubleValue', double_value: value };
    throw new WorkbenchError(
      'usage',
      `The property ${key} is no finite number, which a Kubeflow registry cannot hold.`,
    );
  }
  checkText(`The property ${key}`, value);
  return { metadataType: 'MetadataStringValue', string_value: value };
}

/** The server takes this beginning for a structure of its own. It keeps such a text, and from then on can list nothing any more. */
const structMark = 'mlmd-struct::';

/** Throws `usage` for a text that a Kubeflow registry cannot keep. */
export function checkText(what: string, text: string | undefined): void {
  if (text === undefined) return;
  if (text.includes('\0'))
    throw new WorkbenchError('usage', `${what} has a zero character, which a Kubeflow registry refuses.`);
  if (text.startsWith(structMark)) {
    throw new WorkbenchError(
      'usage',
      `${what} begins with "${structMark}", after which the registry could not be read.`,
      {
        remedy: 'Write it differently.',
      },
    );
  }
}

export function encodeProperties(properties: PropertyChanges): Record<string, Resource> {
  const encoded: Record<string, Resource> = {};
  for (const [key, value] of Object.entries(properties))
    if (value !== undefined) encoded[key] = encodeValue(key, value);
  return encoded;
}

/** A value as we show it: structures as JSON text. Undefined for what cannot be read. */
export function decodeValue(value: unknown): Scalar | undefined {
  if (!isRecord(value)) return undefined;
  const { string_value: text, double_value: double, int_value: int, bool_value: bool } = value;
  if (typeof text === 'string') return text;
  if (typeof double === 'number') return double;
  if (typeof bool === 'boolean') return bool;
  if (typeof int === 'string' || typeof int === 'number') {
    const whole = Number(int);
    return Number.isFinite(whole) ? whole : undefined;
  }
  if (typeof value['struct_value'] === 'string') return structText(value['struct_value']);
  return typeof value['proto_value'] === 'string' ? value['proto_value'] : undefined;
}

export function decodeProperties(properties: Resource): Record<string, Scalar> {
  const decoded: Record<string, Scalar> = {};
  for (const [key, value] of Object.entries(properties)) {
    const scalar = decodeValue(value);
    if (scalar !== undefined) decoded[key] = scalar;
  }
  return decoded;
}

/**
 * The whole map that a PATCH has to send: what is there, changed. Structures are sent in base64 but come back as JSON, so those of
 * others have to be wrapped again; sent as they came they would be refused, and with them the whole change.
 */
export function mergeProperties(there: Resource, changes: PropertyChanges): Record<string, unknown> {
  const merged: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(there)) if (!Object.hasOwn(changes, key)) merged[key] = wrapStruct(value);
  return { ...merged, ...encodeProperties(changes) };
}

export function hasStructs(properties: Resource): boolean {
  return Object.values(properties).some(value => isRecord(value) && typeof value['struct_value'] === 'string');
}

function wrapStruct(value: unknown): unknown {
  if (!isRecord(value) || typeof value['struct_value'] !== 'string') return value;
  const text = value['struct_value'];
  if (!isJson(text)) return value;
  return { ...value, struct_value: encodeBase64(new TextEncoder().encode(text)) };
}

/** The JSON of a structure, whether a server sends it plain or in base64. */
function structText(text: string): string {
  if (isJson(text)) return text;
  const bytes = decodeBase64(text);
  const inner = bytes === undefined ? '' : new TextDecoder().decode(bytes);
  return isJson(inner) ? inner : text;
}

function isJson(text: string): boolean {
  if (!/^\s*[{[]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Texts, numbers and flags among fields that may be absent. */
export function present(fields: Readonly<Record<string, Scalar | undefined>>): Properties {
  return Object.fromEntries(Object.entries(fields).filter((pair): pair is [string, Scalar] => pair[1] !== undefined));
}
