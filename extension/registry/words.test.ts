import assert from 'node:assert/strict';
import { makeVersion } from '../../test/fakes/versions.ts';
import type { RegistryEntry } from '../../schemas/generated/messages.ts';
import { ageWords, figureGround, modelNameOf, shortDigest } from './words.ts';

describe('modelNameOf', () => {
  it('names a version by production, else another alias, else its number', () => {
    assert.equal(
      modelNameOf(makeVersion({ aliases: ['candidate', 'production'] }).version),
      'registry:triage@production',
    );
    assert.equal(modelNameOf(makeVersion({ aliases: ['candidate'] }).version), 'registry:triage@candidate');
    assert.equal(modelNameOf(makeVersion({ version: '7' }).version), 'registry:triage@7');
  });

  it('names the registry where it is not the local one', () => {
    const version = { model: 'whisper', version: 'v3', aliases: [] };
    assert.equal(modelNameOf({ ...version, registry: 'local' }), 'registry:whisper@v3');
    assert.equal(modelNameOf({ ...version, registry: 'shared' }), 'registry:shared/whisper@v3');
  });
});

describe('ageWords', () => {
  const now = 3_600_000;
  const words = (cache: Partial<RegistryEntry['cache']>, type: RegistryEntry['type'] = 'mlflow'): string | undefined =>
    ageWords({ type, cache: { models: 1, versions: 1, ...cache } }, now);

  it('says how old what is shown is, and why it is not newer', () => {
    assert.equal(words({}), 'not read yet');
    assert.equal(words({ syncedAt: now - 300_000 }), 'read 5 min ago');
    assert.equal(words({ syncedAt: now, syncing: true }), 'reading…');
    const failure = { code: 'registry-unreachable', message: 'No answer.' };
    assert.equal(words({ syncedAt: now - 300_000, failure }), 'offline, read 5 min ago');
    assert.equal(words({ failure }), 'offline, never read');
    assert.equal(words({}, 'local'), undefined);
  });
});

describe('figureGround', () => {
  it('says what a figure may be compared by, and what nobody recorded', () => {
    const digest = `sha256:${'ab'.repeat(32)}`;
    assert.equal(
      figureGround({ hardware: '8 × NVIDIA H100', dataset: 'clauses', datasetDigest: digest, n: 1000 }),
      '8 × NVIDIA H100 · dataset clauses abababababab · n = 1,000',
    );
    assert.equal(figureGround({}), 'hardware not recorded · dataset not recorded');
  });
});

describe('shortDigest', () => {
  it('drops the name of the algorithm', () => {
    assert.equal(shortDigest(`sha256:${'ab'.repeat(32)}`), 'abababababab');
  });
});
