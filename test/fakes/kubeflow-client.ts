import type { Clock } from '../../engine/ports/clock.ts';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import { fixedCredential } from '../../engine/models/http/credential.ts';
import { openKubeflow } from '../../engine/registry/kubeflow/open.ts';
import { createRestClient } from '../../engine/registry/rest/client.ts';
import { createClock } from '../../platform/host/clock.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createHttpClient } from '../../platform/http/client.ts';
import { createHurriedClock } from './clock.ts';
import { countTraffic, type Traffic } from './counted-http.ts';

export interface KubeflowClientOptions {
  readonly name?: string;
  /** Default one whose sleeps are short. */
  readonly clock?: Clock;
  readonly readOnly?: boolean;
  readonly ui?: string;
  readonly token?: string;
  /** Counts what is asked. */
  readonly traffic?: Traffic;
}

export interface KubeflowClient {
  readonly registry: ModelRegistry;
  close(): Promise<void>;
}

/** The backend over the real HTTP client, at the address that workbench.yaml would give. */
export function openKubeflowAt(url: string, options: KubeflowClientOptions = {}): KubeflowClient {
  const { name = 'shared', clock = createHurriedClock(createClock()), readOnly, ui, token } = options;
  const client = createHttpClient(new URL(url).origin, { connections: 8 });
  const http = options.traffic === undefined ? client : countTraffic(client, options.traffic);
  const credential = token === undefined ? undefined : fixedCredential(token);
  const rest = createRestClient(
    { name, baseUrl: url, scheme: 'Bearer', credential },
    { http, clock, random: Math.random },
  );
  const settings = {
    type: 'kubeflow' as const,
    url,
    ...(readOnly === undefined ? {} : { readOnly }),
    ...(ui === undefined ? {} : { ui }),
  };
  const registry = openKubeflow({ name, settings, rest, clock, digest: createDigest() });
  return { registry, close: () => http.close() };
}
