import type { RegisteredModel } from '../../../schemas/generated/messages.ts';
import type { Clock } from '../../ports/clock.ts';
import { inParallel, splitInto } from '../rest/stretches.ts';
import type { KubeflowApi } from './api.ts';
import { aliasesOf, toModel } from './models.ts';
import type { VersionOwner } from './versions.ts';
import { idOf, isArchived, nameOf, type Resource } from './wire.ts';

/** A model as its versions need it. */
export interface Owner extends VersionOwner {
  readonly archived: boolean;
  /** Absent where only its name is known. */
  readonly model?: RegisteredModel;
}

/** Models by their ids, kept a while so that they are not asked for with every page of versions. */
export interface Owners {
  keep(model: Resource): void;
  /** Has a model asked for again, after it was changed. */
  forget(id: string): void;
  /** Those of these ids that there are. `bare`: their names alone will do, which never change. */
  read(ids: ReadonlySet<string>, bare: boolean, signal: AbortSignal): Promise<ReadonlyMap<string, Owner>>;
}

/** How long what a version needs to know of its model is good for while pages are read, and of how many models it is kept. */
const ownersKept = 1000;
const ownersFreshFor = 5000;
const namesKept = 100_000;

/** Ids in one question: a query has to fit into an address. */
export const idsAtOnce = 200;
/** Questions under way at once. */
export const width = 4;

export function createOwners(registry: string, api: KubeflowApi, clock: Clock): Owners {
  const owners = new Map<string, { readonly owner: Owner; readonly readAt: number }>();
  const names = new Map<string, string>();

  function keep(model: Resource): Owner {
    const id = idOf(model);
    const owner: Owner = {
      ...{ name: nameOf(model), aliases: aliasesOf(model), archived: isArchived(model) },
      model: toModel(registry, model, { versions: 0 }),
    };
    owners.delete(id);
    owners.set(id, { owner, readAt: clock.monotonic() });
    dropOldest(owners, ownersKept);
    names.set(id, owner.name);
    dropOldest(names, namesKept);
    return owner;
  }

  return {
    keep,
    forget: id => void owners.delete(id),
    async read(ids, bare, signal) {
      const found = new Map<string, Owner>();
      const wanted: string[] = [];
      for (const id of ids) {
        const known = owners.get(id);
        const name = names.get(id);
        if (bare && name !== undefined) found.set(id, { name, aliases: {}, archived: false });
        else if (known !== undefined && clock.monotonic() - known.readAt < ownersFreshFor) found.set(id, known.owner);
        else if (/^\d+$/.test(id)) wanted.push(id);
      }
      const pages = await inParallel(splitInto(wanted, idsAtOnce), width, some =>
        api.all('/registered_models', { filterQuery: `id IN (${some.join(', ')})` }, signal),
      );
      for (const model of pages.flat()) found.set(idOf(model), keep(model));
      return found;
    },
  };
}

function dropOldest(kept: Map<string, unknown>, most: number): void {
  for (const oldest of kept.keys()) {
    if (kept.size <= most) return;
    kept.delete(oldest);
  }
}
