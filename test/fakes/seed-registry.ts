import type { VersionStatus } from '../../schemas/generated/messages.ts';

/** How many models a registry is filled with, and how many versions each. */
export interface Filling {
  readonly models: number;
  readonly versions: number;
}

interface SeededModel {
  readonly name: string;
  readonly owner: string;
  readonly provider: string;
  readonly tasks: readonly string[];
  readonly versions: readonly SeededVersion[];
}

interface SeededVersion {
  readonly name: string;
  readonly status: VersionStatus;
  readonly figures: Readonly<Record<string, number>>;
  readonly lineage: string;
}

const tasks = ['asr', 'ocr', 'text-classification', 'translation'];
const statuses: readonly VersionStatus[] = ['candidate', 'approved', 'evaluated', 'production', 'retired'];
/** Every so many models one is called `whisper-…`. */
export const whisperEvery = 100;

function describeModel(index: number, { versions }: Filling): SeededModel {
  const number = String(index).padStart(5, '0');
  return {
    name: index % whisperEvery === 0 ? `whisper-${number}` : `model-${number}`,
    owner: `team-${index % 40}@example.com`,
    provider: `provider-${index % 25}`,
    tasks: [tasks[index % tasks.length] ?? ''],
    versions: Array.from({ length: versions }, (_, at) => {
      const spread = ((index * 7919 + at * 104_729) % 10_000) / 10_000;
      return {
        name: String(at + 1),
        status: statuses[(index + at) % statuses.length] ?? 'candidate',
        figures: { 'aiw.baseline.ttft_p90': 20 + spread * 800.5, 'aiw.baseline.core_accuracy': spread },
        lineage: JSON.stringify({ datasets: [], prompts: [], notes: 'x'.repeat(400) }),
      };
    }),
  };
}

/** Fills a Kubeflow registry as the hand-off leaves it, through its own API. */
export async function seedKubeflow(origin: string, filling: Filling): Promise<void> {
  const post = async (path: string, body: unknown): Promise<{ readonly id: string }> =>
    (await send(`${origin}/api/model_registry/v1alpha3${path}`, body)) as { readonly id: string };
  await together(filling.models, async index => {
    const { versions, ...model } = describeModel(index, filling);
    const { id } = await post('/registered_models', { ...model, state: 'LIVE', customProperties: {} });
    for (const { name, status, figures, lineage } of versions) {
      await post(`/registered_models/${id}/versions`, {
        ...{ name, registeredModelId: id, state: 'LIVE', author: 'Ada <ada@example.com>' },
        customProperties: {
          'aiw.status': { metadataType: 'MetadataStringValue', string_value: status },
          'aiw.lineage': { metadataType: 'MetadataStringValue', string_value: lineage },
          ...Object.fromEntries(
            Object.entries(figures).map(([key, value]) => [
              key,
              { metadataType: 'MetadataDoubleValue', double_value: value },
            ]),
          ),
        },
      });
    }
  });
}

/** The same of an MLflow server. */
export async function seedMlflow(url: string, filling: Filling): Promise<void> {
  const post = (path: string, body: unknown): Promise<unknown> => send(`${url}/api/2.0/mlflow/${path}`, body);
  await together(filling.models, async index => {
    const { name, owner, provider, tasks: told, versions } = describeModel(index, filling);
    const facts = { 'aiw.owner': owner, 'aiw.provider': provider, 'aiw.tasks': told.join(', ') };
    await post('registered-models/create', { name, tags: tagsOf(facts) });
    for (const { status, figures, lineage } of versions) {
      const texts = Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, String(value)]));
      const tags = tagsOf({ 'aiw.status': status, 'aiw.lineage': lineage, ...texts });
      await post('model-versions/create', { name, source: 's3://models/weights', tags });
    }
  });
}

function tagsOf(facts: Readonly<Record<string, string>>): { readonly key: string; readonly value: string }[] {
  return Object.entries(facts).map(([key, value]) => ({ key, value }));
}

async function send(url: string, body: unknown): Promise<unknown> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${url}: HTTP ${response.status}, ${await response.text()}`);
  return response.json();
}

async function together(count: number, work: (index: number) => Promise<void>): Promise<void> {
  let at = 0;
  const worker = async (): Promise<void> => {
    while (at < count) await work(at++);
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}
