import { canonicalJson } from '../../schemas/canonical.ts';
import type { Digest } from '../ports/digest.ts';

const length = 16;

/**
 * What tells an edited text from a generated one: a part of the SHA-256 over it, without what formatters change and nobody means —
 * white space, the length of rules in tables, escapes that may be left out.
 */
export function textFingerprint(text: string, digest: Digest): string {
  return digest.sha256(withoutFormat(text)).slice(0, length);
}

/** The same of a value in the front matter, however it is written. */
export function valueFingerprint(value: unknown, digest: Digest): string {
  return digest.sha256(canonicalJson(value)).slice(0, length);
}

export function withoutFormat(text: string): string {
  return text
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '')
    .replace(/-{3,}/g, '---')
    .replace(/\s+/g, ' ')
    .trim();
}
