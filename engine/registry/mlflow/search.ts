import type { MlflowApi } from './api.ts';
import { listOf, readModel, readVersion, textOf, type WireModel, type WireVersion } from './wire.ts';

interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | undefined;
}

/** What a search is asked for. `token` is of the page before. */
export interface Search {
  readonly conditions: readonly string[];
  readonly order: string;
  readonly limit: number;
  readonly token?: string | undefined;
}

/** MLflow would give 200,000 versions at once. Each version carries all its tags, lineage among them. */
export const most = { models: 1000, versions: 500 } as const;

export async function pageOfModels(api: MlflowApi, search: Search, signal: AbortSignal): Promise<Page<WireModel>> {
  const reply = await api.get('/registered-models/search', queryOf(search, most.models), signal);
  return { items: listOf(reply, 'registered_models').map(readModel), next: textOf(reply, 'next_page_token') };
}

export async function pageOfVersions(api: MlflowApi, search: Search, signal: AbortSignal): Promise<Page<WireVersion>> {
  const reply = await api.get('/model-versions/search', queryOf(search, most.versions), signal);
  return { items: listOf(reply, 'model_versions').map(readVersion), next: textOf(reply, 'next_page_token') };
}

/** All versions that match, a page at a time. */
export async function* searchVersions(
  api: MlflowApi,
  conditions: readonly string[],
  order: string,
  signal: AbortSignal,
): AsyncGenerator<WireVersion> {
  let token: string | undefined;
  do {
    const page = await pageOfVersions(api, { conditions, order, limit: most.versions, token }, signal);
    yield* page.items;
    token = page.next;
  } while (token !== undefined);
}

function queryOf(
  { conditions, order, limit, token }: Search,
  atOnce: number,
): Record<string, string | number | undefined> {
  return {
    filter: conditions.length === 0 ? undefined : conditions.join(' AND '),
    order_by: order,
    max_results: Math.max(1, Math.min(Math.floor(limit), atOnce)),
    page_token: token,
  };
}
