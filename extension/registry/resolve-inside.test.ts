import assert from 'node:assert/strict';
import path from 'node:path';
import { resolveInside } from './resolve-inside.ts';

describe('resolveInside', () => {
  const folder = path.resolve('/w/project');

  it('resolves what lies in the folder', () => {
    assert.equal(resolveInside(folder, 'cards/a.md'), path.join(folder, 'cards', 'a.md'));
    assert.equal(resolveInside(folder, 'x/../..a.md'), path.join(folder, '..a.md'));
  });

  it('refuses what leads out of it', () => {
    for (const file of ['..', '../other.md', 'x/../../other.md', '/etc/passwd', '', '.']) {
      assert.equal(resolveInside(folder, file), undefined, file);
    }
  });
});
