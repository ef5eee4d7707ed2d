import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { describeRunAsMarkdown, escapeMarkdown } from './markdown.ts';

const run: RunSummary = {
  id: 'r1',
  name: 'triage',
  kind: 'benchmark',
  file: 'nb.ipynb',
  state: 'succeeded',
  origin: 'notebook',
  createdAt: 1,
  endedAt: 2,
  archived: false,
  progress: { total: 480, done: 480, failed: 0, reused: 0, errors: {}, variants: [] },
  headlines: [{ model: 'a', label: 'Accuracy', value: 0.8214, unit: 'ratio' }],
};
describe('escapeMarkdown', () => {
  it('leaves nothing that a table, a link or HTML could start with', () => {
    assert.equal(escapeMarkdown('a|b `c` <img src=x>\n[d](e)'), 'a\\|b \\`c\\` &lt;img src=x&gt; \\[d\\](e)');
  });
});

describe('describeRunAsMarkdown', () => {
  it('gives the reason of a failure', () => {
    const failed: RunSummary = {
      ...run,
      state: 'failed',
      failure: { code: 'x', message: 'No key.', remedy: 'Set it.' },
    };
    assert.equal(describeRunAsMarkdown(failed), '**triage**: failed\n\nNo key. Set it.');
  });
});
