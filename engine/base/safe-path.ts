/** Bytes of a path and of one of its parts; longer ones fail on some systems, and none of a model's are. */
const longestPath = 400;
const longestPart = 200;
const deepest = 32;

/**
 * The path an archive's or repository's entry may have below a folder, with forward slashes; a reason where it may have none. What differs
 * between systems (backslashes, drives, names that Windows keeps for itself, trailing dots) is refused everywhere, so that a model which
 * was taken in on one machine is the same on another.
 */
export function readSafePath(name: string): { readonly path: string } | { readonly why: string } {
  if (name === '' || /\p{Cc}/u.test(name)) return { why: 'it is empty or has control characters' };
  if (name.includes('\\')) return { why: 'it has a backslash' };
  if (name.startsWith('/') || /^[A-Za-z]:/.test(name)) return { why: 'it is absolute' };
  const parts = name.split('/').filter(part => part !== '' && part !== '.');
  if (parts.length === 0) return { path: '' };
  if (parts.includes('..')) return { why: 'it leads out of its folder' };
  if (parts.length > deepest || name.length > longestPath || parts.some(part => part.length > longestPart))
    return { why: 'it is too long' };
  for (const part of parts) {
    if (/[<>:"|?*]/.test(part) || /[. ]$/.test(part)) return { why: 'it has characters that not every system allows' };
    if (/^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i.test(part)) return { why: 'Windows keeps the name for a device' };
    if (/\p{Cf}/u.test(part)) return { why: 'it has unseen characters' };
  }
  return { path: parts.join('/') };
}

/** Finds names that are the same on some systems: repeated ones, other case, other composition of accents. */
export function createNameCheck(): (path: string) => string | undefined {
  const seen = new Map<string, string>();
  const folders = new Map<string, string>();
  return path => {
    const parts = path.split('/');
    for (let length = 1; length < parts.length; length++) {
      const folder = parts.slice(0, length).join('/');
      const key = foldName(folder);
      const other = folders.get(key);
      if (other !== undefined && other !== folder) return other;
      if (seen.has(key)) return seen.get(key);
      folders.set(key, folder);
    }
    const key = foldName(path);
    const earlier = seen.get(key) ?? folders.get(key);
    if (earlier !== undefined) return earlier;
    seen.set(key, path);
    return undefined;
  };
}

function foldName(path: string): string {
  return path.normalize('NFC').toLowerCase();
}
