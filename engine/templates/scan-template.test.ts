import assert from 'node:assert/strict';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { scanTemplate } from './scan-template.ts';

function scan(text: string): readonly string[] {
  for (const token of scanTemplate(text)) assert.equal(text.slice(token.start, token.end), token.text);
  return scanTemplate(text).flatMap(({ kind, text: piece }) =>
    kind === 'delimiter' || kind === 'operator' ? [] : [`${kind} ${piece}`],
  );
}

describe('scanning a template', () => {
  it('tells variables from properties, filters and keywords', () => {
    assert.deepEqual(
      scan('Say {{ text | upper }} to {{user.name}} {% if a and not b is defined -%}x{%- endif %}{# note #}'),
      [
        'variable text',
        'filter upper',
        'variable user',
        'property name',
        'keyword if',
        'variable a',
        'keyword and',
        'keyword not',
        'variable b',
        'keyword is',
        'filter defined',
        'keyword endif',
        'comment {# note #}',
      ],
    );
    assert.deepEqual(scan('{{ a is not defined }}'), ['variable a', 'keyword is', 'keyword not', 'filter defined']);
    assert.deepEqual(scan('{{ x | default("a", boolean=true) }} {% for row in rows %}{{ row[0] }}{% endfor %}'), [
      'variable x',
      'filter default',
      'string "a"',
      'property boolean',
      'keyword true',
      'keyword for',
      'variable row',
      'keyword in',
      'variable rows',
      'variable row',
      'number 0',
      'keyword endfor',
    ]);
  });

  it('takes what is half typed', () => {
    assert.deepEqual(scan('a {{ te'), ['variable te']);
    assert.deepEqual(scan('a { b } {{'), []);
    assert.deepEqual(scan('{# open'), ['comment {# open']);
    assert.deepEqual(scan('{{ "open'), ['string "open']);
  });

  it('keeps its places right whatever comes', () => {
    const random = createSeeded(5);
    const pieces = ['{{', '}}', '{%', '%}', '{#', '#}', 'a', ' ', '.', '|', '"', "'", '\\', '😀', '-', '\n', '1'];
    for (let round = 0; round < 2000; round++) {
      let text = '';
      for (let left = Math.floor(random() * 14); left > 0; left--)
        text += pieces[Math.floor(random() * pieces.length)] ?? '';
      let at = 0;
      for (const token of scanTemplate(text)) {
        assert.ok(token.start >= at && token.end > token.start && token.end <= text.length, JSON.stringify(text));
        assert.equal(text.slice(token.start, token.end), token.text);
        at = token.end;
      }
    }
  });
});
