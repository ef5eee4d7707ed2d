import type { Catalogue } from '../../engine/ports/catalogue.ts';
import type { StoreThread } from './worker-thread.ts';

export function createCatalogue(thread: StoreThread): Catalogue {
  /** In turns, so that others can write between them. */
  const sweep = async (): Promise<void> => {
    while (await thread.call('sweepShelves', []));
  };
  return {
    state: registry => thread.call('readCatalogueState', [registry]),
    age: registry => thread.call('readSyncAge', [registry]),
    revision: () => thread.call('readRevision', []),
    words: registry => thread.call('readFilterWords', [registry]),
    pageModels: query => thread.call('pageCatalogueModels', [query]),
    pageVersions: query => thread.call('pageCatalogueVersions', [query]),
    findVersion: (registry, model, wanted) => thread.call('findCatalogueVersion', [registry, model, wanted]),
    readVersion: (registry, model, version) => thread.call('readCatalogueVersion', [registry, model, version]),
    readModel: (registry, name) => thread.call('readCatalogueModel', [registry, name]),
    beginSync: (registry, mode = 'whole') => thread.call('beginSync', [registry, mode]),
    addStretch: (sync, stretch) => thread.call('addStretch', [sync, stretch]),
    async endSync(sync, failure) {
      await thread.call('endSync', [sync, failure]);
      await sweep();
    },
    unchanged: (registry, items) => thread.call('areUnchanged', [registry, items]),
    keepVersion: (registry, version, artifacts) => thread.call('keepCatalogueVersion', [registry, version, artifacts]),
    keepModel: (registry, model) => thread.call('keepCatalogueModel', [registry, model]),
    declare: declared => thread.call('declareRegistries', [declared]),
    async retain(registries) {
      await thread.call('retainRegistries', [registries]);
      await sweep();
    },
  };
}
