import { WorkbenchError } from '../../base/errors.ts';

/** One model behind an address, as requests and messages need it. */
export interface Endpoint {
  /** The connection's name, for messages. */
  readonly name: string;
  /** The model as the endpoint knows it. */
  readonly model: string;
  readonly baseUrl: string;
  readonly origin: string;
  /** The field of workbench.yaml that holds the address, for remedies. */
  readonly field: string;
  readonly hasKey: boolean;
  /** Address of a path below the base URL, a query of the base URL kept at its end. `path` starts with `/`. */
  urlOf(path: string): string;
  /** Text from outside made fit for a message: one line, at most 200 characters, without the key or anything like it. */
  readonly quote: (text: string) => string;
  /** Has `quote` hide one more secret, such as a renewed token. */
  hide(secret: string): void;
}

export interface EndpointSettings {
  readonly name: string;
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** Default `baseUrl`. */
  readonly field?: string | undefined;
}

/** Throws `file-invalid` for a base URL that is no plain http(s) URL, `secret-missing` for a key that no header can carry. */
export function createEndpoint(settings: EndpointSettings): Endpoint {
  const { name, model, apiKey, field = 'baseUrl' } = settings;
  const baseUrl = trimSlashes(settings.baseUrl);
  const { origin } = readBaseUrl(name, baseUrl, field);
  if (apiKey !== undefined) checkKey(name, apiKey);
  const secrets = [apiKey, ...Object.values(settings.headers ?? {})].filter(isWorthHiding);
  const query = baseUrl.indexOf('?');
  const base = query < 0 ? baseUrl : trimSlashes(baseUrl.slice(0, query));
  const start = base.indexOf('/', base.indexOf('//') + 2);
  const prefix = origin + (start < 0 ? '' : base.slice(start));
  const suffix = query < 0 ? '' : baseUrl.slice(query);
  return {
    name,
    model,
    baseUrl,
    origin,
    field,
    hasKey: apiKey !== undefined,
    urlOf(path) {
      if (suffix === '') return prefix + path;
      return prefix + path + (path.includes('?') ? `&${suffix.slice(1)}` : suffix);
    },
    quote: text => shorten(redact(text, secrets)),
    hide(secret) {
      if (isWorthHiding(secret) && !secrets.includes(secret)) secrets.push(secret);
    },
  };
}

/** Throws `secret-missing` for a key that no header can carry. */
export function checkKey(name: string, key: string): void {
  if (/^[\x21-\x7e]+$/.test(key)) return;
  throw new WorkbenchError('secret-missing', `The API key of ${name} is empty or has characters no key has.`, {
    remedy: 'Save it again without spaces, quotes or line breaks.',
  });
}

function readBaseUrl(name: string, baseUrl: string, field: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username || url.password) {
    throw new WorkbenchError('file-invalid', `The ${field} of ${name} is not a plain http:// or https:// address.`, {
      remedy: 'Write it like http://localhost:8000/v1, and put credentials in apiKey.',
    });
  }
  return url;
}

function trimSlashes(text: string): string {
  let end = text.length;
  while (end > 0 && text[end - 1] === '/') end--;
  return text.slice(0, end);
}

function isWorthHiding(text: string | undefined): text is string {
  return text !== undefined && text.length >= 6;
}

const keyLike = /\b(?:Bearer\s+\S+|sk-[\w*.-]{4,}|AIza[\w-]{10,})/gi;

function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, '[hidden]');
  return clean.slice(0, 4096).replace(keyLike, '[hidden]');
}

function shorten(text: string): string {
  // Control and formatting characters could forge lines or reorder a terminal's text.
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > 200 ? `${line.slice(0, 199)}…` : line;
}
