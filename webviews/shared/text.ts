import { showUnseen } from '../../schemas/unseen.ts';

export { showUnseen } from '../../schemas/unseen.ts';

/** At most `limit` UTF-16 units on one line, for table cells; never splits a surrogate pair. */
export function clipLine(text: string, limit = 300): string {
  const head = text.length > limit ? `${startOf(text, limit)}…` : text;
  return showUnseen(head).replace(/\s*\n\s*/g, ' ⏎ ');
}

/** The first UTF-16 units of a text, `limit` at most; never splits a surrogate pair. */
export function startOf(text: string, limit: number): string {
  return text.length > limit ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, '') : text;
}

/** At most `limit` UTF-16 units as they are, lines and all, for what has no place of its own to be long in. */
export function clipText(text: string, limit = 4000): string {
  return text.length <= limit ? showUnseen(text) : `${showUnseen(startOf(text, limit))}…`;
}

/** A path's last part. */
export function baseName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
}

/** The first eight digits of a digest, without its algorithm. */
export function shortDigest(digest: string | undefined): string {
  if (digest === undefined) return '–';
  return digest.replace(/^sha256[:-]/, '').slice(0, 8);
}
