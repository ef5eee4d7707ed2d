import assert from 'node:assert/strict';
import { compareVersions } from './compare.ts';
import { createFramework, listFrameworks, type Framework, type FrameworkEntry } from './frameworks.ts';
import { createFrameworkLibrary } from './library.ts';
import { createSeeded } from '../../test/fakes/seeded.ts';

const library = createFrameworkLibrary();

function framework(version: string, entries: readonly FrameworkEntry[], rest: Partial<Framework> = {}): Framework {
  const facts = { id: 'acme', version, title: 'Acme', publisher: '', license: '', note: '' };
  return createFramework({ ...facts, retired: new Map(), replacedBy: new Map(), ...rest, entries });
}

const old = framework('1', [
  { id: 'A-1', name: 'First', group: 'A', related: ['A-2', 'A-3'] },
  { id: 'A-2', name: 'Second', group: 'A' },
  { id: 'A-3', name: 'Third', group: 'A' },
  { id: 'A-4', name: 'Fourth' },
  { id: 'A-5', name: 'Fifth' },
  { id: 'A-6', name: 'Same', related: ['A-1', 'A-2'] },
]);

describe('compareVersions', () => {
  it('tells what was added, retired, renamed, moved and linked anew', () => {
    const next = framework(
      '2',
      [
        { id: 'A-1', name: 'First', group: 'A', related: ['A-2'] },
        { id: 'A-2', name: 'Second, renamed', group: 'B' },
        { id: 'A-6', name: 'Same', related: ['A-2', 'A-1'] },
        { id: 'B-3', name: 'third' },
        { id: 'B-4', name: 'Other' },
      ],
      { retired: new Map([['A-4', 'Fourth']]), replacedBy: new Map([['A-4', 'B-4']]) },
    );
    assert.deepEqual(compareVersions(old, next), {
      unchanged: 1,
      changes: [
        { change: 'relinked', id: 'A-1', name: 'First', before: 'A-2, A-3', after: 'A-2' },
        { change: 'renamed', id: 'A-2', name: 'Second, renamed', before: 'Second', after: 'Second, renamed' },
        { change: 'moved', id: 'A-2', name: 'Second, renamed', before: 'A', after: 'B' },
        { change: 'retired', id: 'A-3', name: 'Third', replacement: { id: 'B-3', name: 'third' } },
        { change: 'retired', id: 'A-4', name: 'Fourth', replacement: { id: 'B-4', name: 'Other' } },
        { change: 'retired', id: 'A-5', name: 'Fifth' },
        { change: 'added', id: 'B-3', name: 'third' },
        { change: 'added', id: 'B-4', name: 'Other' },
      ],
    });
  });

  it('follows the map between editions of OWASP, both ways', () => {
    const [from, to] = ['2025', '2026'].map(version => library.find('owasp-llm-top10', version));
    assert.ok(from && to);
    const { changes, unchanged } = compareVersions(from, to);
    assert.equal(unchanged, 0);
    assert.deepEqual(
      changes.filter(({ change }) => change !== 'continued'),
      [
        {
          change: 'renamed',
          id: 'LLM07:2025',
          name: 'Hidden Context Exposure',
          before: 'System Prompt Leakage',
          after: 'Hidden Context Exposure',
        },
      ],
    );
    const follow = (list: typeof changes) =>
      list.flatMap(({ change, id, replacement }) => (change === 'continued' ? [[id, replacement?.id]] : []));
    assert.deepEqual(
      follow(changes).find(([id]) => id === 'LLM06:2025'),
      ['LLM06:2025', 'LLM03:2026'],
    );
    const back = follow(compareVersions(to, from).changes);
    assert.deepEqual(back.map(([id, next]) => [next, id]).sort(), follow(changes).sort());
  });

  it('leaves to a person what several ids continue', () => {
    const next = framework(
      '2',
      [
        { id: 'A-1', name: 'First', related: ['A-1'] },
        { id: 'B-2', name: 'Half', related: ['A-2'] },
        { id: 'B-3', name: 'Other half', related: ['A-2'] },
        { id: 'B-9', name: 'New' },
      ],
      { predecessor: '1' },
    );
    const before = framework('1', [
      { id: 'A-1', name: 'First' },
      { id: 'A-2', name: 'Second' },
    ]);
    assert.deepEqual(compareVersions(before, next), {
      unchanged: 1,
      changes: [
        { change: 'retired', id: 'A-2', name: 'Second' },
        { change: 'added', id: 'B-9', name: 'New' },
      ],
    });
  });

  it('finds nothing between a version and itself, built in or made up', () => {
    for (const known of listFrameworks())
      assert.deepEqual(compareVersions(known, known), { changes: [], unchanged: known.entries.length }, known.id);
    const random = createSeeded(7);
    for (let round = 0; round < 200; round += 1) {
      const made = randomFramework(random, '1');
      assert.deepEqual(compareVersions(made, made), { changes: [], unchanged: made.byId.size });
    }
  });

  it('tells of every id either that it is the same, or what became of it', () => {
    const random = createSeeded(8);
    for (let round = 0; round < 300; round += 1) {
      const [from, to] = [randomFramework(random, '1'), randomFramework(random, '2')];
      const { changes, unchanged } = compareVersions(from, to);
      const told = new Set(changes.flatMap(({ change, id }) => (change === 'added' ? [] : [id])));
      assert.equal(told.size + unchanged, from.byId.size);
      const added = changes.filter(({ change }) => change === 'added').map(({ id }) => id);
      assert.deepEqual(
        added,
        [...to.byId.keys()].filter(id => !from.byId.has(id)),
      );
    }
  });
});

function randomFramework(random: () => number, version: string): Framework {
  const pick = (count: number): number => Math.floor(random() * count);
  const ids = [...new Set(Array.from({ length: 1 + pick(8) }, () => `A-${pick(10)}`))];
  return framework(
    version,
    ids.map(id => ({
      id,
      name: `Name ${pick(4)}`,
      ...(random() < 0.5 ? { group: `G${pick(2)}` } : {}),
      ...(random() < 0.5 ? { related: [`A-${pick(10)}`] } : {}),
    })),
  );
}
