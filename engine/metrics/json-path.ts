/** The value of a field, with dots into nested mappings and lists; undefined where there is none. */
export function readPath(value: unknown, path: string): unknown {
  if (isMapping(value) && Object.hasOwn(value, path)) return value[path];
  let current = value;
  for (const part of path.split('.')) {
    if (typeof current !== 'object' || current === null || !Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
