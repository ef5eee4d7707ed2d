import { performance } from 'node:perf_hooks';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pageModels, pageVersions } from '../../engine/registry/browse.ts';
import { createMemoryRegistry, registriesOf } from '../fakes/memory-registry.ts';
import type { Registries } from '../../engine/registry/registries.ts';
import type { ModelRegistry, RegistryQuery } from '../../engine/ports/registry.ts';
import type { Catalogue } from '../../engine/ports/catalogue.ts';
import { syncRegistry } from '../../engine/registry/sync.ts';
import { createClock } from '../../platform/host/clock.ts';
import { openStore } from '../../platform/store/store.ts';
import type { ModelVersion, RegisteredModel, VersionStatus } from '../../schemas/generated/messages.ts';
import { inFolder, median } from './measure.ts';

const tasks = ['automatic-speech-recognition', 'text-classification', 'text-generation', 'translation'];
const statuses: readonly VersionStatus[] = ['untracked', 'candidate', 'approved', 'production', 'retired'];
const { signal } = new AbortController();

/** Reading a registry of so many models into the catalogue, opening its tree, paging on and filtering it. */
export async function benchRegistry(models: number, versionsOfEach: number, rounds: number): Promise<void> {
  await inFolder(async parent => {
    const folder = path.join(parent, '.aiwb');
    const clock = createClock();
    const shared = generatedRegistry(models, versionsOfEach);
    let store = await openStore({ folder, clock });
    console.log(`Catalogue of ${models} models × ${versionsOfEach} versions, ${figureCount} figures each:`);
    const read = await time(async () => {
      await syncRegistry(shared, { catalogue: store.catalogue, clock }, { whole: true }, signal);
    });
    console.log(`  read page by page into the store in ${(read / 1000).toFixed(1)} s`);
    await store.close();
    const bare = bareScan(path.join(folder, 'store.db'));
    const opened: number[] = [];
    const shown: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      opened.push(
        await time(async () => {
          store = await openStore({ folder, clock });
        }),
      );
      shown.push(
        await time(async () => {
          await pageModels(
            { registry: shared.name, limit: 100 },
            registriesOf(store.registry, { shared }),
            store.catalogue,
            signal,
          );
        }),
      );
      await store.close();
    }
    console.log(`  store opened in a thread of its own: ${median(opened).toFixed(0)} ms, once a window`);
    tell('first page of models, just opened', shown, bare, 300);
    store = await openStore({ folder, clock });
    const registries = registriesOf(store.registry, { shared });
    await benchPages(registries, store.catalogue, rounds, bare, models);
    await store.close();
  });
}

async function benchPages(
  registries: Registries,
  catalogue: Catalogue,
  rounds: number,
  bare: number,
  models: number,
): Promise<void> {
  const registry = 'shared';
  const pages: number[] = [];
  let after: string | undefined;
  for (let page = 0; page < Math.min(50, models / 100); page += 1) {
    const query = { registry, limit: 100, ...(after === undefined ? {} : { after }) };
    const start = performance.now();
    after = (await pageModels(query, registries, catalogue, signal)).next;
    pages.push(performance.now() - start);
  }
  tell('a page further on', pages, bare, 300);
  const filters = [
    ['status, figure and task', 'status:approved ttft_p90<200 task:automatic-speech-recognition'],
    ['a figure that few reach', 'core_accuracy>0.9995'],
    ['a text', 'model-4711'],
    ['a text that nothing has', 'nowhere'],
    ['a field alone', 'provider:provider-7'],
    ['a word and all but one status', 'acme -status:retired'],
  ] as const;
  for (const [name, filter] of filters) {
    const ofModels: number[] = [];
    const ofVersions: number[] = [];
    let total = 0;
    for (let round = 0; round < rounds; round += 1) {
      // Another text with the same meaning: a count that was kept would not be measured again.
      const anew = filter + ' '.repeat(round + 1);
      ofModels.push(
        await time(async () => {
          ({ total } = await pageModels({ registry, filter: anew, limit: 100 }, registries, catalogue, signal));
        }),
      );
      ofVersions.push(
        await time(async () => {
          await pageVersions({ registry, filter: anew, limit: 100 }, registries, catalogue, signal);
        }),
      );
    }
    tell(`models by ${name} (${total} found)`, ofModels, bare, 500);
    tell(`versions by ${name}`, ofVersions, bare, 500);
  }
}

/** The least a search can cost: one look at every version's row, by SQLite itself. */
function bareScan(file: string): number {
  const database = new DatabaseSync(file, { readOnly: true });
  const sql = `SELECT count(*) FROM catalogue_versions v JOIN catalogue_models m ON m.key = v.model
    WHERE instr(v.words, 'zzz') > 0 OR v.status = 'none'`;
  const statement = database.prepare(sql);
  const times = Array.from({ length: 7 }, () => {
    const start = performance.now();
    statement.get();
    return performance.now() - start;
  });
  database.close();
  console.log(`  a bare scan of all versions' rows: ${median(times).toFixed(1)} ms`);
  return median(times);
}

function tell(what: string, times: readonly number[], bare: number, promised: number): void {
  const middle = median(times);
  const worst = Math.max(...times);
  console.log(
    `  ${what}: ${middle.toFixed(1)} ms (longest ${worst.toFixed(1)}), ${(middle / bare).toFixed(2)} × a bare scan; promise ${promised} ms`,
  );
}

async function time(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const figureNames = [
  'ttft_p90',
  'itl_p90',
  'e2e_p90',
  'requests_per_second',
  'core_accuracy',
  'core_f1',
  'mmlu_accuracy',
];
const figureCount = figureNames.length;

/** A registry elsewhere that makes its models when they are asked for. */
function generatedRegistry(models: number, versionsOfEach: number): ModelRegistry {
  const page = <Item>(count: number, { after, limit = 100 }: RegistryQuery, make: (index: number) => Item) => {
    const from = Number(after ?? 0);
    const to = Math.min(count, from + limit);
    const items = Array.from({ length: to - from }, (_, index) => make(from + index));
    return Promise.resolve({ items, ...(to < count ? { next: String(to) } : {}) });
  };
  return {
    ...createMemoryRegistry(),
    pageModels: query => page(models, query, makeModel),
    pageVersions: query =>
      page(models * versionsOfEach, query, index =>
        makeVersion(Math.floor(index / versionsOfEach), (index % versionsOfEach) + 1),
      ),
  };
}

function makeModel(index: number): RegisteredModel {
  return {
    name: `model-${index}`,
    id: String(index),
    description: `A model of the ACME family, number ${index}, kept to be found`,
    owner: `team-${index % 40}@example.com`,
    provider: `provider-${index % 25}`,
    license: index % 3 === 0 ? 'apache-2.0' : 'mit',
    tasks: [tasks[index % tasks.length] ?? ''],
    language: ['en'],
    state: index % 50 === 0 ? 'ARCHIVED' : 'LIVE',
    createdAt: 1_700_000_000_000 + index,
    updatedAt: 1_700_000_000_000 + index,
    aliases: index % 4 === 0 ? { production: '4' } : {},
    versions: 5,
    customProperties: {},
  };
}

function makeVersion(model: number, version: number): ModelVersion {
  const context = {
    task: 'core',
    run: `run-${model}`,
    dataset: 'core.jsonl',
    digest: 'd'.repeat(64),
    rows: 500,
    hardware: '8 × NVIDIA H100',
    figures: Object.fromEntries(figureNames.map(name => [name, { label: name, unit: 'ratio', direction: 'higher' }])),
  };
  const spread = ((model * 7919 + version * 104_729) % 10_000) / 10_000;
  const figures = figureNames.map((name, index) => {
    const value = name.includes('_p90') ? 20 + spread * 800 : name.startsWith('requests') ? spread * 90 : spread;
    return [`aiw.baseline.${name}`, value + index / 1e6] as const;
  });
  return {
    model: `model-${model}`,
    version: String(version),
    id: `${model}-${version}`,
    description: `Tuned on month ${version}`,
    state: 'LIVE',
    status: statuses[(model + version) % statuses.length] ?? 'untracked',
    author: { email: `person-${model % 30}@example.com`, assurance: 'self-asserted' },
    createdAt: 1_700_000_000_000 + model * 10 + version,
    updatedAt: 1_700_000_000_000 + model * 10 + version,
    weightsDigest: 'a'.repeat(64),
    aliases: [],
    lineage: { datasets: [], prompts: [] },
    customProperties: { ...Object.fromEntries(figures), 'aiw.context.baseline.core': JSON.stringify(context) },
  };
}
