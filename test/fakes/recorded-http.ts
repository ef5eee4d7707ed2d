import type { CreateHttpClient } from '../../engine/ports/http.ts';

/** One request as it left. */
export interface SentRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** An HTTP client that keeps everything it sends, by whichever connection or registry. */
export function recordHttp(create: CreateHttpClient): {
  readonly http: CreateHttpClient;
  readonly sent: SentRequest[];
} {
  const sent: SentRequest[] = [];
  return {
    sent,
    http(origin, options) {
      const client = create(origin, options);
      return {
        send(request, receiver, signal) {
          const { url, headers, body = '' } = request;
          sent.push({ url, headers, body: typeof body === 'string' ? body : new TextDecoder().decode(body) });
          return client.send(request, receiver, signal);
        },
        close: () => client.close(),
      };
    },
  };
}
