/** Joins parts of a key with single slashes; empty parts are left out. */
export function joinKey(...parts: readonly string[]): string {
  return parts.flatMap(part => part.split('/').filter(name => name !== '')).join('/');
}

/** What lies below a key begins with this: `aiwb-1` is not below `aiwb-10`. Empty for everything. */
export function folderOf(prefix: string): string {
  const joined = joinKey(prefix);
  return joined === '' ? '' : `${joined}/`;
}

/** Throws for a key that names nothing or climbs out of where it is: a fault in the caller. */
export function requireKey(key: string): string {
  const names = key.split('/');
  const isSafe = names.every(name => name !== '' && name !== '.' && name !== '..' && !/[\\\0-\x1f\x7f]/.test(name));
  if (!isSafe) throw new Error(`"${key}" is no key of a storage.`);
  return key;
}

/** The key of a part, counted from 1, of what is too large for one object. */
export function partKey(key: string, number: number): string {
  return `${key}.${String(number).padStart(4, '0')}`;
}

/** The address of an object as one of its parts, which share all but the number. */
export function partUrl(url: string): string {
  const at = url.indexOf('?');
  return at < 0 ? `${url}.{part}` : `${url.slice(0, at)}.{part}${url.slice(at)}`;
}
