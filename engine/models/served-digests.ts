import { isRecord } from './http/json.ts';

/** Digests that a server tells of one model: SHA-256, lower-case hex of 64 characters. */
export interface ServedDigests {
  /** Of the weights. */
  readonly weights: readonly string[];
  /** As the workbench computes one of a model's weights. */
  readonly models: readonly string[];
  readonly tokenizers: readonly string[];
  /** Of something that may be the weights or not, such as a manifest: the same digest proves something, another one nothing. */
  readonly loose: readonly string[];
}

export const emptyDigests: ServedDigests = { weights: [], models: [], tokenizers: [], loose: [] };

/** Names that fields of a kind have in the wild. */
const fields = {
  weights: /^(?:aiw\.)?(?:weights?[-_.]?(?:digest|sha256|hash)|sha256)$/i,
  models: /^(?:aiw\.)?model[-_.]?digest$/i,
  tokenizers: /^(?:aiw\.)?tokenizer[-_.]?(?:digest|sha256|hash)$/i,
  loose: /^(?:digest|root|revision)$/i,
} as const satisfies Readonly<Record<keyof ServedDigests, RegExp>>;

/** Where servers put what their API has no field for. */
const inner = ['metadata', 'meta', 'properties', 'parameters', 'details', 'custom_properties'];

/** The digests in a server's description of a model, of which nothing is trusted but its form. */
export function readDigests(entry: Readonly<Record<string, unknown>>): ServedDigests {
  const found = {
    weights: new Set<string>(),
    models: new Set<string>(),
    tokenizers: new Set<string>(),
    loose: new Set<string>(),
  };
  for (const record of [entry, ...inner.map(name => entry[name]).filter(isRecord)]) {
    for (const kind of ['weights', 'models', 'tokenizers', 'loose'] as const) {
      for (const [field, value] of Object.entries(record)) {
        if (!fields[kind].test(field)) continue;
        const digest = kind === 'loose' ? readLooseDigest(value) : readDigest(value);
        if (digest !== undefined) found[kind].add(digest);
      }
    }
  }
  const { weights, models, tokenizers, loose } = found;
  return { weights: [...weights], models: [...models], tokenizers: [...tokenizers], loose: [...loose] };
}

/** A SHA-256 as systems write it: in hex of either case, with or without `sha256:` before it. */
export function readDigest(value: unknown): string | undefined {
  return typeof value === 'string'
    ? /^(?:sha-?256[:-])?([0-9a-f]{64})$/i.exec(value.trim())?.[1]?.toLowerCase()
    : undefined;
}

/** The same at the end of an address or path: `…/blobs/sha256-…`. */
export function readLooseDigest(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > 4000) return undefined;
  return readDigest(value) ?? /sha-?256[:-]([0-9a-f]{64})$/i.exec(value.trim())?.[1]?.toLowerCase();
}
