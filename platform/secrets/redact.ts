/** Shapes of common keys and credentials, for texts whose secrets are not known. */
const shapes: readonly RegExp[] = [
  /\b(?:sk|pk|rk)-[A-Za-z0-9_-]{16,}/g,
  /\b(?:hf|gsk|ghp|gho|ghs|github_pat|glpat|xox[abp])[-_][A-Za-z0-9_-]{12,}/g,
  /\bAKIA[0-9A-Z]{16}\b/g,
  /\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*/g,
  /(\b(?:bearer|basic)\s+)[A-Za-z0-9._~+/=-]{8,}/gi,
  /(\b(?:api[-_]?key|authorization|access[-_]?token|password|secret)["']?\s*[:=]\s*["']?)[^\s"',;}{]{6,}/gi,
  /(\bhttps?:\/\/)[^\s/:@]+:[^\s/@]+@/gi,
];

/** The text without the given secrets and without anything that looks like one. For logs and collected diagnostics. */
export function redact(text: string, secrets: readonly string[]): string {
  let redacted = text;
  for (const secret of secrets) {
    if (secret.length >= 4)
      redacted = redacted
        .replaceAll(secret, '[redacted]')
        .replaceAll(JSON.stringify(secret).slice(1, -1), '[redacted]');
  }
  for (const shape of shapes) {
    redacted = redacted.replace(shape, (_found, kept: unknown) => `${typeof kept === 'string' ? kept : ''}[redacted]`);
  }
  return redacted;
}
