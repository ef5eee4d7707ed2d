import { WorkbenchError } from '../../base/errors.ts';

/** Where OpenAI itself serves this API: the one origin its key may go to without being asked about. */
export const publishedOrigin = 'https://api.openai.com';

/** The address used where a connection names none. */
export const publishedBaseUrl = `${publishedOrigin}/v1`;

/** One model behind an OpenAI-compatible address, as requests and messages need it. */
export interface Endpoint {
  /** The connection's name, for messages. */
  readonly name: string;
  /** The model as the endpoint knows it. */
  readonly model: string;
  readonly baseUrl: string;
  readonly origin: string;
  /** Address of the chat completions, a query of the base URL kept at its end. */
  readonly chatUrl: string;
  readonly hasKey: boolean;
  /** Text from outside made fit for a message: one line, at most 200 characters, without the key or anything like it. */
  readonly quote: (text: string) => string;
}

export interface EndpointSettings {
  readonly name: string;
  readonly baseUrl?: string | undefined;
  readonly model: string;
  readonly apiKey?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Throws `file-invalid` for a base URL that is no plain http(s) URL, `secret-missing` for a key that no header can carry. */
export function createEndpoint(settings: EndpointSettings): Endpoint {
  const { name, model, apiKey } = settings;
  const baseUrl = trimSlashes(settings.baseUrl ?? publishedBaseUrl);
  const { origin } = readBaseUrl(name, baseUrl);
  if (apiKey !== undefined && !/^[\x21-\x7e]+$/.test(apiKey)) {
    throw new WorkbenchError('secret-missing', `The API key of ${name} is empty or has characters no key has.`, {
      remedy: 'Save it again without spaces, quotes or line breaks.',
    });
  }
  const secrets = [apiKey, ...Object.values(settings.headers ?? {})].filter(isWorthHiding);
  const query = baseUrl.indexOf('?');
  const path = query < 0 ? baseUrl : trimSlashes(baseUrl.slice(0, query));
  const chatUrl = `${path}/chat/completions${query < 0 ? '' : baseUrl.slice(query)}`;
  return {
    name,
    model,
    baseUrl,
    origin,
    chatUrl: origin + chatUrl.slice(chatUrl.indexOf('/', chatUrl.indexOf('//') + 2)),
    hasKey: apiKey !== undefined,
    quote: text => shorten(redact(text, secrets)),
  };
}

function readBaseUrl(name: string, baseUrl: string): URL {
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (!url || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.username || url.password) {
    throw new WorkbenchError('file-invalid', `The base URL of ${name} is not a plain http:// or https:// address.`, {
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

const keyLike = /\b(?:Bearer\s+\S+|sk-[\w*.-]{4,})/gi;

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
