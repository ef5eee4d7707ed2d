import assert from 'node:assert/strict';
import { escapeMarkdown } from './markdown.ts';

describe('escapeMarkdown', () => {
  it('leaves nothing that a table, a link or HTML could start with', () => {
    assert.equal(escapeMarkdown('a|b `c` <img src=x>\n[d](e)'), 'a\\|b \\`c\\` &lt;img src=x&gt; \\[d\\](e)');
  });
});
