import assert from 'node:assert/strict';
import { isMap, isScalar, parseDocument } from 'yaml';
import { mapScalar } from './scalar-offsets.ts';

/** The source text behind each unit of a value's `{{name}}`. */
function sourceOf(source: string, part: string): string | undefined {
  const { contents } = parseDocument(source);
  const scalar = isMap(contents) ? contents.get('a', true) : undefined;
  if (!isScalar(scalar)) throw new Error('no scalar');
  const offsets = mapScalar(source, scalar);
  const at = String(scalar.value).indexOf(part);
  assert.ok(at >= 0, `${part} is not in ${JSON.stringify(scalar.value)}`);
  return offsets && source.slice(offsets[at], offsets[at + part.length]);
}

describe('places in scalars', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['plain', 'a: Say {{text}} now\n'],
    ['plain over lines', 'a: Say this\n  and {{text}}\n\n  now\n'],
    ['single quotes', "a: 'It''s {{text}}'\n"],
    ['double quotes', 'a: "Say\\t\\"\\u00e9\\U0001F600\\" {{text}}"\n'],
    ['double quotes over lines', 'a: "Say \\\n    more\n\n    {{text}}"\n'],
    ['literal', 'b: 1\na: |\n  Say\n\n    {{text}}\n  twice.\nc: 1\n'],
    ['literal, stripped', 'a: |-\n  {{text}}\n'],
    ['literal, kept', 'a: |+\n  x\n  {{text}}\n\n\n'],
    ['folded', 'a: >\n  Say\n  this {{text}}\n\n  now\n    more\n'],
    ['CRLF', 'a: |\r\n  Say\r\n  {{text}}\r\n'],
    ['folded CRLF', 'a: >-\r\n  Say\r\n  {{text}}\r\n'],
    ['surrogates', 'a: "😀 {{text}}"\n'],
  ];
  for (const [name, source] of cases) {
    it(`are found in ${name} text`, () => assert.equal(sourceOf(source, '{{text}}'), '{{text}}'));
  }

  it('are not given for what is no text', () => {
    const { contents } = parseDocument('a: 12\n');
    const scalar = isMap(contents) ? contents.get('a', true) : undefined;
    assert.equal(isScalar(scalar) ? mapScalar('a: 12\n', scalar) : 0, undefined);
  });
});
