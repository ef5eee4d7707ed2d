import { parseDocument, type Document } from 'yaml';

/**
 * How YAML from anywhere is parsed: no tags that make values of their own, keys as text, repeated keys reported by us and not thrown.
 * Aliases are followed by `collectValue`, which counts them.
 */
export const untrustedYaml = {
  prettyErrors: false,
  uniqueKeys: false,
  stringKeys: true,
  resolveKnownTags: false,
  logLevel: 'error',
} as const;

/**
 * Parses a text of which any line may be wrong. The parser makes an error object for each fault and goes on; without their stack
 * traces, which nobody reads, a text full of faults takes a fraction of the time. By the `failsafe` schema every scalar stays the text it is
 * written as.
 */
export function parseUntrusted(text: string, schema: 'core' | 'failsafe' = 'core'): Document.Parsed {
  const errors = Error as { stackTraceLimit?: number };
  const limit = errors.stackTraceLimit;
  errors.stackTraceLimit = 0;
  try {
    return parseDocument(text, { ...untrustedYaml, schema });
  } finally {
    if (limit !== undefined) errors.stackTraceLimit = limit;
  }
}
