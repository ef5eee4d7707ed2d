import assert from 'node:assert/strict';
import path from 'node:path';
import { fileOfRuns } from './run-file.ts';

describe('fileOfRuns', () => {
  const notebook = path.resolve('/w/notes/story.ipynb');

  it('is the file that a cell uses, seen from the notebook', () => {
    assert.equal(fileOfRuns(notebook, 'as: a\nuse: "../b.bench.yaml" # ours\n'), path.resolve('/w/b.bench.yaml'));
  });

  it('is the notebook for cells that use none', () => {
    assert.equal(fileOfRuns(notebook, 'name: a\nnested:\n  use: x.bench.yaml\n'), notebook);
  });
});
