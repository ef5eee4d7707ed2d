/** What stands at an RFC 6901 pointer, or why nothing does. */
export type Pointed = { readonly value: unknown } | { readonly fault: string };

/** Follows a pointer through a parsed document; only fields of its own count. */
export function followPointer(document: unknown, pointer: string): Pointed {
  if (pointer !== '' && !pointer.startsWith('/')) return { fault: 'a pointer begins with /' };
  let value = document;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replace(/~1/g, '/').replace(/~0/g, '~');
    if (Array.isArray(value)) {
      if (!/^(0|[1-9]\d{0,9})$/.test(key)) return { fault: `${key} is no place in a list` };
      value = (value as unknown[])[Number(key)];
    } else if (typeof value === 'object' && value !== null && Object.hasOwn(value, key))
      value = (value as Readonly<Record<string, unknown>>)[key];
    else return { fault: `there is no ${key}` };
    if (value === undefined) return { fault: `the list has no ${key}` };
  }
  return { value };
}

/** The figure at a pointer: a number, or how many items a list has. */
export function figureAt(document: unknown, pointer: string): { readonly figure: number } | { readonly fault: string } {
  const found = followPointer(document, pointer);
  if ('fault' in found) return found;
  if (Array.isArray(found.value)) return { figure: found.value.length };
  if (typeof found.value === 'number' && Number.isFinite(found.value)) return { figure: found.value };
  return { fault: `${found.value === null ? 'null' : `a ${typeof found.value}`} stands there and no number` };
}
