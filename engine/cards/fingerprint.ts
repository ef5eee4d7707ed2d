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
  return digest.sha256(valueText(value)).slice(0, length);
}

/** A value as one text, the same for equal values. YAML has numbers that JSON lacks. */
export function valueText(value: unknown): string {
  return canonicalJson(withoutSpecials(value));
}

function withoutSpecials(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) return `number ${String(value)}`;
  if (Array.isArray(value)) return value.map(withoutSpecials);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutSpecials(inner)]));
}

export function withoutFormat(text: string): string {
  return text
    .replace(/\\(?=[!-/:-@[-`{-~])/g, '')
    .replace(/-{3,}/g, '---')
    .replace(/\s+/g, ' ')
    .trim();
}
