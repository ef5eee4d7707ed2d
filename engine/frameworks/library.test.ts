import assert from 'node:assert/strict';
import { createFramework, type Framework } from './frameworks.ts';
import { compareFrameworkOrder, createFrameworkLibrary } from './library.ts';

function own(id: string, version: string, title = 'Own'): Framework {
  return createFramework({
    id,
    version,
    title,
    publisher: '',
    license: '',
    note: '',
    file: 'x.framework.yaml',
    entries: [{ id: 'A-1', name: 'First' }],
    retired: new Map(),
    replacedBy: new Map(),
  });
}

describe('createFrameworkLibrary', () => {
  it('has what is built in, and what the workspace adds, versions side by side', () => {
    const library = createFrameworkLibrary([own('mitre-atlas', '5.6.0'), own('acme', '2'), own('acme', '10')]);
    assert.deepEqual(library.versionsOf('mitre-atlas'), ['5.6.0', '2026.07']);
    assert.deepEqual(library.versionsOf('acme'), ['2', '10']);
    assert.equal(library.find('acme', '10')?.title, 'Own');
    assert.equal(library.find('acme', '3'), undefined);
    assert.deepEqual(library.versionsOf('constructor'), []);
  });

  it('lets nobody replace what is built in, nor decide between two of one version', () => {
    const library = createFrameworkLibrary([own('nist-ai-rmf', '1.0'), own('acme', '1', 'a'), own('acme', '1', 'b')]);
    assert.equal(library.find('nist-ai-rmf', '1.0')?.entries.length, 91);
    assert.equal(library.find('acme', '1'), undefined);
  });

  it('orders versions by their numbers', () => {
    const versions = ['2026.07', '2.10', '2.9', '5.6.0', '5.6', '5.6.0-beta', '2025', 'r2', 'r1'];
    const sorted = versions.map(version => ({ id: 'x', version })).sort(compareFrameworkOrder);
    assert.deepEqual(
      sorted.map(({ version }) => version),
      ['2.9', '2.10', '5.6', '5.6.0', '5.6.0-beta', '2025', '2026.07', 'r1', 'r2'],
    );
  });
});
