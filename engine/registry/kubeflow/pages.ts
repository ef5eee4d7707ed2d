import { WorkbenchError } from '../../base/errors.ts';
import type { RegistryQuery } from '../../ports/registry.ts';
import { largestPage, type KubeflowApi, type ResourcePage } from './api.ts';
import { idOf, readTime, type Resource } from './wire.ts';

export interface Listing {
  readonly path: string;
  /** Of the ids, which are in the order of creation: the server cannot order by name. */
  readonly sortOrder: 'ASC' | 'DESC';
  readonly filterQuery: string | undefined;
  /** What of a page is wanted. */
  readonly keep: (items: readonly Resource[]) => Promise<readonly Resource[]>;
}

/** The next page with anything that is wanted in it. */
export async function readPage(
  api: KubeflowApi,
  listing: Listing,
  { order, after, limit = 100 }: RegistryQuery,
  signal: AbortSignal,
): Promise<ResourcePage> {
  const size = Math.max(1, Math.min(limit, largestPage));
  let at = after;
  for (;;) {
    const page = await (order === 'updated' ? pageByChange : pageById)(api, listing, at, size, signal);
    const items = await listing.keep(page.items);
    if (items.length > 0 || page.next === undefined) return { ...page, items };
    at = page.next;
    signal.throwIfAborted();
  }
}

async function pageById(
  api: KubeflowApi,
  { path, sortOrder, filterQuery }: Listing,
  nextPageToken: string | undefined,
  pageSize: number,
  signal: AbortSignal,
): Promise<ResourcePage> {
  const page = await api.page(path, { orderBy: 'ID', sortOrder, pageSize, filterQuery, nextPageToken }, signal);
  return { ...page, items: unique(page.items) };
}

/**
 * Newest change first. The server's own way on leaves out some of what was changed in the same millisecond, and repeats others, since it
 * orders them in one way and goes on in another. So the way on is a time, with the ids of those of that time that were given already.
 */
async function pageByChange(
  api: KubeflowApi,
  { path, filterQuery }: Listing,
  after: string | undefined,
  size: number,
  signal: AbortSignal,
): Promise<ResourcePage> {
  const from = after === undefined ? undefined : readPlace(after);
  const conditions = [
    ...(from === undefined ? [] : [`lastUpdateTimeSinceEpoch <= ${from.time}`]),
    ...(filterQuery === undefined ? [] : [filterQuery]),
  ];
  const query = {
    orderBy: 'LAST_UPDATE_TIME',
    sortOrder: 'DESC',
    pageSize: size + (from?.given.length ?? 0),
    filterQuery: conditions.length === 0 ? undefined : conditions.join(' AND '),
  };
  const page = await api.page(path, query, signal);
  const given = new Set(from?.given);
  const items = unique(page.items).filter(one => !given.has(idOf(one)));
  const time = timeOf(page.items.at(-1));
  if (page.next === undefined || time === undefined) return { items };
  const ofThatTime = unique(page.items).filter(one => timeOf(one) === time);
  return { items, next: `${time}:${ofThatTime.map(idOf).join('.')}` };
}

function readPlace(after: string): { readonly time: string; readonly given: readonly string[] } {
  const [, time, given] = /^(\d{1,15}):(\d+(?:\.\d+)*)$/.exec(after) ?? [];
  if (time !== undefined && given !== undefined) return { time, given: given.split('.') };
  throw new WorkbenchError('usage', 'This is not where a page of the registry ended.', {
    remedy: 'Begin at the first.',
  });
}

function timeOf(resource: Resource | undefined): number | undefined {
  return resource === undefined ? undefined : readTime(resource, 'lastUpdateTimeSinceEpoch');
}

/** A property of the same name as a field can make the server give something twice. */
function unique(resources: readonly Resource[]): readonly Resource[] {
  return [...new Map(resources.map(resource => [idOf(resource), resource])).values()];
}
