import { WorkbenchError } from '../../../base/errors.ts';
import type { Endpoint } from '../../../models/http/endpoint.ts';
import { isContentFilter, isQuota, readErrorObject } from '../../../models/http/error-object.ts';
import { isRecord } from '../../../models/http/json.ts';
import { readRetryAfter, type RetryHint } from '../../../models/pacing/retry.ts';
import type { HttpFailure } from '../../../ports/http.ts';
import type { ServiceCall, Collected } from './service-call.ts';

interface ServiceFault {
  readonly remedy?: string;
  readonly cause?: unknown;
  readonly status?: number;
  readonly param?: string;
  readonly mayHaveActed?: boolean;
  readonly passing?: boolean;
}

/** A service that refused, failed or could not be reached: `platform-refused` or `platform-unreachable`. */
export class ServiceError extends WorkbenchError {
  /** HTTP status; undefined where no whole answer came. */
  readonly status: number | undefined;
  /** The field of the request that the service blames. */
  readonly param: string | undefined;
  /** What was asked for may have happened all the same: the answer was lost, or the server failed midway. */
  readonly mayHaveActed: boolean;
  /** The same request may succeed later. */
  readonly passing: boolean;

  constructor(code: 'platform-refused' | 'platform-unreachable', message: string, fault: ServiceFault) {
    const { remedy, cause } = fault;
    super(code, message, {
      ...(remedy === undefined ? {} : { remedy }),
      ...(cause === undefined ? {} : { cause }),
    });
    this.status = fault.status;
    this.param = fault.param;
    this.mayHaveActed = fault.mayHaveActed ?? false;
    this.passing = fault.passing ?? false;
  }
}

export function parseQuietly(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined; // No JSON: a file, or a page of something in between.
  }
}

export function failOfStatus(
  endpoint: Endpoint,
  call: ServiceCall,
  { status, headers, json, bytes }: Collected,
  repeatable: boolean,
  now: number,
): Failed {
  const error = readErrorObject(json) ?? { message: new TextDecoder().decode(bytes.subarray(0, 400)) };
  const inner = isRecord(json) && isRecord(json['error']) ? json['error']['param'] : undefined;
  const words = endpoint.quote(error.message);
  const said = `${call.method} ${call.path}: HTTP ${String(status)}${words === '' ? '' : `, ${words}`}`;
  const about = { status, ...(typeof inner === 'string' ? { param: inner } : {}) };
  const refuse = (message: string, remedy?: string): Failed => ({
    error: new ServiceError('platform-refused', message, { ...about, ...(remedy === undefined ? {} : { remedy }) }),
  });
  if (status < 400)
    return refuse(
      `${endpoint.name} redirects (${said}), which is not followed so that the key stays where it belongs.`,
      `Put the final address in ${endpoint.field}.`,
    );
  if (isContentFilter(error))
    return refuse(`${endpoint.name} refuses the training data (${said}).`, 'Take out the rows it objects to.');
  if (status === 401)
    return refuse(`${endpoint.name} did not accept the credentials (${said}).`, 'Check the key of the connection.');
  if (status === 403)
    return refuse(
      `The key of ${endpoint.name} may not do this (${said}).`,
      'Use a key whose scope includes files and fine-tuning.',
    );
  if (status === 429 && isQuota(error))
    return refuse(`The account of ${endpoint.name} has no quota left (${said}).`, 'Check its plan and billing.');
  const retryAfter = readRetryAfter(headers, now);
  const pause = retryAfter === undefined ? {} : { retryAfter };
  if (status === 429)
    return {
      error: new ServiceError('platform-refused', `Rate limited by ${endpoint.name} (${said}).`, {
        ...{ ...about, passing: true, remedy: 'Resume the run in a while: what was begun is found again.' },
      }),
      hint: { class: 'rate-limit', ...pause },
    };
  if (status === 408 || status >= 500)
    return {
      error: new ServiceError('platform-unreachable', `The service of ${endpoint.name} failed (${said}).`, {
        ...{ ...about, passing: true, mayHaveActed: true },
        remedy: 'Resume the run in a while: what was begun is found again.',
      }),
      ...(repeatable && status !== 501 ? { hint: { class: 'server', ...pause } } : {}),
    };
  if (status === 404)
    return refuse(`${endpoint.name} has no such thing (${said}).`, `Check ${endpoint.field} and the names in the job.`);
  return refuse(`${endpoint.name} refused the request (${said}).`);
}

export function failOfHttp(endpoint: Endpoint, failure: HttpFailure, repeatable: boolean): Failed {
  const neverArrived = failure.fault === 'refused' || failure.fault === 'dns' || failure.fault === 'tls';
  const isPermanent = failure.fault === 'tls' || failure.fault === 'protocol';
  const message = `${endpoint.name} at ${endpoint.baseUrl} could not be asked. ${endpoint.quote(failure.message)}`;
  return {
    error: new ServiceError('platform-unreachable', message, {
      ...{ cause: failure, mayHaveActed: !neverArrived, passing: !isPermanent },
      remedy: `Check that it runs and that ${endpoint.field}, proxy and certificates are right. What was begun is found again when the run is resumed.`,
    }),
    ...((repeatable || neverArrived) && !isPermanent ? { hint: { class: 'network' } } : {}),
  };
}

/** Why an attempt failed, and what that says about trying again; no hint where trying again might do harm or cannot help. */
export interface Failed {
  readonly error: ServiceError;
  readonly hint?: RetryHint;
}
