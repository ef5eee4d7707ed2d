import { isRecord } from '../../models/http/json.ts';

/** A resource as the REST API sends it: untrusted, so every field is read by one of the functions here. */
export type Resource = Readonly<Record<string, unknown>>;

export function readText(resource: Resource, field: string): string | undefined {
  const value = resource[field];
  return typeof value === 'string' ? value : undefined;
}

/** As `readText`, without empty texts: the API sends both for what was never said. */
export function readSaid(resource: Resource, field: string): string | undefined {
  const value = readText(resource, field);
  return value === '' ? undefined : value;
}

export function readNumber(resource: Resource, field: string): number | undefined {
  const value = resource[field];
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function readTexts(resource: Resource, field: string): string[] | undefined {
  const value = resource[field];
  return Array.isArray(value) ? value.filter(one => typeof one === 'string') : undefined;
}

/** Milliseconds since the epoch, which the API sends as text. */
export function readTime(resource: Resource, field: string): number | undefined {
  const value = resource[field];
  const time = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
  return typeof time === 'number' && Number.isSafeInteger(time) ? time : undefined;
}

/** The server's own id; empty for what is no resource. */
export function idOf(resource: Resource): string {
  return readText(resource, 'id') ?? '';
}

export function nameOf(resource: Resource): string {
  return readText(resource, 'name') ?? '';
}

export function isArchived(resource: Resource): boolean {
  return resource['state'] === 'ARCHIVED';
}

/** Properties as they came, to be sent back as they came. */
export function propertiesIn(resource: Resource): Resource {
  const value = resource['customProperties'];
  return isRecord(value) ? value : {};
}
