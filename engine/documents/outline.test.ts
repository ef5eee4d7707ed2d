import assert from 'node:assert/strict';
import { scanOutline, type OutlineEntry } from './outline.ts';

const text = `# A policy.
id: team
"quoted name": x
controls:
  # First.
  - id: F1
    title: One
    checks:
      - {id: inner}
  - {id: F2, title: Two}
  - 'three'
  - other: F4
gate:
- metric: accuracy
not a field
`;

function show(entries: readonly OutlineEntry[]): unknown[] {
  return entries.map(({ name, start, end, blockEnd, items }) => [
    name,
    text.slice(start, end),
    text.slice(start, blockEnd).split('\n').length,
    ...(items.length > 0 ? [show(items)] : []),
  ]);
}

describe('outline of a text that is not parsed', () => {
  it('finds fields and what their items are called, with their places', () => {
    assert.deepEqual(show(scanOutline(text)), [
      ['id', 'id: team', 2],
      ['quoted name', '"quoted name": x', 2],
      [
        'controls',
        'controls:',
        10,
        [
          ['F1', '- id: F1', 5],
          ['F2', '- {id: F2, title: Two}', 2],
          ['three', "- 'three'", 2],
          ['other', '- other: F4', 2],
        ],
      ],
      ['gate', 'gate:', 4, [['accuracy', '- metric: accuracy', 3]]],
    ]);
  });

  it('is bounded, and cuts no character in half', () => {
    const items = scanOutline(`a:\n${'  - x\n'.repeat(10_000)}${'b:\n'.repeat(1_000)}`);
    assert.equal(items[0]?.items.length, 2_000);
    assert.equal(items.length, 200);
    const long = `key: ${'x'.repeat(194)}😀 and on`;
    assert.equal(scanOutline(long)[0]?.end, 199);
    assert.deepEqual(scanOutline('['.repeat(5_000_000)), []);
    assert.deepEqual(scanOutline('\n'.repeat(5_000_000)), []);
  });
});
