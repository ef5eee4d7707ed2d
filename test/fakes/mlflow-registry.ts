import { openMlflow } from '../../engine/registry/mlflow/open.ts';
import { createRestClient } from '../../engine/registry/rest/client.ts';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import type { HttpClient } from '../../engine/ports/http.ts';
import type { Clock } from '../../engine/ports/clock.ts';
import { fixedCredential } from '../../engine/models/http/credential.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createHurriedClock } from './clock.ts';
import { countTraffic, type Traffic } from './counted-http.ts';

export interface OpenedMlflow {
  readonly registry: ModelRegistry;
  close(): Promise<void>;
}

/** The MLflow backend over the real HTTP client. Waits between attempts take no time, unless a clock is given. */
export function openMlflowAt(
  url: string,
  options: {
    readonly readOnly?: boolean;
    readonly ui?: string;
    readonly token?: string;
    readonly clock?: Clock;
    /** Called before each request with how many came before. */
    readonly onRequest?: (earlier: number) => void;
    /** Counts what is asked. */
    readonly traffic?: Traffic;
  } = {},
): OpenedMlflow {
  const { token, readOnly, ui, clock = createHurriedClock(createClock()) } = options;
  const plain = createHttpClient(new URL(url).origin, { connections: 8 });
  const client = options.traffic === undefined ? plain : countTraffic(plain, options.traffic);
  let requests = 0;
  const http: HttpClient = {
    send(request, receiver, signal) {
      options.onRequest?.(requests++);
      return client.send(request, receiver, signal);
    },
    close: () => client.close(),
  };
  const credential = token === undefined ? undefined : fixedCredential(token);
  const rest = createRestClient(
    { name: 'shared', baseUrl: url, scheme: 'Bearer', credential },
    { http, clock, random: () => 0.5 },
  );
  const settings = {
    type: 'mlflow' as const,
    url,
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(ui === undefined ? {} : { ui }),
  };
  const registry = openMlflow({ name: 'shared', settings, rest, clock, digest: createDigest() });
  return { registry, close: () => http.close() };
}
