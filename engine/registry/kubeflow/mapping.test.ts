import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { createDigest } from '../../../platform/host/digest.ts';
import { newFigure } from '../../../test/fakes/registry-contract.ts';
import type { FilterTerm } from '../../ports/registry-filter.ts';
import { basePathFor } from './api.ts';
import { nameArtifacts } from './artifact-names.ts';
import { fromArtifact, toArtifact } from './artifacts.ts';
import { pushModelFilter, pushVersionFilter } from './filter.ts';
import { escapeLike, isLike } from './like.ts';
import { formatIdentity, lineageProperties, parseIdentity, readLineage } from './lineage.ts';
import { decodeValue, encodeValue, mergeProperties } from './properties.ts';
import { movesOn, toVersion } from './versions.ts';

describe('The address of a Kubeflow registry', () => {
  it('has the path of the API where it lacks one', () => {
    assert.equal(basePathFor('https://r.example'), '/api/model_registry/v1alpha3');
    assert.equal(basePathFor('https://r.example/team/'), '/api/model_registry/v1alpha3');
    assert.equal(basePathFor('https://r.example/api/model_registry'), '/v1alpha3');
    assert.equal(basePathFor('https://r.example/team/api/model_registry/v1alpha3/'), '');
    assert.equal(basePathFor('https://r.example/api/model_registry/v1'), '');
  });
});

describe('Names compared by LIKE', () => {
  it('stand for themselves once they are escaped', () => {
    for (const name of ['a_b', '100%', 'a\\b', '\\%', 'a.b*c[d]', 'x\ny', ''])
      assert.ok(isLike(escapeLike(name), name), name);
    assert.ok(isLike('a_b', 'axb'));
    assert.ok(isLike('%:acc', '7:qa:acc'));
    assert.ok(!isLike(escapeLike('a_b'), 'axb'));
    assert.ok(!isLike('a.b', 'axb'));
    assert.ok(!isLike('abc', 'abcd'));
  });
});

describe('Properties of Kubeflow', () => {
  it('are read whatever their type', () => {
    assert.equal(decodeValue({ metadataType: 'MetadataIntValue', int_value: '-7' }), -7);
    assert.equal(decodeValue({ metadataType: 'MetadataBoolValue', bool_value: false }), false);
    assert.equal(decodeValue({ metadataType: 'MetadataStructValue', struct_value: btoa('{"a":1}') }), '{"a":1}');
    assert.equal(decodeValue({ metadataType: 'MetadataStructValue', struct_value: '{"a":1}' }), '{"a":1}');
    assert.equal(decodeValue({ metadataType: 'MetadataStructValue', struct_value: 'not json' }), 'not json');
    assert.equal(decodeValue({ metadataType: 'MetadataProtoValue', type: 't', proto_value: 'AA==' }), 'AA==');
    for (const odd of [null, 3, 'x', [], {}, { int_value: 'seven' }, { double_value: '1' }]) {
      assert.equal(decodeValue(odd), undefined);
    }
  });

  it('come back as they were written', () => {
    for (const value of ['', 'ü', 0, -1.5, 2 ** 40, true, false])
      assert.equal(decodeValue(encodeValue('k', value)), value);
  });

  it('keep what is not changed in the form it is sent in', () => {
    const there = {
      int: { metadataType: 'MetadataIntValue', int_value: '7' },
      struct: { metadataType: 'MetadataStructValue', struct_value: '{"a":"ü"}' },
      wrapped: { metadataType: 'MetadataStructValue', struct_value: btoa('{}') },
      gone: { metadataType: 'MetadataStringValue', string_value: 'x' },
      odd: { metadataType: 'MetadataNewValue', new_value: [1] },
    };
    const merged = mergeProperties(there, { gone: undefined, added: 1 }) as Record<string, Record<string, unknown>>;
    assert.deepEqual(Object.keys(merged).sort(), ['added', 'int', 'odd', 'struct', 'wrapped']);
    assert.deepEqual([merged['int'], merged['odd'], merged['wrapped']], [there.int, there.odd, there.wrapped]);
    const struct = merged['struct']?.['struct_value'] as string;
    assert.equal(Buffer.from(struct, 'base64').toString(), '{"a":"ü"}');
  });
});

describe('A filter for Kubeflow', () => {
  const filter = (...terms: FilterTerm[]) => ({ text: 'f', terms });
  const figure = (name: string, value: number): FilterTerm => ({
    kind: 'figure',
    figure: name,
    comparison: '<',
    value,
  });

  it('asks for properties in backticks, and for whole numbers beside fractions', () => {
    const status: FilterTerm = { kind: 'status', values: ['approved', 'baseline'], not: false };
    const ttft = figure('baseline.ttft_p90', 0.5);
    assert.deepEqual(pushVersionFilter(filter(status, ttft)), {
      filterQuery:
        "`aiw.status` IN ('approved', 'baseline') AND (`aiw.baseline.ttft_p90` < 0.5 OR `aiw.baseline.ttft_p90` <= 0)",
      residual: filter(ttft),
    });
    assert.deepEqual(pushVersionFilter(undefined), {});
  });

  it('leaves to the caller what the server would take for something else', () => {
    for (const term of [
      figure('ttft_p90', 200),
      figure('tuning.loss', 1),
      figure('baseline.x` = 1 OR `y', 1),
      figure('baseline.big', 1e12),
      figure('baseline.nan', NaN),
      { kind: 'status', values: ['untracked'], not: false },
      { kind: 'status', values: ['approved'], not: true },
      { kind: 'status', values: [], not: false },
      { kind: 'field', field: 'owner', values: ['ops'], not: false },
      { kind: 'text', text: 'whisper', not: false },
    ] satisfies FilterTerm[]) {
      assert.deepEqual(pushVersionFilter(filter(term)), { residual: filter(term) });
    }
    for (const text of ["o'neil", 'a"b', 'a\\b', 'é', '']) {
      const term: FilterTerm = { kind: 'field', field: 'owner', values: ['ops', text], not: false };
      assert.deepEqual(pushModelFilter(filter(term)), { residual: filter(term) }, text);
    }
    const not: FilterTerm = { kind: 'field', field: 'owner', values: ['ops'], not: true };
    assert.deepEqual(pushModelFilter(filter(not)), { residual: filter(not) });
  });

  it('escapes what LIKE would take for a wildcard', () => {
    const term: FilterTerm = { kind: 'field', field: 'name', values: ['a_b', '5%'], not: false };
    assert.equal(pushModelFilter(filter(term)).filterQuery, "(name ILIKE 'a\\\\_b' OR name ILIKE '5\\\\%')");
  });
});

describe('Versions of Kubeflow', () => {
  const owner = { name: 'm', aliases: { prod: '2', old: '1' } };

  it('are read with whatever is missing', () => {
    const version = toVersion('shared', { id: '4', name: '2' }, owner);
    assert.deepEqual(version, {
      model: 'm',
      version: '2',
      state: 'LIVE',
      status: 'untracked',
      author: { email: 'unknown', assurance: 'self-asserted' },
      createdAt: 0,
      updatedAt: 0,
      aliases: ['prod'],
      lineage: { datasets: [], prompts: [] },
      customProperties: {},
      registry: 'shared',
      id: '4',
    });
    const odd = { id: '4', name: 7, state: 'ODD', createTimeSinceEpoch: 'soon', customProperties: ['x'], author: {} };
    assert.equal(toVersion('shared', odd, owner).version, '');
  });

  it('tell weights by their external id', () => {
    const digest = 'a'.repeat(64);
    assert.equal(
      toVersion('r', { id: '1', name: '1', externalId: `aiw:${digest}:run:model-3` }, owner).weightsDigest,
      digest,
    );
    assert.equal(toVersion('r', { id: '1', name: '1', externalId: 'theirs' }, owner).weightsDigest, undefined);
  });

  it('only move on', () => {
    assert.ok(movesOn('untracked', 'candidate'));
    assert.ok(movesOn('approved', 'production'));
    assert.ok(movesOn('approved', 'revoked'));
    assert.ok(!movesOn('approved', 'candidate'));
    assert.ok(!movesOn('approved', 'approved'));
    assert.ok(!movesOn('revoked', 'production'));
    assert.ok(!movesOn('retired', 'candidate'));
  });
});

describe('Lineage in properties', () => {
  it('reads people as git writes them, and as anybody does', () => {
    for (const identity of [
      { name: 'Ada Lovelace', email: 'ada@example.com', assurance: 'self-asserted' },
      { email: 'ada@example.com', assurance: 'self-asserted' },
    ] as const) {
      assert.deepEqual(parseIdentity(formatIdentity(identity)), identity);
    }
    assert.deepEqual(parseIdentity('Ada <not closed'), { email: 'Ada <not closed', assurance: 'self-asserted' });
  });

  it('does not trust what stands there', () => {
    for (const text of ['no json', '[]', '{"datasets":[{"role":"odd"}],"prompts":[]}', '{"datasets":1}']) {
      assert.deepEqual(readLineage({ 'aiw.lineage': text, 'aiw.train_run_id': 7 }), { datasets: [], prompts: [] });
    }
  });

  it('leaves out what is too large for a property', () => {
    const small = { datasets: [], prompts: [], file: 'a.tune.yaml' };
    const environment = { platform: 'x'.repeat(40_000) } as never;
    const properties = lineageProperties({ ...small, environment });
    assert.deepEqual(readLineage(properties), small);
    assert.deepEqual(lineageProperties({ ...small, file: 'x'.repeat(40_000) }), {});
  });
});

describe('Artifacts of Kubeflow', () => {
  it('are read with whatever is missing', () => {
    for (const artifactType of ['model-artifact', 'doc-artifact', 'dataset-artifact', 'metric', 'parameter']) {
      const read = toArtifact({ id: '1', artifactType, name: 'x' });
      assert.equal(read?.name, 'x', artifactType);
      const odd = {
        'aiw.unit': { string_value: 'furlong' },
        'aiw.n': { double_value: 0.5 },
        'aiw.rows': { string_value: 'many' },
      };
      assert.equal(toArtifact({ id: '1', artifactType, name: 'x', customProperties: odd })?.artifactType, artifactType);
    }
    assert.equal(toArtifact({ id: '1', artifactType: 'toString', name: 'x' }), undefined);
    assert.equal(toArtifact({ id: '1', artifactType: 'metric', name: 'x', state: 'DELETED' }), undefined);
  });

  it('show fields of others that have no place', () => {
    const read = toArtifact({ id: '1', artifactType: 'dataset-artifact', name: 'd', sourceType: 's3', profile: '{}' });
    assert.deepEqual(read?.customProperties, { sourceType: 's3', profile: '{}' });
  });

  it('keep parameters as they were, and read those of others by their type', () => {
    for (const value of ['7', 7, true, 'true', '']) {
      const sent = fromArtifact({ artifactType: 'parameter', name: 'p', value, runId: 'r' }, 'p');
      const read = toArtifact({ ...sent, id: '1' });
      assert.ok(read?.artifactType === 'parameter');
      assert.equal(read.value, value);
    }
    const odd = toArtifact({ id: '1', artifactType: 'parameter', name: 'p', value: 'fast', parameterType: 'number' });
    assert.equal(odd?.artifactType === 'parameter' && odd.value, 'fast');
  });

  it('get names that are like no other', () => {
    const named = (existing: string[], wanted: string[]) =>
      nameArtifacts(
        existing.map(name => ({ id: '1', artifactType: 'metric', name })),
        wanted.map(name => ({ ...newFigure('x', 1), name })),
        { id: '12', model: 'm' },
        createDigest(),
      ).map(({ storedName }) => storedName);
    assert.deepEqual(named([], ['r/a_b', 'r/c']), ['r/a_b', 'r/c']);
    assert.deepEqual(named(['r/a'], ['r/a', 'r/b']), ['r/b']);
    const [apart] = named(['r/axb'], ['r/a_b']);
    assert.match(apart ?? '', /^r\/a-b-[0-9a-f]{10}$/);
    assert.match(named(['qa:acc'], ['acc'])[0] ?? '', /^acc-[0-9a-f]{10}$/);
    assert.match(named([], ['%', 'other'])[0] ?? '', /^--[0-9a-f]{10}$/);
  });

  it('have the weights by the name of the model, where the Python client looks', () => {
    const weights = { artifactType: 'model-artifact', name: 'weights', uri: 's3://b/m' } as const;
    const [named] = nameArtifacts([], [weights], { id: '1', model: 'granite' }, createDigest());
    assert.equal(named?.storedName, 'granite');
    const stored = { ...fromArtifact(weights, 'granite'), id: '1' };
    assert.deepEqual(toArtifact(stored), { ...weights, id: '1' });
    assert.deepEqual(nameArtifacts([stored], [weights], { id: '1', model: 'granite' }, createDigest()), []);
  });
});
