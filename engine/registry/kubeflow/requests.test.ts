import { after, before, describe } from 'mocha';
import type { Traffic } from '../../../test/fakes/counted-http.ts';
import { openKubeflowAt, type KubeflowClient } from '../../../test/fakes/kubeflow-client.ts';
import { startKubeflowFake, type KubeflowFake } from '../../../test/fakes/kubeflow-registry.ts';
import { itAsksLittle } from '../../../test/fakes/registry-requests.ts';
import { seedKubeflow } from '../../../test/fakes/seed-registry.ts';

describe('How often a Kubeflow registry is asked', () => {
  const filling = { models: 640, versions: 2 };
  const traffic: Traffic = { requests: 0, bytes: 0 };
  let server: KubeflowFake;
  let client: KubeflowClient;

  before(async () => {
    server = await startKubeflowFake();
    await seedKubeflow(server.origin, filling);
    client = openKubeflowAt(server.origin, { traffic });
  });
  after(async () => {
    await client.close();
    await server.stop();
  });

  // Of a version: its model, itself, its artifacts, what serves it, and evaluations of it.
  const bounds = { modelsAtOnce: 500, versionsAtOnce: 500, namedAtOnce: 200, ofVersion: 5, counts: true };
  itAsksLittle(async () => ({ registry: client.registry, traffic, filling }), bounds);
});
