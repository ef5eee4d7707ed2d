import { isRecord } from './json.ts';

/** An error as endpoints describe it, in the words of no single one. */
export interface ErrorObject {
  readonly message: string;
  readonly type?: string;
  readonly code?: string;
  /** What the error is, where its type and code do not say it in words that are understood everywhere. */
  readonly kind?: 'content-filter' | 'quota' | 'rate-limit';
  /** Milliseconds the body asks to wait. */
  readonly retryAfter?: number;
}

/** The error in a parsed body or event: `{error: {…}}`, `{error: "…"}`, `{object: "error", …}` or `{detail: "…"}`. */
export function readErrorObject(body: unknown): ErrorObject | undefined {
  if (!isRecord(body)) return undefined;
  const { error } = body;
  if (typeof error === 'string') return { message: error };
  if (isRecord(error)) return readErrorFields(error);
  if (body['object'] === 'error') return readErrorFields(body);
  if (typeof body['detail'] === 'string') return { message: body['detail'] };
  return undefined;
}

/** The usual fields of an error. Azure names the filter in an inner error. */
export function readErrorFields(fields: Readonly<Record<string, unknown>>): ErrorObject {
  const { message, type, code } = fields;
  const inner = fields['innererror'];
  const isFiltered = isRecord(inner) && inner['code'] === 'ResponsibleAIPolicyViolation';
  return {
    message: typeof message === 'string' ? message : '',
    ...(typeof type === 'string' ? { type } : {}),
    ...(typeof code === 'string' || typeof code === 'number' ? { code: String(code) } : {}),
    ...(isFiltered ? { kind: 'content-filter' } : {}),
  };
}

export function isContentFilter(error: ErrorObject): boolean {
  return (
    error.kind === 'content-filter' ||
    error.code === 'content_filter' ||
    error.code === 'content_policy_violation' ||
    error.type === 'content_filter'
  );
}

export function isQuota(error: ErrorObject): boolean {
  return error.kind === 'quota' || error.code === 'insufficient_quota' || error.type === 'insufficient_quota';
}
