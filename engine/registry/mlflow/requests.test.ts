import { after, before, describe } from 'mocha';
import type { Traffic } from '../../../test/fakes/counted-http.ts';
import { openMlflowAt, type OpenedMlflow } from '../../../test/fakes/mlflow-registry.ts';
import { startMlflowServer, type MlflowServer } from '../../../test/fakes/mlflow-server.ts';
import { itAsksLittle } from '../../../test/fakes/registry-requests.ts';
import { seedMlflow } from '../../../test/fakes/seed-registry.ts';

describe('How often MLflow is asked', () => {
  const filling = { models: 640, versions: 2 };
  const traffic: Traffic = { requests: 0, bytes: 0 };
  let server: MlflowServer;
  let client: OpenedMlflow;

  before(async () => {
    server = await startMlflowServer();
    await seedMlflow(server.url, filling);
    client = openMlflowAt(server.url, { traffic });
  });
  after(async () => {
    await client.close();
    await server.close();
  });

  // Of a version of others: its model, itself, and the model's experiment. As many names as an address holds are asked for at once.
  const bounds = { modelsAtOnce: 500, versionsAtOnce: 500, namedAtOnce: 120, ofVersion: 3, counts: false };
  itAsksLittle(async () => ({ registry: client.registry, traffic, filling }), bounds);
});
