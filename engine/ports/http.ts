export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE' | 'HEAD';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds until the response head must have arrived; absent means the client's default. */
  readonly headTimeout?: number;
  /** Milliseconds the body may stay silent between two chunks. */
  readonly idleTimeout?: number;
}

/**
 * Receives a response as it arrives. Called synchronously from the socket's own callback so that a time taken here
 * is the time of arrival, with no promise or stream in between. Must not throw.
 */
export interface HttpReceiver {
  /** Once, before the head, for whoever must be able to hold the body back while it is written somewhere slow. */
  flow?(control: HttpFlow): void;
  /** Once, before any data. `headers` has lower-case names; repeated ones are joined by ", ". */
  head(status: number, headers: Readonly<Record<string, string>>): void;
  data(chunk: Uint8Array): void;
}

/** Holds a response body back, so that it is not kept in memory. Chunks that were read already still arrive. */
export interface HttpFlow {
  pause(): void;
  resume(): void;
}

/** Why no complete response arrived. */
export type HttpFault = 'refused' | 'dns' | 'tls' | 'reset' | 'timeout' | 'protocol' | 'aborted';

/** Thrown by `HttpClient.send` when the exchange broke; the status code, even 500, is not a fault. */
export class HttpFailure extends Error {
  override readonly name = 'HttpFailure';
  readonly fault: HttpFault;
  constructor(fault: HttpFault, message: string, cause?: unknown) {
    super(message, { cause });
    this.fault = fault;
  }
}

/** One pooled HTTP client. Never follows a redirect: the caller sees the 3xx (credentials never travel on). */
export interface HttpClient {
  /** Resolves when the body has ended; throws HttpFailure. */
  send(request: HttpRequest, receiver: HttpReceiver, signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** How a connection is reached: pool size and the enterprise network around it. */
export interface HttpOptions {
  readonly connections: number;
  readonly proxy?: string;
  /** PEM text of extra certificate authorities. */
  readonly extraCa?: readonly string[];
  /** PEM text for mutual TLS. */
  readonly clientCertificate?: { readonly cert: string; readonly key: string };
}

/** Makes a client for one origin. Throws `tls-invalid` when a certificate cannot be read. */
export type CreateHttpClient = (origin: string, options: HttpOptions) => HttpClient;
