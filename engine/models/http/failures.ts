import type { HttpFailure } from '../../ports/http.ts';
import { AttemptFailure } from '../pacing/attempt-failure.ts';
import { readRetryAfter } from '../pacing/retry.ts';
import type { Endpoint } from './endpoint.ts';
import { isContentFilter, isQuota, readErrorObject } from './error-object.ts';
import type { ErrorObject } from './error-object.ts';

/** A response that is no success. `body` is its text, as much as was kept; `now` is wall-clock milliseconds. */
export interface BadResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The failure of a status outside 200 to 299. `readError` finds the error in the parsed body. */
export function failOfStatus(
  endpoint: Endpoint,
  response: BadResponse,
  readError: (body: unknown) => ErrorObject | undefined,
  now: number,
): AttemptFailure {
  const { status, headers } = response;
  if (status < 400) return failOfRedirect(endpoint, response);
  const body = parseQuietly(response.body);
  const error: ErrorObject = readError(body) ?? readErrorObject(body) ?? { message: response.body };
  const said = `HTTP ${status}${sayQuoted(endpoint, error.message)}`;
  const retryAfter = readRetryAfter(headers, now) ?? error.retryAfter;
  if (isContentFilter(error)) return failOfFilter(endpoint, error.message);
  if (error.kind === 'rate-limit') return failOfRateLimit(endpoint, said, retryAfter);
  if (status === 429) return isQuota(error) ? failOfQuota(endpoint, said) : failOfRateLimit(endpoint, said, retryAfter);
  if (status === 401 || status === 403) return failOfKey(endpoint, said);
  if (status === 408 || status === 409 || status === 425 || status >= 500)
    return failOfServer(endpoint, said, status, retryAfter);
  if (status === 404) {
    const sentence =
      endpoint.model === ''
        ? `${endpoint.name} has no list of models at ${endpoint.baseUrl} (${said}). Check ${endpoint.field}.`
        : `${endpoint.name} has no model "${endpoint.model}" at ${endpoint.baseUrl} (${said}). Check model and ${endpoint.field}.`;
    return new AttemptFailure('client', sentence);
  }
  return new AttemptFailure(
    'client',
    `${endpoint.name} rejected the request (${said}). Check the prompt and parameters.`,
  );
}

/** The failure of an error object in a response that began as a success. */
export function failOfErrorObject(endpoint: Endpoint, error: ErrorObject): AttemptFailure {
  if (isContentFilter(error)) return failOfFilter(endpoint, error.message);
  const said = `an error inside its answer${sayQuoted(endpoint, error.message)}`;
  if (isQuota(error)) return failOfQuota(endpoint, said);
  const kind = `${error.type ?? ''} ${error.code ?? ''}`;
  const code = Number(error.code);
  if (code === 429 || error.kind === 'rate-limit' || kind.includes('rate_limit'))
    return failOfRateLimit(endpoint, said, error.retryAfter);
  if (code === 401 || code === 403 || kind.includes('authentication') || kind.includes('permission'))
    return failOfKey(endpoint, said);
  if ((code >= 400 && code < 500) || /invalid_request|bad_?request|not_?found/i.test(kind)) {
    return new AttemptFailure(
      'client',
      `${endpoint.name} rejected the request (${said}). Check the prompt and parameters.`,
    );
  }
  return failOfServer(endpoint, said, code, undefined);
}

/** The failure of an exchange that broke. Aborts are not failures and do not come here. */
export function failOfHttp(endpoint: Endpoint, failure: HttpFailure): AttemptFailure {
  const { name } = endpoint;
  const cause = failure;
  const why = endpoint.quote(failure.message);
  switch (failure.fault) {
    case 'refused':
    case 'dns':
      return new AttemptFailure(
        'network',
        `${name} could not be reached. ${why}. Check that it runs and that ${endpoint.field} and proxy are right.`,
        { unreachable: true, cause },
      );
    case 'tls':
      return new AttemptFailure(
        'network',
        `${name} could not be reached over TLS: the certificate or connection was not accepted. ${why}. Add its authority to network.caCertificates, or correct ${endpoint.field}.`,
        { permanent: true, unreachable: true, cause },
      );
    case 'timeout':
      return new AttemptFailure(
        'timeout',
        `${name} did not answer in time. ${why}. Raise limits.timeout or lower limits.concurrency.`,
        { cause },
      );
    case 'protocol':
      return new AttemptFailure(
        'malformed',
        `${name} sent something that is not HTTP. ${why}. Check ${endpoint.field} and the port.`,
        { cause },
      );
    case 'reset':
    case 'aborted':
      return new AttemptFailure('network', `The connection to ${name} broke before its answer was complete. ${why}.`, {
        cause,
      });
  }
}

export function failOfTimeout(endpoint: Endpoint, timeout: number): AttemptFailure {
  return new AttemptFailure(
    'timeout',
    `${endpoint.name} gave no complete answer within ${timeout / 1000} s. Raise limits.timeout or lower limits.concurrency.`,
  );
}

/** A body that is not what the API promises; `body` is quoted. `remedy` says what to check. */
export function failOfBody(endpoint: Endpoint, what: string, body: string, remedy: string): AttemptFailure {
  const begins = body.trim() === '' ? 'The body is empty' : `It begins: ${endpoint.quote(body)}`;
  return new AttemptFailure('malformed', `${endpoint.name} sent ${what}. ${begins}. ${remedy}`);
}

/** A reply in the API's own form that lacks what was asked for; asking again would not help. */
export function failOfShortcoming(endpoint: Endpoint, what: string): AttemptFailure {
  return new AttemptFailure('malformed', `${endpoint.name} sent ${what}.`);
}

export function failOfSize(endpoint: Endpoint, limit: number): AttemptFailure {
  return new AttemptFailure(
    'malformed',
    `${endpoint.name} sent more than ${limit / 2 ** 20} MiB for one answer. Set maxTokens.`,
  );
}

/** A stream that ended, without a broken connection, before its answer did. */
export function failOfTruncation(endpoint: Endpoint): AttemptFailure {
  return new AttemptFailure(
    'network',
    `The stream of ${endpoint.name} ended before its answer was complete. A proxy or the server cut it off.`,
  );
}

/** The model, or a filter in front of it, declined to answer. */
export function failOfFilter(endpoint: Endpoint, words: string | undefined): AttemptFailure {
  return new AttemptFailure(
    'refused',
    `${endpoint.name} declined to answer (content filter or refusal${sayQuoted(endpoint, words)}).`,
  );
}

function failOfRedirect(endpoint: Endpoint, { status, headers }: BadResponse): AttemptFailure {
  const to = endpoint.quote((headers['location'] ?? 'elsewhere').split('?')[0] ?? '');
  return new AttemptFailure(
    'client',
    `${endpoint.name} redirects to ${to} (HTTP ${status}), which is not followed so that the key stays where it belongs. Put the final address in ${endpoint.field}.`,
  );
}

function failOfRateLimit(endpoint: Endpoint, said: string, retryAfter: number | undefined): AttemptFailure {
  return new AttemptFailure(
    'rate-limit',
    `Rate limited by ${endpoint.name} (${said}). Lower limits.requestsPerMinute or limits.concurrency.`,
    { retryAfter },
  );
}

function failOfQuota(endpoint: Endpoint, said: string): AttemptFailure {
  return new AttemptFailure(
    'rate-limit',
    `The account of ${endpoint.name} has no quota left (${said}). Check its plan and billing.`,
    { permanent: true },
  );
}

function failOfKey(endpoint: Endpoint, said: string): AttemptFailure {
  const remedy = endpoint.hasKey
    ? 'Check the key, and that it may use this model.'
    : 'It asks for a key: check the key setting (apiKey) of the connection.';
  return new AttemptFailure('client', `${endpoint.name} did not accept the credentials (${said}). ${remedy}`);
}

function failOfServer(
  endpoint: Endpoint,
  said: string,
  status: number,
  retryAfter: number | undefined,
): AttemptFailure {
  const message = `The server of ${endpoint.name} failed (${said}). Try again later, or see its log.`;
  return new AttemptFailure('server', message, { retryAfter, permanent: status === 501 || status === 505 });
}

function parseQuietly(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // Not JSON: the caller quotes the text itself.
  }
}

function sayQuoted(endpoint: Endpoint, words: string | undefined): string {
  const quoted = endpoint.quote(words ?? '');
  return quoted === '' ? '' : `: ${quoted}`;
}
