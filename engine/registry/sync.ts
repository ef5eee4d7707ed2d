import type { ModelVersion, RegisteredModel } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError } from '../base/errors.ts';
import { toFailure } from '../base/failure.ts';
import type { Catalogue, SyncMode } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { ModelRegistry, RegistryPage, RegistryQuery } from '../ports/registry.ts';

export interface SyncProgress {
  readonly registry: string;
  readonly models: number;
  readonly versions: number;
}

export interface SyncOptions {
  /** Reads everything, not only what changed since the last time. */
  readonly whole?: boolean;
  readonly onProgress?: (progress: SyncProgress) => void;
}

/** `busy`: somebody else is reading this registry, in this process or another; what they read is shown once it is complete. */
export type SyncOutcome = SyncProgress & { readonly state: 'done' | 'busy'; readonly mode: SyncMode };

/** What changed is enough for this long; then everything is read, since registries need not tell of every change. */
const wholeEvery = 24 * 3_600_000;
/** Registries give less where less is all they give at once. Mostly little changed: that is asked for in a smaller page at first. */
const pageSize = 500;
const firstOfChanges = 200;
/** What changed while everything was read may have been passed already: so far before that reading began, more than clocks differ. */
const overlap = 10 * 60_000;
/** More models or versions than any registry has: one that never ends is not read for ever. */
const mostItems = 2_000_000;

interface SyncPorts {
  readonly catalogue: Catalogue;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Reads a registry elsewhere into the catalogue, a page at a time; at no time more than a page is held. What was known is replaced
 * when everything is read, and stays where that fails or is cancelled. Throws what the registry throws, which is kept as the
 * reading's failure as well.
 */
export async function syncRegistry(
  registry: ModelRegistry,
  { catalogue, clock }: SyncPorts,
  options: SyncOptions,
  signal: AbortSignal,
): Promise<SyncOutcome> {
  const { syncedAt = 0, fullAt } = await catalogue.age(registry.name);
  const mode = options.whole === true ? 'whole' : chooseMode(registry, fullAt, clock.now());
  const count = { registry: registry.name, models: 0, versions: 0 };
  const reading = await catalogue.beginSync(registry.name, mode);
  if (reading === undefined) return { ...count, state: 'busy', mode };
  const add = async (models: readonly RegisteredModel[], versions: readonly ModelVersion[]): Promise<void> => {
    if (models.length + versions.length > 0 && !(await catalogue.addStretch(reading, { models, versions })))
      throw new WorkbenchError('cancelled', `Reading ${registry.name} took so long that somebody else began it anew.`);
    count.models += models.length;
    count.versions += versions.length;
    options.onProgress?.({ ...count });
  };
  const ofVersion = (version: ModelVersion) => ({
    model: version.model,
    version: version.version,
    updatedAt: version.updatedAt ?? version.createdAt,
  });
  try {
    const known = (items: Parameters<Catalogue['unchanged']>[1]) => catalogue.unchanged(registry.name, items);
    await readPages(
      query => registry.pageModels(query, signal),
      models => add(models, []),
      mode === 'changes' && (models => known(models.map(({ name, updatedAt }) => ({ model: name, updatedAt })))),
      ({ updatedAt }) => updatedAt,
      syncedAt - overlap,
      signal,
    );
    await readPages(
      query => registry.pageVersions(query, signal),
      versions => add([], versions),
      mode === 'changes' && (versions => known(versions.map(ofVersion))),
      version => ofVersion(version).updatedAt,
      syncedAt - overlap,
      signal,
    );
    await catalogue.endSync(reading);
  } catch (error) {
    const failure = signal.aborted ? new WorkbenchError('cancelled', 'Cancelled.') : toWorkbenchError(error);
    await catalogue.endSync(reading, toFailure(failure));
    signal.throwIfAborted();
    throw error;
  }
  return { ...count, state: 'done', mode };
}

/**
 * MLflow leaves the time of change as it is when a tag or an alias is set, so that only a whole reading sees a new status there:
 * docs/registries.md has what was measured. A whole reading that lies in the future says that the clock was turned back.
 */
function chooseMode(registry: ModelRegistry, fullAt: number | undefined, now: number): SyncMode {
  if (registry.type !== 'kubeflow' || fullAt === undefined) return 'whole';
  return fullAt <= now && now - fullAt < wholeEvery ? 'changes' : 'whole';
}

/**
 * Reads page after page. Where it is known what changed, they are read newest first, and no further than to a page on which nothing
 * did and that ends before `settled` (milliseconds since the epoch); a registry that does not keep to that order is read to its end.
 */
async function readPages<Item>(
  ask: (query: RegistryQuery) => Promise<RegistryPage<Item>>,
  add: (items: readonly Item[]) => Promise<void>,
  isKnown: ((items: readonly Item[]) => Promise<readonly boolean[]>) | false,
  timeOf: (item: Item) => number,
  settled: number,
  signal: AbortSignal,
): Promise<void> {
  let after: string | undefined;
  let last = Number.POSITIVE_INFINITY;
  let ordered = true;
  let count = 0;
  for (;;) {
    signal.throwIfAborted();
    const order = isKnown === false ? 'name' : 'updated';
    // What models and versions tell of each other is found among them, once both are kept.
    const limit = isKnown !== false && after === undefined ? firstOfChanges : pageSize;
    const query = { archived: true, bare: true, limit, order } as const;
    const { items, next } = await ask({ ...query, ...(after === undefined ? {} : { after }) });
    signal.throwIfAborted();
    const known = isKnown === false ? [] : await isKnown(items);
    await add(items.filter((_item, index) => known[index] !== true));
    for (const item of items) {
      ordered &&= timeOf(item) <= last;
      last = timeOf(item);
    }
    if (next === undefined) return;
    count += items.length;
    if (isKnown !== false && ordered && last < settled && items.length > 0 && known.every(Boolean)) return;
    if (next === after || count > mostItems)
      throw new WorkbenchError('registry-malformed', 'The registry gives pages without an end.', {
        remedy: 'See whether its url leads to a model registry, and what its log says.',
      });
    after = next;
  }
}
