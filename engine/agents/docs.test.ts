import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { agentTools } from './tools.ts';

describe('docs/agents.md', () => {
  it('has a row for every tool', () => {
    const text = readFileSync(path.join(import.meta.dirname, '../../docs/agents.md'), 'utf8');
    const rows = [...text.matchAll(/^\| `(aiwb_\w+)`/gm)].map(([, name = '']) => name);
    assert.deepEqual(rows.toSorted(), agentTools.map(({ name }) => name).toSorted());
  });
});
