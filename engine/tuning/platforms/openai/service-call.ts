import type { HttpRequest } from '../../../ports/http.ts';

/** One request to a fine-tuning service. */
export interface ServiceCall {
  readonly method: HttpRequest['method'];
  /** Below the base URL, begins with `/`; parts from outside are already percent-encoded. */
  readonly path: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly form?: { readonly body: Uint8Array; readonly contentType: string };
  /** Whether sending it twice does no harm beyond sending it once. Default: true for all but POST. */
  readonly repeatable?: boolean;
  /** Milliseconds until the whole reply must be there. Default 60 000. */
  readonly timeout?: number;
}

export interface ServiceReply {
  /** Parsed JSON; undefined for a body that is none. */
  readonly json: unknown;
  readonly bytes: Uint8Array;
}

export interface Collected extends ServiceReply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
}
