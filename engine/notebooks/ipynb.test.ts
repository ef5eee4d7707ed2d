import assert from 'node:assert/strict';
import { WorkbenchError } from '../base/errors.ts';
import { readNotebook } from './ipynb.ts';

const code = { cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source: [] };

function write(cells: readonly unknown[], rest: Readonly<Record<string, unknown>> = {}): string {
  return JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 5, ...rest }, undefined, 1);
}

function refusal(text: string): WorkbenchError {
  try {
    readNotebook('/w/a.ipynb', text);
  } catch (error) {
    assert.ok(error instanceof WorkbenchError);
    return error;
  }
  return assert.fail('It was read.');
}

describe('readNotebook', () => {
  it('reads cells, their languages and outputs', () => {
    const { cells, ours } = readNotebook(
      '/w/a.ipynb',
      write(
        [
          { cell_type: 'markdown', id: 'm', metadata: {}, source: ['# A\n', 'b'] },
          {
            ...code,
            id: 'c',
            source: 'name: x',
            metadata: { vscode: { languageId: 'aiwb-bench' } },
            execution_count: 3,
          },
          {
            ...code,
            outputs: [
              { output_type: 'stream', name: 'stderr', text: ['a\n', 'b'] },
              {
                output_type: 'display_data',
                metadata: {},
                data: { 'text/html': ['<p>\n', '</p>'], 'application/json': ['x'] },
              },
              { output_type: 'error', ename: 'E', evalue: 'v', traceback: ['t'] },
              { output_type: 'from-the-future' },
              'nonsense',
            ],
          },
        ],
        { metadata: { kernelspec: { name: 'ai-workbench', display_name: 'x' } } },
      ),
    );
    assert.ok(ours);
    assert.deepEqual(
      cells.map(({ id, kind, source, language, executionCount }) => [id, kind, source, language, executionCount]),
      [
        ['m', 'markdown', '# A\nb', 'yaml', undefined],
        ['c', 'code', 'name: x', 'aiwb-bench', 3],
        [undefined, 'code', '', 'yaml', undefined],
      ],
    );
    assert.deepEqual(cells[2]?.outputs, [
      { type: 'stream', name: 'stderr', text: 'a\nb' },
      { type: 'bundle', data: { 'text/html': '<p>\n</p>', 'application/json': ['x'] } },
      { type: 'error', name: 'E', value: 'v', traceback: ['t'] },
    ]);
  });

  it("knows a cell's language from the cell, then the notebook, then nobody", () => {
    const languageOf = (metadata: unknown): string | undefined =>
      readNotebook('/w/a.ipynb', write([code], { metadata })).cells[0]?.language;
    assert.equal(languageOf({ language_info: { name: 'python' } }), 'python');
    assert.equal(languageOf({ kernelspec: { name: 'ir', language: 'R' } }), 'R');
    assert.equal(languageOf({ kernelspec: { name: 'ai-workbench' }, language_info: { name: 'python' } }), 'yaml');
    assert.equal(languageOf(undefined), 'yaml');
  });

  it('says what is wrong and where', () => {
    const broken = refusal('{\n "cells": [\n  <<<<<<< HEAD\n ]}');
    assert.equal(broken.code, 'file-invalid');
    assert.deepEqual(broken.place, { path: '/w/a.ipynb', line: 3, column: 3 });
    assert.match(refusal('').message, /no valid JSON/);
    for (const text of ['null', '[]', '{}', '"x"']) assert.match(refusal(text).message, /is no notebook/);
    assert.match(refusal('{"nbformat": 4}').message, /no list of cells/);
    const old = refusal(write([], { nbformat: 3 }));
    assert.match(old.message, /nbformat 3, which is out of use/);
    assert.match(old.remedy ?? '', /jupyter nbconvert/);
    assert.match(refusal(write([], { nbformat: 5 })).message, /reads nbformat 4/);
    const odd = refusal(write([code, { cell_type: 'heading' }]));
    assert.match(odd.message, /Cell 2/);
    assert.equal(odd.place?.line, 10);
  });

  it('reads what is nested too deeply for anything else', () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    const { cells } = readNotebook(
      '/w/a.ipynb',
      `{"x": ${deep}, "cells": [{"cell_type": "raw", "source": "a"}], "nbformat": 4}`,
    );
    assert.equal(cells[0]?.source, 'a');
  });
});
