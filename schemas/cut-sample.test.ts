import assert from 'node:assert/strict';
import type { SampleRow } from './generated/messages.ts';
import { cutSample } from './cut-sample.ts';

const row: SampleRow = {
  id: 1,
  variant: 0,
  row: 0,
  repeat: 0,
  state: 'answered',
  input: 'short',
  target: 'right',
  output: 'answer',
  scores: {},
  slices: { region: 'north' },
  details: { finishReason: 'stop' },
};

describe('cutSample', () => {
  it('leaves a row alone that has no long text', () => {
    assert.equal(cutSample(row, 100), row);
  });

  it('cuts every long text, splits no surrogate pair, and says so', () => {
    const long = `${'x'.repeat(99)}\u{1f600}${'y'.repeat(1_000_000)}`;
    const failure = { class: 'server', message: long } as const;
    const cut = cutSample({ ...row, input: long, output: long, failure, slices: { region: long } }, 100);
    assert.equal(cut.cut, true);
    const expected = 'x'.repeat(99);
    assert.deepEqual([cut.input, cut.output, cut.failure?.message, cut.slices['region']], Array(4).fill(expected));
    assert.equal(cut.target, 'right');
    assert.deepEqual(cut.details, row.details);
  });

  it('leaves long details out', () => {
    const cut = cutSample({ ...row, details: { finishReason: 'z'.repeat(200) } }, 100);
    assert.equal(cut.cut, true);
    assert.equal(cut.details, undefined);
    assert.equal(cut.output, 'answer');
  });

  it('gives a row without an answer none', () => {
    const unanswered: SampleRow = { ...row };
    delete unanswered.output;
    assert.ok(!('output' in cutSample({ ...unanswered, input: 'i'.repeat(500) }, 100)));
  });
});
