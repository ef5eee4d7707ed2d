import assert from 'node:assert/strict';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import { compileJsonTemplate } from './json-template.ts';

describe('JSON template', () => {
  it('fills texts and leaves the rest alone', () => {
    const template = compileJsonTemplate(
      { text: 'Say: {{ input }}', options: [{ lang: '{{ lang }}' }, 1, true, null, 'plain'], '{{ lang }}': 'key' },
      'body',
    );
    assert.deepEqual(template.variables, ['input', 'lang']);
    assert.deepEqual(template.fill({ input: 'hi', lang: 'de' }), {
      text: 'Say: hi',
      options: [{ lang: 'de' }, 1, true, null, 'plain'],
      '{{ lang }}': 'key',
    });
  });

  it('keeps the type of a value that stands alone', () => {
    const template = compileJsonTemplate({ age: '{{ age }}', both: '{{ age }} years', list: '{{list}}' }, 'body');
    assert.deepEqual(template.fill({ age: 41, list: [1, { a: 2 }] }), {
      age: 41,
      both: '41 years',
      list: [1, { a: 2 }],
    });
  });

  it('lets no text break out of its place', () => {
    const template = compileJsonTemplate({ a: '{{ input }}!', b: { c: 'x {{ input }}' } }, 'body');
    const alphabet = ['"', '\\', '}', '{', '{{ b }}', '{% if %}', '\n', '\u2028', ',"admin":true', 'ü', '\u0000'];
    for (let seed = 1; seed <= 500; seed++) {
      const random = createSeeded(seed);
      const input = Array.from({ length: 6 }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
      const sent: unknown = JSON.parse(JSON.stringify(template.fill({ input })));
      assert.deepEqual(sent, { a: `${input}!`, b: { c: `x ${input}` } });
    }
  });

  it('says which text cannot be parsed', () => {
    assert.throws(() => compileJsonTemplate({ a: [{ b: '{{ x' }] }, 'body'), {
      code: 'prompt-invalid',
      message: /^body\.a\[0\]\.b: the template cannot be parsed/,
    });
    let deep: unknown = 'x';
    for (let level = 0; level < 100; level++) deep = [deep];
    assert.throws(() => compileJsonTemplate(deep, 'body'), { code: 'prompt-invalid' });
  });
});
