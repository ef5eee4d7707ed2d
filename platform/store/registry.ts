import type { Blobs } from '../../engine/ports/blobs.ts';
import type { Ledger } from '../../engine/ports/ledger.ts';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LocalRegistry } from '../../engine/ports/registry.ts';
import type { RegistryCapabilities } from '../../schemas/generated/messages.ts';
import type { StoreThread } from './worker-thread.ts';

/** How artifacts name content that lies in the store. */
const blobScheme = 'blob:sha256:';

/** The registry kept in the store itself. */
export function createRegistry(thread: StoreThread, blobs: Blobs): LocalRegistry {
  return {
    name: 'local',
    type: 'local',
    capabilities: localCapabilities,
    pageModels: (query, signal) => unlessAborted(signal, () => thread.call('pageModels', [query])),
    pageVersions: (query, signal) => unlessAborted(signal, () => thread.call('pageVersions', [query])),
    // Its models always tell how many versions they have.
    countVersions: models => Promise.resolve(models),
    async readVersion(model, wanted, signal) {
      const version = await unlessAborted(signal, () => thread.call('getVersion', [model, wanted]));
      const artifacts = await unlessAborted(signal, () => thread.call('listArtifacts', [model, version.version]));
      return { version, artifacts };
    },
    updateModel: (name, edit, actor) => thread.call('updateModel', [name, edit, actor]),
    updateVersion: (model, version, edit, actor) => thread.call('updateVersion', [model, version, edit, actor]),
    setStatus: () =>
      Promise.reject(
        new WorkbenchError('usage', 'A version of the local registry cannot be given a status.', {
          remedy: 'Its status moves by approval, baseline and promotion.',
        }),
      ),
    setVersionArchived: (model, version, archived, actor) =>
      thread.call('setVersionArchived', [model, version, archived, actor]),
    async putContent(model, version, _name, content) {
      await thread.call('getVersion', [model, version]);
      const { digest } = await blobs.put(content);
      return `${blobScheme}${digest}`;
    },
    async readContent(uri, signal) {
      signal.throwIfAborted();
      if (uri.startsWith(blobScheme)) return blobs.read(uri.slice(blobScheme.length));
      throw new WorkbenchError('blob-missing', `${JSON.stringify(uri.slice(0, 200))} does not lie in this store.`, {
        remedy: 'What the local registry keeps has addresses that begin with blob:sha256:.',
      });
    },
    pageOf: () => undefined,
    listModels: (filter, signal) => unlessAborted(signal, () => thread.call('listModels', [filter])),
    getModel: (name, signal) => unlessAborted(signal, () => thread.call('getModel', [name])),
    createModel: (model, actor) => thread.call('createModel', [model, actor]),
    findByModelDigest: (digests, signal) => unlessAborted(signal, () => thread.call('findByModelDigest', [digests])),
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
  archivesVersions: true,
  aliases: 'native',
  keepsContent: true,
  serverFilters: ['status', 'task', 'provider', 'license', 'owner', 'author', 'language', 'alias', 'name'],
  atomic: true,
};

export function createLedger(thread: StoreThread): Ledger {
  return {
    append: async (record, changes = []) => ({
      ...record,
      ...(await thread.call('appendRecord', [record, changes])),
    }),
    get: id => thread.call('getRecord', [id]),
    list: filter => thread.call('listRecords', [filter]),
    readAudit: (after, limit) => thread.call('readAudit', [after, limit]),
    eraseContents: erasure => thread.call('eraseContents', [erasure]),
    readAuditHead: () => thread.call('readAuditHead', []),
  };
}

async function unlessAborted<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const answer = await ask();
  signal.throwIfAborted();
  return answer;
}
