import type { DocumentPath } from '../documents/diagnostic.ts';
import { setOwn } from '../documents/values.ts';
import { isSameValue, type ValueChange } from '../edits/rewrite.ts';

/**
 * What a used file holds once a cell's fields are laid over it: mappings are merged, lists and single values replaced, and `null` takes a
 * field out (as RFC 7396 merges JSON).
 */
export function overlay(base: unknown, own: unknown): unknown {
  if (!isMapping(own)) return own;
  const merged: Record<string, unknown> = {};
  if (isMapping(base)) for (const [key, value] of Object.entries(base)) setOwn(merged, key, value);
  for (const [key, value] of Object.entries(own)) {
    if (value === null) Reflect.deleteProperty(merged, key);
    else setOwn(merged, key, overlay(ownValue(merged, key), value));
  }
  return merged;
}

/** The same as changes, in the cell's order: each as far down as both have mappings. */
export function listOverrides(base: unknown, own: unknown, path: DocumentPath = []): readonly ValueChange[] {
  if (!isMapping(own)) return [];
  return Object.entries(own).flatMap(([key, value]): readonly ValueChange[] => {
    const before = ownValue(base, key);
    const at = [...path, key];
    if (value === null) return before === undefined ? [] : [{ path: at }];
    if (isMapping(before) && isMapping(value)) return listOverrides(before, value, at);
    const after = overlay(undefined, value);
    return isSameValue(before, after) ? [] : [{ path: at, value: after }];
  });
}

function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function ownValue(value: unknown, key: string): unknown {
  return isMapping(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}
