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
