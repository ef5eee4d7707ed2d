import assert from 'node:assert/strict';
import { after, before, describe, it } from 'mocha';
import { openKubeflowAt, type KubeflowClient } from '../../../test/fakes/kubeflow-client.ts';
import { askAt, itTalksToKubeflow } from '../../../test/fakes/kubeflow-cases.ts';
import { itKeepsEvaluations } from '../../../test/fakes/kubeflow-evaluations.ts';
import { startKubeflowFake, type KubeflowFake } from '../../../test/fakes/kubeflow-registry.ts';
import { itKeepsTheRegistryContract } from '../../../test/fakes/registry-contract.ts';

describe('A Kubeflow registry', () => {
  let server: KubeflowFake;
  let client: KubeflowClient;

  before(async () => {
    server = await startKubeflowFake();
    client = openKubeflowAt(server.origin);
  });
  after(async () => {
    await client.close();
    await server.stop();
  });

  describe('keeps the contract', () => itKeepsTheRegistryContract(() => client.registry));

  describe('in its own ways', () =>
    itTalksToKubeflow(() => ({ registry: client.registry, ask: askAt(server.origin) })));

  describe('with evaluations', () =>
    itKeepsEvaluations(() => ({ registry: client.registry, ask: askAt(server.origin) })));

  describe('within the shapes of the API', () => {
    it('asks and is answered', () => {
      assert.deepEqual(server.violations, []);
      assert.ok(server.requests.length > 100);
    });
  });
});
