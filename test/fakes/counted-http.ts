import type { HttpClient } from '../../engine/ports/http.ts';

/** What went over a client: requests, and bytes of their answers. */
export interface Traffic {
  requests: number;
  bytes: number;
}

/** A client that counts what goes over it. */
export function countTraffic(client: HttpClient, traffic: Traffic): HttpClient {
  return {
    send(request, receiver, signal) {
      traffic.requests += 1;
      return client.send(
        request,
        {
          head: (status, headers) => receiver.head(status, headers),
          data: chunk => {
            traffic.bytes += chunk.length;
            receiver.data(chunk);
          },
        },
        signal,
      );
    },
    close: () => client.close(),
  };
}
