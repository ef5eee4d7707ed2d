import type { Ledger } from '../../engine/ports/ledger.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LocalRegistry } from '../../engine/ports/registry.ts';
import type { RegistryCapabilities } from '../../schemas/generated/messages.ts';
import type { StoreThread } from './worker-thread.ts';

/** The registry kept in the store itself. */
export function createRegistry(thread: StoreThread): LocalRegistry {
  return {
    name: 'local',
    type: 'local',
    capabilities: localCapabilities,
    pageModels: async (query, signal) => ({
      items: await unlessAborted(signal, () =>
        thread.call('listModels', [query.archived === undefined ? {} : { archived: query.archived }]),
      ),
      ...(query.filter === undefined ? {} : { residual: query.filter }),
    }),
    async pageVersions(query, signal) {
      const models = query.model === undefined ? await thread.call('listModels', [{}]) : [{ name: query.model }];
      const items = [];
      for (const { name } of models)
        items.push(...(await unlessAborted(signal, () => thread.call('listVersions', [name]))));
      return { items, ...(query.filter === undefined ? {} : { residual: query.filter }) };
    },
    updateModel: () => Promise.reject(notHere('changed')),
    updateVersion: () => Promise.reject(notHere('changed')),
    setStatus: () => Promise.reject(notHere('given a status')),
    setVersionArchived: () => Promise.reject(notHere('archived alone')),
    putContent: () => Promise.reject(notHere('given files')),
    readContent: () => Promise.reject(notHere('read this way')),
    pageOf: () => undefined,
    listModels: (filter, signal) => unlessAborted(signal, () => thread.call('listModels', [filter])),
    getModel: (name, signal) => unlessAborted(signal, () => thread.call('getModel', [name])),
    createModel: (model, actor) => thread.call('createModel', [model, actor]),
    listVersions: (model, signal) => unlessAborted(signal, () => thread.call('listVersions', [model])),
    getVersion: (model, wanted, signal) => unlessAborted(signal, () => thread.call('getVersion', [model, wanted])),
    createVersion: (version, model, actor) => thread.call('createVersion', [version, model, actor]),
    listArtifacts: (model, version, signal) =>
      unlessAborted(signal, () => thread.call('listArtifacts', [model, version])),
    addArtifacts: (model, version, artifacts, actor) => thread.call('addArtifacts', [model, version, artifacts, actor]),
    setAlias: (model, alias, version, actor) => thread.call('setAlias', [model, alias, version, actor]),
    setArchived: (model, archived, actor) => thread.call('setModelArchived', [model, archived, actor]),
  };
}

const localCapabilities: RegistryCapabilities = {
  archivesModels: true,
  archivesVersions: false,
  aliases: 'native',
  keepsContent: true,
  serverFilters: [],
  atomic: true,
};

function notHere(what: string): WorkbenchError {
  return new WorkbenchError('usage', `A version of the local registry cannot be ${what}.`, {
    remedy: 'Its status moves by approval, baseline and promotion.',
  });
}

export function createLedger(thread: StoreThread): Ledger {
  return {
    append: (record, changes = []) => thread.call('appendRecord', [record, changes]),
    get: id => thread.call('getRecord', [id]),
    list: filter => thread.call('listRecords', [filter]),
    readAudit: (after, limit) => thread.call('readAudit', [after, limit]),
    readAuditHead: () => thread.call('readAuditHead', []),
  };
}

async function unlessAborted<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const answer = await ask();
  signal.throwIfAborted();
  return answer;
}
