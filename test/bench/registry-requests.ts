import path from 'node:path';
import { pageModels, pageVersions } from '../../engine/registry/browse.ts';
import { findInRegistries } from '../../engine/registry/find.ts';
import { describeRemoteModel, describeRemoteVersion } from '../../engine/versions/remote-details.ts';
import { syncRegistry } from '../../engine/registry/sync.ts';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import type { Store } from '../../engine/ports/store.ts';
import { createClock } from '../../platform/host/clock.ts';
import { openStore } from '../../platform/store/store.ts';
import type { Traffic } from '../fakes/counted-http.ts';
import { openKubeflowAt } from '../fakes/kubeflow-client.ts';
import { startKubeflowFake } from '../fakes/kubeflow-registry.ts';
import { registriesOf } from '../fakes/memory-registry.ts';
import { openMlflowAt } from '../fakes/mlflow-registry.ts';
import { startMlflowServer } from '../fakes/mlflow-server.ts';
import { seedKubeflow, seedMlflow, type Filling } from '../fakes/seed-registry.ts';
import { inFolder } from './measure.ts';

const { signal } = new AbortController();
const filter = 'status:approved ttft_p90<200 task:asr';

/** How often registries elsewhere are asked, and how much they send, for what people look at. */
export async function benchRequests(models: number, versions: number): Promise<void> {
  const filling: Filling = { models, versions };
  console.log(`Requests to a registry of ${models} models × ${versions} versions, and what it sends:`);
  const traffic: Traffic = { requests: 0, bytes: 0 };
  const kubeflow = await startKubeflowFake();
  await seedKubeflow(kubeflow.origin, filling);
  const opened = openKubeflowAt(kubeflow.origin, { traffic });
  await measure('Kubeflow', opened.registry, traffic);
  await opened.close();
  await kubeflow.stop();
  const mlflow = await startMlflowServer();
  await seedMlflow(mlflow.url, filling);
  const other = openMlflowAt(mlflow.url, { traffic });
  await measure('MLflow', other.registry, traffic);
  await other.close();
  await mlflow.close();
}

async function measure(name: string, registry: ModelRegistry, traffic: Traffic): Promise<void> {
  await inFolder(async parent => {
    const clock = createClock();
    const store = await openStore({ folder: path.join(parent, '.aiwb'), clock });
    try {
      await measureWith(store, name, registry, traffic, clock);
    } finally {
      await store.close();
    }
  });
}

async function measureWith(
  store: Store,
  name: string,
  registry: ModelRegistry,
  traffic: Traffic,
  clock: ReturnType<typeof createClock>,
): Promise<void> {
  const { catalogue } = store;
  const registries = registriesOf(store.registry, { shared: registry });
  const count = async (what: string, work: () => Promise<unknown>): Promise<void> => {
    Object.assign(traffic, { requests: 0, bytes: 0 });
    await work();
    console.log(`  ${name}, ${what}: ${traffic.requests} requests, ${(traffic.bytes / 1024).toFixed(0)} KiB`);
  };
  const find = (text: string) => async () => {
    const request = { registries: ['shared'], filter: text, archived: false, versions: false, limit: 100 };
    await findInRegistries(request, registries, catalogue, signal);
  };
  const version = (await registry.pageVersions({ model: 'model-00001', limit: 1 }, signal)).items[0]?.version;
  await count('never read: the first 100 models', () =>
    pageModels({ registry: 'shared', limit: 100 }, registries, catalogue, signal),
  );
  await count('never read: the first 100 models with their newest versions', find(''));
  await count('never read: one model’s versions', () =>
    pageVersions({ registry: 'shared', model: 'model-00001' }, registries, catalogue, signal),
  );
  await count(`never read: ${filter}`, find(filter));
  await count('never read: versions by the same filter', () =>
    pageVersions({ registry: 'shared', filter, limit: 100 }, registries, catalogue, signal),
  );
  await count('never read: the word whisper', find('whisper'));
  await count('never read: name:model-00511', find('name:model-00511'));
  await count('a model’s details', () => describeRemoteModel(registry, 'model-00001', catalogue, signal));
  await count('a version’s details', () => describeRemoteVersion(registry, 'model-00001', version, catalogue, signal));
  await count('read whole', () => syncRegistry(registry, { catalogue, clock }, { whole: true }, signal));
  await count('read again, nothing changed', () => syncRegistry(registry, { catalogue, clock }, {}, signal));
  await count('once read: the tree, a model, the filter, a search', async () => {
    await find('')();
    await pageVersions({ registry: 'shared', model: 'model-00001' }, registries, catalogue, signal);
    await find(filter)();
    await find('whisper')();
  });
}
