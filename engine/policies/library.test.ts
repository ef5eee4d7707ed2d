import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createFiles } from '../../platform/files/files.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { createPolicyLibrary } from './library.ts';

describe('createPolicyLibrary', () => {
  const files = createFiles();
  const signal = new AbortController().signal;
  let folder: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'aiwb-policies-'));
    const write = (name: string, text: string): Promise<void> => files.writeText(path.join(folder, name), text);
    await write('a.policy.yaml', 'id: a\nversion: 1.0.0\nlevel: team\n');
    await write('deep/b.policy.yml', 'id: b\nversion: 1.0.0\nlevel: team\n');
    await write('deep/broken.policy.yaml', 'id: broken\nversion: one\n');
    await write('deep/nameless.policy.yaml', '- 1\n');
    await write('node_modules/c.policy.yaml', 'id: c\nversion: 1.0.0\nlevel: team\n');
  });
  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('finds valid policies by id, with their digest', async () => {
    const library = createPolicyLibrary(files, folder, createDigest());
    const [found, ...others] = await library.find('b', signal);
    assert.equal(found?.file, 'deep/b.policy.yml');
    assert.equal(found.digest, createDigest().sha256(found.text));
    assert.equal(others.length, 0);
    for (const id of ['broken', 'c', 'constructor']) assert.deepEqual(await library.find(id, signal), []);
  });

  it('lists every policy whose id can be read', async () => {
    const listed = await createPolicyLibrary(files, folder, createDigest()).list(signal);
    assert.deepEqual(listed.map(({ id, file, isBroken }) => [id, file, isBroken]).sort(), [
      ['a', 'a.policy.yaml', false],
      ['b', 'deep/b.policy.yml', false],
      ['broken', 'deep/broken.policy.yaml', true],
    ]);
  });
});
