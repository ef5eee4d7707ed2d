import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { TuningComparison } from '../../schemas/generated/messages.ts';
import { renderTuningHtml } from '../run-exports/html.ts';
import { renderTuningMarkdown, renderTuningText } from './text.ts';

function read(name: string): TuningComparison {
  const file = path.join(import.meta.dirname, '../../test/fixtures/tuning', `${name}.json`);
  return JSON.parse(readFileSync(file, 'utf8')) as TuningComparison;
}

describe('a tuning run as text', () => {
  it('leads with what got better and what got worse, then base and tuned model side by side', () => {
    const lines = renderTuningText(read('speech')).split('\n');
    assert.equal(
      lines[0],
      'radio-speech: run 01JD9A0000SPEECH0000000001 succeeded, from hub:openai/whisper-small on pod, 900 steps in 5 of 8 epochs, 3,600 training rows',
    );
    assert.equal(lines[2], 'Better on core performance: WER 0.212 → 0.141 (-0.071, -0.090 to -0.052, n 480).');
    assert.match(lines[5] ?? '', /^Worse for accent “scottish”: WER 0\.265 → 0\.314/);
    const text = lines.join('\n');
    assert.match(text, /core performance: WER +0\.212 +0\.141 +-0\.071 \(-0\.090 to -0\.052\) +480 +<0\.001 +better/);
    assert.match(text, /accent scottish: WER +0\.265 +0\.314 +\+0\.049 .* 160 +0\.006 +worse/);
    assert.match(
      text,
      /Used: 1 h 28 min, 1\.45 GPU-hours, .*11,812,440 tokens, 1\.30 USD, 0\.86 USD an hour on 1 × NVIDIA L40S/,
    );
    assert.match(text, /Before the start: The estimate of 2\.40 USD .* Raise `limits\.budget`/);
    assert.match(text, /Stopped early after step 900/);
  });

  it('sorts a search by its figure, and says for which run no other is as good for less', () => {
    const text = renderTuningText(read('search'));
    const trials = [...text.matchAll(/^(\d) +01JD9A0000TRIAL/gm)].map(([, trial]) => trial);
    assert.deepEqual(trials, ['5', '3', '2', '4', '1', '6']);
    assert.match(text, /TRIAL000000000004 .* another is as good for less/);
    assert.match(text, /TRIAL000000000005 .* none as good for less/);
  });

  it('is the same as Markdown, with nothing of a file taken for markup', () => {
    assert.match(renderTuningMarkdown(read('speech')), /\| core performance: CER \| 0\.094 \| 0\.061 \|/);
    assert.doesNotMatch(renderTuningMarkdown(read('hostile')), /<script|<img/);
  });

  it('is in a self-contained page without its script, too', () => {
    const html = renderTuningHtml(read('speech'), { script: 'run()', nonce: 'n0' });
    const plain = /<noscript>([^]*?)<\/noscript>/.exec(html)?.[1] ?? '';
    assert.match(plain, /Better on core performance: WER 0\.212 → 0\.141/);
    assert.match(plain, /<caption[^>]*>Base and tuned model on the test rows<\/caption>/);
    assert.match(plain, /aria-label="WER by step"/);
    assert.match(plain, /aria-label="Loss by step, in nats a token"/);
    assert.doesNotMatch(plain, /<script/);
    const hostile = renderTuningHtml(read('hostile'), { script: '', nonce: 'n0' });
    assert.equal(hostile.match(/<\/noscript>/g)?.length, 1);
    assert.doesNotMatch(/<noscript>([^]*?)<\/noscript>/.exec(hostile)?.[1] ?? '', /<script|<img/);
  });
});
