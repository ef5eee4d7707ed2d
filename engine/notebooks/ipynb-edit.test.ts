import assert from 'node:assert/strict';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { changeCells, findSameCell, type CellChange } from './ipynb-edit.ts';
import { readNotebook } from './ipynb.ts';

/** As tools leave them behind: odd spacing, unknown members, numbers no program would write again, a key twice. */
const strange = `{
  "nbformat_minor": 5, "nbformat": 4,
  "metadata": {"zeta": 1.50, "big": 12345678901234567890, "esc": "\\u00e9\\/\\"]}"},
  "cells": [
    {
      "cell_type": "markdown",
      "source": "one string [ { \\" ",
      "metadata": { },
      "attachments": {"a.png": {"image/png": "AAAA"}}
    },
    {
      "zeta": 1e2,
      "source": ["name: a\\n"],
      "outputs": [
        {"output_type": "display_data", "data": {"text/plain": ["old ]}"]}, "metadata": {}}
      ],
      "metadata": {"tags": ["x"], "execution": {"iopub.status.busy": "2020"}},
      "id": "first",
      "execution_count": 7,
      "cell_type": "code"
    },
    {"cell_type": "code", "metadata": {}, "source": ["name: b"], "id": "second"}
  ]
}
`;

const bundle = { 'text/markdown': 'a\nb', 'application/vnd.aiwb.run+json': { b: 1, a: [] } };

function change(text: string, index: number, what: CellChange): string {
  return changeCells(readNotebook('/w/a.ipynb', text), new Map([[index, what]])).text;
}

describe('changeCells', () => {
  it('leaves everything it does not change as it is written', () => {
    const changed = change(strange, 1, { outputs: [{ type: 'bundle', bundle }], executionCount: 1 });
    const [before = '', after = ''] = strange.split(/\[\n {8}\{"output_type.*\n {6}\]/);
    assert.ok(changed.startsWith(before));
    assert.ok(changed.endsWith(after.replace('"execution_count": 7', '"execution_count": 1')));
    assert.deepEqual(JSON.parse(changed).cells[1].outputs, [
      {
        data: { 'application/vnd.aiwb.run+json': { a: [], b: 1 }, 'text/markdown': ['a\n', 'b'] },
        metadata: {},
        output_type: 'display_data',
      },
    ]);
    assert.match(changed, /\n {6}"outputs": \[\n {8}\{\n {10}"data": \{\n/);
  });

  it('adds what is missing where Jupyter has it', () => {
    const changed = change(strange, 2, { outputs: [{ type: 'stderr', text: 'no' }], executionCount: 2 });
    assert.deepEqual(Object.keys(JSON.parse(changed).cells[2]), [
      'cell_type',
      'execution_count',
      'metadata',
      'outputs',
      'source',
      'id',
    ]);
    assert.equal(
      JSON.parse(change('{"cells":[{"cell_type":"code"}],"nbformat":4}', 0, { outputs: [] })).cells[0].outputs.length,
      0,
    );
  });

  it('keeps the layout: tabs, Windows line ends, one line, no end of the last line', () => {
    const whole = { cells: [{ cell_type: 'code', id: 'a', metadata: {}, outputs: [], source: [] }], nbformat: 4 };
    const tabs = JSON.stringify(whole, undefined, '\t').replaceAll('\n', '\r\n');
    const changed = change(tabs, 0, { outputs: [{ type: 'stderr', text: 'x' }] });
    assert.ok(!/[^\r]\n/.test(changed), 'every line ends as before');
    assert.match(changed, /\r\n\t\t\t"outputs": \[\r\n\t\t\t\t\{\r\n\t\t\t\t\t"name"/);
    assert.ok(changed.endsWith('}'));
    const flat = change(JSON.stringify(whole), 0, { outputs: [{ type: 'stderr', text: 'x' }], executionCount: 1 });
    assert.ok(!flat.includes('\n'));
  });

  it('changes several cells at once, and nothing where nothing changes', () => {
    const notebook = readNotebook('/w/a.ipynb', strange);
    const both = changeCells(notebook, new Map([1, 2].map(index => [index, { executionCount: null }] as const)));
    assert.deepEqual(
      both.cells.map(({ executionCount }) => executionCount),
      [undefined, undefined, undefined],
    );
    assert.equal(changeCells(notebook, new Map([[1, { executionCount: 7 }]])).text, strange);
    assert.equal(changeCells(notebook, new Map()).text, strange);
  });

  it('keeps times only in cells that have them', () => {
    const timing = { startedAt: Date.UTC(2026, 8, 21), endedAt: Date.UTC(2026, 8, 21, 1) };
    const timed = JSON.parse(change(strange, 1, { timing }));
    assert.deepEqual(timed.cells[1].metadata, {
      tags: ['x'],
      execution: {
        'iopub.execute_input': '2026-09-21T00:00:00.000Z',
        'iopub.status.busy': '2026-09-21T00:00:00.000Z',
        'iopub.status.idle': '2026-09-21T01:00:00.000Z',
        'shell.execute_reply': '2026-09-21T01:00:00.000Z',
      },
    });
    assert.equal(change(strange, 2, { timing }), strange);
  });

  it('writes no half of a surrogate pair, which Python cannot read', () => {
    const changed = change(strange, 1, { outputs: [{ type: 'stderr', text: 'a\ud800b' }] });
    assert.ok(changed.isWellFormed());
    assert.ok(!changed.includes('\\ud800'));
  });
});

/** JSON with its white space, key order and spelling of characters as a seed has them. */
function scribble(value: unknown, random: () => number): string {
  const blank = (): string => [' ', '', '\n ', '\t', '\r\n'][Math.floor(random() * 5)] ?? '';
  if (Array.isArray(value))
    return `[${blank()}${value.map(item => scribble(item, random)).join(`${blank()},${blank()}`)}${blank()}]`;
  if (typeof value === 'string' && random() < 0.3)
    return `"${Array.from(value, letter => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value).sort(() => random() - 0.5);
  return `{${blank()}${members.map(([key, member]) => `${JSON.stringify(key)}${blank()}:${blank()}${scribble(member, random)}`).join(`${blank()},`)}${blank()}}`;
}

describe('changeCells on any spelling of a notebook', () => {
  it('changes what it is told and nothing else', () => {
    const random = createSeeded(11);
    for (let round = 0; round < 300; round++) {
      const cells = Array.from({ length: 1 + Math.floor(random() * 4) }, (_, at) => ({
        cell_type: random() < 0.7 ? 'code' : 'markdown',
        ...(random() < 0.5 ? { id: `c${String(at)}` } : {}),
        ...(random() < 0.7 ? { outputs: [{ output_type: 'stream', text: ['"]}', '\\'] }] } : {}),
        ...(random() < 0.5 ? { execution_count: random() < 0.5 ? null : 1e21 } : {}),
        source: ['{ "outputs": [', '\\"]'],
        metadata: random() < 0.3 ? { outputs: [1] } : {},
      }));
      const written = scribble({ cells, metadata: { a: 'cells' }, nbformat: 4, nbformat_minor: 2 }, random);
      const index = Math.floor(random() * cells.length);
      const changed = change(written, index, { outputs: [{ type: 'stderr', text: 'x' }], executionCount: 5 });
      const expected = JSON.parse(written) as { cells: Record<string, unknown>[] };
      Object.assign(expected.cells[index] ?? {}, {
        outputs: [{ name: 'stderr', output_type: 'stream', text: ['x'] }],
        execution_count: 5,
      });
      assert.deepEqual(JSON.parse(changed), expected, written);
      const { span } = readNotebook('/w/a.ipynb', written).cells[index] ?? assert.fail();
      assert.equal(changed.slice(0, span.start), written.slice(0, span.start));
      assert.ok(changed.endsWith(written.slice(span.end)));
    }
  });
});

describe('findSameCell', () => {
  it('finds a cell by its id wherever it went, as long as its text is the same', () => {
    const notebook = readNotebook('/w/a.ipynb', strange);
    const [, first] = notebook.cells;
    assert.ok(first);
    const moved = JSON.parse(strange);
    moved.cells.reverse();
    assert.equal(findSameCell(readNotebook('/w/a.ipynb', JSON.stringify(moved)), first)?.index, 1);
    assert.equal(findSameCell(readNotebook('/w/a.ipynb', strange.replace('name: a', 'name: c')), first), undefined);
    assert.equal(findSameCell(readNotebook('/w/a.ipynb', strange.replace('"first"', '"third"')), first), undefined);
  });
});
