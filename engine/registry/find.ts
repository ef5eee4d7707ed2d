import type { Failure, ListModels, ModelRow, VersionRow } from '../../schemas/generated/messages.ts';
import { toFailure } from '../base/failure.ts';
import type { Catalogue } from '../ports/catalogue.ts';
import { pageModelsWithNewest, pageVersions } from './browse.ts';
import type { Registries } from './registries.ts';
import { inParallel } from './rest/stretches.ts';

export interface FindRequest {
  readonly registries: readonly string[];
  readonly filter: string;
  readonly archived: boolean;
  /** Versions, not models. */
  readonly versions: boolean;
  /** Most rows of each registry. */
  readonly limit: number;
}

/** A row of what was found: a version, or a model with its newest version that matches. */
export interface FoundRow {
  readonly model?: ModelRow;
  /** Absent for a model that has none. */
  readonly version?: VersionRow;
}

/** What one registry has of what was looked for. */
export interface Found {
  readonly registry: string;
  readonly rows: readonly FoundRow[];
  /** Of all that match, as far as it is known. */
  readonly total: number;
  /** Whether there are more than were asked for. */
  readonly more: boolean;
  readonly cachedAt?: number;
  readonly unmatched?: readonly string[];
  /** Why it could not be asked; the others are not affected. */
  readonly failure?: Failure;
}

/** Registries that are looked through at once. */
const width = 4;

/** Looks through registries. Throws where the only one fails; with several it is told beside the others. */
export async function findInRegistries(
  request: FindRequest,
  registries: Registries,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<readonly Found[]> {
  return inParallel(request.registries, width, async registry => {
    try {
      return await findIn(registry, request, registries, catalogue, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (request.registries.length === 1) throw error;
      return { registry, rows: [], total: 0, more: false, failure: toFailure(error) };
    }
  });
}

/** A page of a list as the window asks for it too. */
const pageSize = 200;

async function findIn(
  registry: string,
  { filter, archived, versions, limit }: FindRequest,
  registries: Registries,
  catalogue: Catalogue,
  signal: AbortSignal,
): Promise<Found> {
  const rows: FoundRow[] = [];
  const findVersions = async (query: ListModels) => {
    const page = await pageVersions(query, registries, catalogue, signal);
    return { page, found: page.versions.map((version): FoundRow => ({ version })) };
  };
  const findModels = async (query: ListModels) => {
    const { page, newestOf } = await pageModelsWithNewest(query, registries, catalogue, signal);
    const found: FoundRow[] = [];
    for (const model of page.models) {
      const version = await newestOf(model.name);
      found.push({ model, ...(version === undefined ? {} : { version }) });
    }
    return { page, found };
  };
  for (let after: string | undefined; ;) {
    const query = {
      ...{ registry, filter, archived, limit: Math.min(pageSize, limit - rows.length) },
      ...(after === undefined ? {} : { after }),
    };
    const { page, found } = versions ? await findVersions(query) : await findModels(query);
    rows.push(...found);
    const { next, total, cachedAt, unmatched } = page;
    if (next !== undefined && rows.length < limit) {
      after = next;
      continue;
    }
    return {
      registry,
      rows: rows.slice(0, limit),
      total: Math.max(total, rows.length),
      more: next !== undefined || rows.length > limit,
      ...(cachedAt === undefined ? {} : { cachedAt }),
      ...(unmatched === undefined ? {} : { unmatched }),
    };
  }
}
