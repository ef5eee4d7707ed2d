import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { columnsOf } from './output.ts';

describe('The columns of the standard output', () => {
  it('are those of the terminal, or those that COLUMNS says', () => {
    assert.equal(columnsOf({ isTTY: true, columns: 60 }, {}), 60);
    assert.equal(columnsOf({ isTTY: true, columns: 60 }, { COLUMNS: '100' }), 100);
    assert.equal(columnsOf({ isTTY: true, columns: 60 }, { COLUMNS: 'wide' }), 60);
  });

  it('are unknown for files and pipes, whatever COLUMNS says, and for a terminal that tells none', () => {
    assert.equal(columnsOf({}, { COLUMNS: '60' }), undefined);
    assert.equal(columnsOf({ isTTY: false, columns: 80 }, {}), undefined);
    assert.equal(columnsOf({ isTTY: true, columns: 0 }, { COLUMNS: '0' }), undefined);
  });
});
