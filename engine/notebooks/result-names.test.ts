import assert from 'node:assert/strict';
import { rootSchema, type SchemaNode } from '../documents/schema.ts';
import { findReferences, indexResults, modelFieldsOf } from './result-names.ts';

/** Every field whose text may be a checkpoint. */
function* checkpointFields(node: SchemaNode, way: readonly string[] = []): Iterable<string> {
  if (node.pattern?.includes('checkpoint:') === true) yield way.join('.');
  for (const [key, child] of Object.entries(node.properties ?? {})) yield* checkpointFields(child, [...way, key]);
  if (node.items !== undefined) yield* checkpointFields(node.items, [...way, '*']);
  for (const option of node.anyOf ?? []) yield* checkpointFields(option, way);
}

describe('findReferences', () => {
  it('looks at every field that can name a checkpoint', () => {
    for (const kind of ['bench', 'tune', 'policy', 'trial'] as const) {
      const looked = modelFieldsOf(kind).map(
        field => new RegExp(`^${field.replaceAll('.', '\\.').replaceAll('*', '[^.]+')}$`),
      );
      for (const field of new Set(checkpointFields(rootSchema(kind))))
        assert.ok(
          looked.some(pattern => pattern.test(field)),
          `${kind}: ${field}`,
        );
    }
  });

  it('tells names from what is written around them', () => {
    const found = findReferences('bench', {
      models: ['checkpoint:a@best', 'gpt', 7],
      compare: { against: 'b', baseline: 'checkpoint:a' },
      gate: [{ model: 'checkpoint:c@3' }],
    });
    assert.deepEqual(
      found.map(({ name, path, isCheckpoint }) => [name, path.join('.'), isCheckpoint]),
      [
        ['a', 'models.0', true],
        ['a', 'compare.baseline', true],
        ['c', 'gate.0.model', true],
        ['b', 'compare.against', false],
      ],
    );
    assert.deepEqual(findReferences('bench', { compare: { against: 'last' } }), []);
    assert.deepEqual(findReferences('comparison', 'compare'), []);
  });
});

describe('indexResults', () => {
  it('takes the newest of several with one name', () => {
    const at = (id: string, createdAt: number) => ({ name: 'a', kind: 'tune' as const, id, createdAt });
    assert.equal(indexResults([at('new', 2), at('old', 1)]).get('a')?.id, 'new');
    assert.equal(indexResults([at('first', 1), at('second', 1)]).get('a')?.id, 'second');
  });
});
