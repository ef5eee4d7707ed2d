import assert from 'node:assert/strict';
import { makeVersion } from '../../test/fakes/versions.ts';
import { modelNameOf, shortDigest } from './words.ts';

describe('modelNameOf', () => {
  it('names a version by production, else another alias, else its number', () => {
    assert.equal(modelNameOf(makeVersion({ aliases: ['candidate', 'production'] })), 'registry:triage@production');
    assert.equal(modelNameOf(makeVersion({ aliases: ['candidate'] })), 'registry:triage@candidate');
    assert.equal(modelNameOf(makeVersion({ version: '7' })), 'registry:triage@7');
  });
});

describe('shortDigest', () => {
  it('drops the name of the algorithm', () => {
    assert.equal(shortDigest(`sha256:${'ab'.repeat(32)}`), 'abababababab');
  });
});
