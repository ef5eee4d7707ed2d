import assert from 'node:assert/strict';
import type { SourceText } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { excerptOf } from './excerpt.ts';

const filler = 'word '.repeat(400);
const text = `Policy\nScope\n${filler}\nLimits\nA person decides in the end. ${filler}`;

function source(): SourceText {
  const at = (words: string) => ({ start: text.indexOf(words), end: text.indexOf(words) + words.length });
  return {
    digest: 'd',
    name: 'policy.pdf',
    text,
    pages: [
      { page: 1, start: 0, end: 1500 },
      { page: 2, start: 1500, end: text.length },
    ],
    headings: [
      { level: 1, ...at('Policy') },
      { level: 2, ...at('Scope') },
      { level: 2, ...at('Limits') },
    ],
  };
}

describe('excerptOf', () => {
  const quote = 'A person decides in the end.';
  const start = text.indexOf(quote);

  it('shows a quote with its page, its headings and whole words around it', () => {
    const excerpt = excerptOf(source(), start, start + quote.length);
    assert.equal(excerpt.quote, quote);
    assert.deepEqual([excerpt.page, excerpt.pages, excerpt.headings], [2, 2, ['Policy', 'Limits']]);
    assert.match(excerpt.before, /^…word word /);
    assert.match(excerpt.before, /Limits\n$/);
    assert.match(excerpt.after, /word…$/);
    assert.ok(excerpt.before.length <= 801 && excerpt.after.length <= 801);
  });

  it('shows all there is at the ends of a document without pages', () => {
    const excerpt = excerptOf({ ...source(), text: quote, pages: [], headings: [] }, 0, quote.length);
    assert.deepEqual(excerpt, { name: 'policy.pdf', before: '', quote, after: '' });
  });

  it('refuses a place that the document does not have', () => {
    for (const [from, to] of [
      [-1, 4],
      [4, 4],
      [0, text.length + 1],
    ] as const)
      assert.throws(() => excerptOf(source(), from, to), FailureError);
  });
});
