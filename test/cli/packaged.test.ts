import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '../..');

describe('the package for VS Code', () => {
  it('holds every program that is built, and the templates they read', () => {
    const kept = readFileSync(path.join(root, '.vscodeignore'), 'utf8').split('\n');
    const programs = globSync('dist/*.{mjs,cjs}', { cwd: root });
    assert.ok(programs.includes('dist/aiwb.mjs'), 'there is a build');
    assert.deepEqual(
      programs.filter(file => !kept.includes(`!${file}`)),
      [],
    );
    assert.ok(kept.includes('!templates/policies/*.yaml'));
  });
});
