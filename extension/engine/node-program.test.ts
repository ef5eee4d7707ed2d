import assert from 'node:assert/strict';
import { findNode, findNodeForRuns, probeNodeVersion, type NodeSearch } from './node-program.ts';

function search(changes: Partial<NodeSearch>, versions: Record<string, string> = {}): NodeSearch {
  return {
    configured: '',
    hostPath: '/host/code',
    hostVersion: '24.1.0',
    searchPath: '/old:/new',
    isWindows: false,
    probeVersion: async program => versions[program],
    ...changes,
  };
}

describe('finding Node', () => {
  it('takes the configured program before the host', async () => {
    const found = await findNode(search({ configured: '/my/node' }, { '/my/node': '26.0.0' }));
    assert.deepEqual(found, { path: '/my/node', env: {} });
  });

  it('tells that the configured program is too old or no Node', async () => {
    await assert.rejects(
      findNode(search({ configured: '/my/node' }, { '/my/node': '20.9.0' })),
      /names Node 20.9.0; 24/,
    );
    await assert.rejects(findNode(search({ configured: '/bin/false' })), /could not be started as Node/);
  });

  it("runs as Node inside the host's own program", async () => {
    assert.deepEqual(await findNode(search({})), { path: '/host/code', env: { ELECTRON_RUN_AS_NODE: '1' } });
  });

  it('looks on PATH when the host is too old, and tells plainly when there is none', async () => {
    const old = { hostVersion: '22.3.0' };
    const found = await findNode(search(old, { '/old/node': '18.0.0', '/new/node': '24.0.0' }));
    assert.equal(found.path, '/new/node');
    await assert.rejects(findNode(search(old)), /needs Node 24 or newer; this VS Code carries Node 22.3.0/);
  });

  it('prefers a Node on PATH for runs', async () => {
    assert.equal(await findNodeForRuns(search({}, { '/new/node': '24.0.0' })), '/new/node');
    assert.equal(await findNodeForRuns(search({})), undefined);
  });

  it('probes a real program', async () => {
    assert.equal(await probeNodeVersion(process.execPath), process.versions.node);
    assert.equal(await probeNodeVersion('/nowhere/node'), undefined);
  });
});
