import assert from 'node:assert/strict';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { findTemplate, matchTemplate } from './delta-template.ts';

function write(content: string, more: object = {}): string {
  return JSON.stringify({ id: 'c-1', choices: [{ index: 0, delta: { content }, finish_reason: null }], ...more });
}

describe('stream event template', () => {
  it('reads the text of events that differ in nothing else', () => {
    const template = findTemplate(write('Hello'), 'content', 'Hello');
    assert.ok(template);
    for (const text of ['', ' world', '世界', 'a: b, {c}']) assert.equal(matchTemplate(template, write(text)), text);
  });

  it('reads events written with a space after the colon', () => {
    const spaced = (text: string) => `{"choices": [{"delta": {"content": ${JSON.stringify(text)}}}]}`;
    const template = findTemplate(spaced('a'), 'content', 'a');
    assert.ok(template);
    assert.equal(matchTemplate(template, spaced('b')), 'b');
  });

  it('leaves everything else to the parser', () => {
    const template = findTemplate(write('Hello'), 'content', 'Hello');
    assert.ok(template);
    const others = [
      write('say "hi"'),
      write('a\nb'),
      write('\\'),
      write('x', { usage: {} }),
      write('x').slice(0, -1),
      '[DONE]',
      '',
    ];
    for (const event of others) assert.equal(matchTemplate(template, event), undefined, event);
  });

  it('finds no template where the place of the text is not certain', () => {
    assert.equal(findTemplate(write('a', { logprobs: { content: 'a' } }), 'content', 'a'), undefined);
    assert.equal(findTemplate('{"choices":[{"delta":{"content":"\\u0061"}}]}', 'content', 'a'), undefined);
    assert.equal(findTemplate('{"x\\"content":"a"}', 'content', 'a'), undefined);
    assert.equal(findTemplate('{"choices":[]}', 'content', 'a'), undefined);
  });

  it('never disagrees with JSON.parse', () => {
    const alphabet = ['a', '"', '\\', '\n', '{', '}', 'ü', '👩', '\u0001', ',"x":', '"content":'];
    for (let seed = 1; seed <= 3000; seed++) {
      const random = createSeeded(seed);
      const word = () =>
        Array.from({ length: Math.floor(random() * 4) }, () => alphabet[Math.floor(random() * alphabet.length)]).join(
          '',
        );
      const [first, second] = [word(), word()];
      const template = findTemplate(write(first), 'content', first);
      const text = template && matchTemplate(template, write(second));
      if (text !== undefined) assert.equal(text, second, `seed ${seed}`);
      if (template && /^[\w{}ü👩]*$/u.test(second)) assert.equal(text, second, `seed ${seed}`);
    }
  });
});
