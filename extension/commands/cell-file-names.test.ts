import assert from 'node:assert/strict';
import { fileNameFor, nameCell, withEnding } from './cell-file-names.ts';

describe('names of files made of cells', () => {
  it('come from what the cell calls itself, with the ending of its kind', () => {
    assert.equal(fileNameFor('bench', 'Ticket triage: v2'), 'Ticket-triage-v2.bench.yaml');
    assert.equal(fileNameFor('tune', '../../etc/passwd'), 'etc-passwd.tune.yaml');
    assert.equal(fileNameFor('policy', ''), 'cell.policy.yaml');
    assert.equal(fileNameFor('prompt', '…'), 'cell.prompt.yml');
    assert.equal(fileNameFor('compare', 'x'), undefined);
  });

  it('get their ending where a person left it out', () => {
    assert.equal(withEnding('bench', '/w/a.bench.yml'), '/w/a.bench.yml');
    assert.equal(withEnding('bench', '/w/a.yaml'), '/w/a.bench.yaml');
    assert.equal(withEnding('tune', '/w/a'), '/w/a.tune.yaml');
  });

  it("keep the cell's own name of its result", () => {
    assert.equal(nameCell('use: a.bench.yaml\n', 'first'), 'as: first\nuse: a.bench.yaml\n');
    assert.equal(nameCell('as: first\nuse: a\n', 'first'), 'as: first\nuse: a\n');
    assert.equal(nameCell('use: a\n', undefined), 'use: a\n');
  });
});
