import assert from 'node:assert/strict';
import { choosePassages, mostSent } from './choose-passages.ts';

const filler = (name: string): string =>
  Array.from(
    { length: 60 },
    (_, at) => `Paragraph ${String(at)} of ${name} speaks about office hours and the canteen.`,
  ).join('\n\n');

describe('choosePassages', () => {
  it('sends short documents whole, and empty ones not', () => {
    assert.deepEqual(choosePassages('Why?', ['one two', '', 'three']), [
      { document: 0, start: 0, end: 7 },
      { document: 2, start: 0, end: 5 },
    ]);
  });

  it('finds the passage that answers in long ones, in the order of the documents', () => {
    const answer = 'The model was tested on groups of native speakers and learners.';
    const texts = [
      `${filler('first')}\n\n${answer}\n\n${filler('first')}`,
      filler('second'),
      `${filler('third')}\n\nGroups tested: none.`,
    ];
    const chosen = choosePassages('Which groups was the model tested on?', texts, 4_000);
    const shown = chosen.map(({ document, start, end }) => texts[document]?.slice(start, end) ?? '');
    assert.ok(shown.some(text => text.includes(answer)));
    assert.ok(shown.some(text => text.includes('Groups tested: none.')));
    assert.ok(shown.reduce((sum, text) => sum + text.length, 0) <= 4_000);
    assert.deepEqual(
      chosen,
      [...chosen].sort((a, b) => a.document - b.document || a.start - b.start),
    );
    assert.deepEqual(choosePassages('Which groups was the model tested on?', texts, 4_000), chosen);
  });

  it('splits texts without a space, and never a character', () => {
    const text = '😀'.repeat(40_000);
    const chosen = choosePassages('😀?', [text]);
    const sent = chosen.map(({ start, end }) => text.slice(start, end));
    assert.ok(sent.join('').length <= mostSent && sent.length > 1);
    assert.ok(sent.every(part => part.isWellFormed()));
  });

  it('reads scripts that write no words apart', () => {
    const texts = ['午餐时间'.repeat(2_000) + '模型在三个群体上测试' + '午餐时间'.repeat(6_000)];
    const shown = choosePassages('模型测试了哪些群体', texts, 3_000).map(
      ({ start, end }) => texts[0]?.slice(start, end) ?? '',
    );
    assert.ok(shown.some(text => text.includes('群体')));
  });
});
