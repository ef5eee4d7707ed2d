import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { exportsOfSample } from '../../test/golden/scorecard-exports.ts';

const folder = new URL('../../test/golden/scorecard-exports/', import.meta.url);

describe('exports that were read by people', () => {
  it('are what they were; test/golden/tools/write-scorecard-exports.ts writes them anew', async () => {
    const made = await exportsOfSample();
    assert.deepEqual([...made.keys()].sort(), readdirSync(folder).sort());
    for (const [name, text] of made) assert.equal(text, readFileSync(new URL(name, folder), 'utf8'), name);
  });
});
