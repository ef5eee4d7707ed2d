import type { Ledger } from '../../engine/ports/ledger.ts';
import type { ModelRegistry } from '../../engine/ports/registry.ts';
import type { StoreThread } from './worker-thread.ts';

/** The registry kept in the store itself. */
export function createRegistry(thread: StoreThread): ModelRegistry {
  return {
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
