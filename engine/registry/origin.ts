import type { ModelVersion, VersionOrigin } from '../../schemas/generated/messages.ts';
import { keys } from './keys.ts';

/** The version that a pulled one came from, as its properties say; absent for versions that were registered here. */
export function originOf({ customProperties }: Pick<ModelVersion, 'customProperties'>): VersionOrigin | undefined {
  const text = Object.hasOwn(customProperties, keys.origin) ? customProperties[keys.origin] : undefined;
  if (typeof text !== 'string') return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isOrigin(value) ? value : undefined;
  } catch {
    return undefined; // Somebody else's property of the same name.
  }
}

export function formatOrigin({ registry, model, version, id }: VersionOrigin): string {
  return JSON.stringify({ registry, model, version, ...(id === undefined ? {} : { id }) });
}

function isOrigin(value: unknown): value is VersionOrigin {
  if (typeof value !== 'object' || value === null) return false;
  const { registry, model, version, id, ...rest } = value as Readonly<Record<string, unknown>>;
  const texts = [registry, model, version, id ?? ''].every(part => typeof part === 'string');
  return texts && Object.keys(rest).length === 0;
}
