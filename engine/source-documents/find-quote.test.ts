import assert from 'node:assert/strict';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { createQuoteFinder, findQuote, longestQuote } from './find-quote.ts';

const text = [
  '4.2 Models shall be tested for risk-',
  'based thresholds before re-sign\u00ADing.  The bank\u2019s \u201Cowner\u201D must con\uFB01rm the iden-',
  'tity of each\u00A0approver \u2013 in writing.',
  'Cafe\u0301 models need no approval.',
].join('\n');

describe('findQuote', () => {
  const found: readonly [what: string, quote: string, words: string][] = [
    ['to the letter', 'Models shall be tested', 'Models shall be tested'],
    ['over a line end with its hyphen', 'risk-based thresholds', 'risk-\nbased thresholds'],
    ['over a line end without its hyphen', 'the identity of each', 'the iden-\ntity of each'],
    ['with white space of another kind', 'the identity of\n each approver', 'the iden-\ntity of each\u00A0approver'],
    ['with a soft hyphen', 're-signing.', 're-sign\u00ADing.'],
    ['with plain quote marks and apostrophes', 'The bank\'s "owner" must', 'The bank\u2019s \u201Cowner\u201D must'],
    ['with letters in place of a ligature', 'must confirm the', 'must con\uFB01rm the'],
    ['with another dash', 'approver - in writing', 'approver \u2013 in writing'],
    ['with a composed accent', 'Caf\u00E9 models', 'Cafe\u0301 models'],
    ['within white space of its own', '\n  Models shall be\t', 'Models shall be'],
  ];
  for (const [what, quote, words] of found) {
    it(`finds a quote ${what}`, () => {
      const spans = findQuote(text, quote);
      assert.deepEqual(
        spans.map(({ start, end }) => text.slice(start, end)),
        [words],
      );
    });
  }

  const missing: readonly [what: string, quote: string][] = [
    ['with a letter changed', 'Models shall be rested'],
    ['with a word left out', 'Models shall tested'],
    ['in another case', 'models SHALL be tested'],
    ['without a hyphen that stands within a line', 'before resigning'],
    ['with words run together', 'Modelsshall be tested'],
    ['with a word split', 'Mod els shall'],
    ['without its accent', 'Cafe models'],
    ['of nothing', ''],
    ['of white space', ' \n '],
    ['with words left out and said so', 'Models shall \u2026 thresholds'],
  ];
  for (const [what, quote] of missing) {
    it(`does not find a quote ${what}`, () => assert.deepEqual(findQuote(text, quote), []));
  }

  it('tells every place in order', () => {
    assert.deepEqual(findQuote('may not, may not', 'may not'), [
      { start: 0, end: 7 },
      { start: 9, end: 16 },
    ]);
    assert.deepEqual(findQuote('may  not, may\nnot', 'may not'), [
      { start: 0, end: 8 },
      { start: 10, end: 17 },
    ]);
  });

  it('looks for no copy of a whole text', () => {
    const long = 'shall '.repeat(1000);
    assert.ok(findQuote(long, long.slice(0, longestQuote)).length > 0);
    assert.deepEqual(findQuote(long, long.slice(0, longestQuote + 1)), []);
  });

  it('ends its search of a text made to be slow', () => {
    const slow = `${'a'.repeat(2000)}-`.repeat(200);
    assert.deepEqual(findQuote(slow, 'a'.repeat(3999)), []);
  });
});

describe('findQuote on random texts', () => {
  const letters = [
    'a',
    'b',
    'c',
    'shall',
    'X',
    ' ',
    ' ',
    '\n',
    '-',
    '-\n',
    '\u00AD',
    '\uFB01',
    '\u2019',
    '\u201C',
    'e\u0301',
  ];
  letters.push('\u00E9', '\u2014', '\u00A0', '\u{1F600}', '.', '7', '\u200B', '\t');

  it('finds any part of a text, there', () => {
    const random = createSeeded(17);
    for (let turn = 0; turn < 3000; turn++) {
      const words = Array.from({ length: 60 }, () => letters[Math.floor(random() * letters.length)]!);
      const source = words.join('');
      const start = words.slice(0, Math.floor(random() * 30)).join('').length;
      const quote = source.slice(start, start + 1 + Math.floor(random() * 40));
      if (quote.trim() === '') continue;
      const spans = findQuote(source, quote);
      assert.ok(
        spans.some(span => source.slice(span.start, span.end) === quote),
        JSON.stringify({ source, quote }),
      );
    }
  });

  it('finds any part of a text whose white space was changed, around the same letters', () => {
    const random = createSeeded(23);
    for (let turn = 0; turn < 3000; turn++) {
      const source = Array.from({ length: 80 }, () => letters[Math.floor(random() * letters.length)]!).join('');
      const start = Math.floor(random() * 20);
      const quote = source.slice(start, start + 30).replace(/\s+/gu, ' \n');
      const visible = quote.replace(/[\s\u00AD\u200B-]/gu, '');
      // A part that begins or ends within a character, or has a hyphen at its edge or before white space, is another text.
      if (visible === '' || /^[\u0301\uDC00-\uDFFF]|[\uD800-\uDBFF]$/u.test(quote) || /[-\u2014]/u.test(quote))
        continue;
      if (/^\p{M}/u.test(source.slice(start + 30))) continue;
      const spans = createQuoteFinder(source)(quote);
      assert.ok(spans.length > 0, JSON.stringify({ source, quote }));
      for (const span of spans)
        assert.equal(
          lettersOf(source.slice(span.start, span.end)),
          lettersOf(quote),
          JSON.stringify({ source, quote }),
        );
    }
  });

  it('never finds a quote with one letter changed', () => {
    const random = createSeeded(5);
    const alphabet = 'abcdefghijklmnopqrstuvwxyz';
    for (let turn = 0; turn < 3000; turn++) {
      const source = Array.from({ length: 300 }, () =>
        random() < 0.15 ? ' ' : alphabet[Math.floor(random() * 26)]!,
      ).join('');
      const start = Math.floor(random() * 200);
      const quote = source.slice(start, start + 40).trim();
      const at = Math.floor(random() * quote.length);
      if (quote[at] === ' ') continue;
      const changed = `${quote.slice(0, at)}${quote[at] === 'q' ? 'z' : 'q'}${quote.slice(at + 1)}`;
      assert.deepEqual(findQuote(source, changed), [], JSON.stringify({ source, changed }));
    }
  });
});

function lettersOf(part: string): string {
  return part
    .normalize('NFKC')
    .replace(/[\u2018\u2019]/gu, "'")
    .replace(/[\u201C\u201D]/gu, '"')
    .replace(/[\s\u00AD\u200B-]/gu, '');
}
