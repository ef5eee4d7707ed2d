import assert from 'node:assert/strict';
import { parseDocument } from 'yaml';
import { createSeeded } from '../../test/fakes/seeded.ts';
import { writeRandomYaml } from '../../test/fakes/random-yaml.ts';
import { applyChanges } from './change.ts';
import { formatText } from './format.ts';
import { hasSameContent } from './same-content.ts';

function format(text: string, tabSize = 2): string {
  return applyChanges(text, formatText(text, { tabSize }));
}

const cases: Readonly<Record<string, readonly [string, string]>> = {
  'indents lists and mappings by one step': [
    'a:\n      b:\n          c: 1\nl:\n- x\n-   y: 1\n    z: 2\n',
    'a:\n  b:\n    c: 1\nl:\n  - x\n  - y: 1\n    z: 2\n',
  ],
  'sets one space after colons, commas and dashes': [
    'a:   1\nb : 2\nc: [1,2 , 3]\nd: { x:  1 ,y: 2 }\ne:\n  -   f\n',
    'a: 1\nb: 2\nc: [1, 2, 3]\nd: {x: 1, y: 2}\ne:\n  - f\n',
  ],
  'keeps at most one blank line, and one line break at the end': ['\n\na: 1  \n\n\n\nb: 2 \n \n\n', 'a: 1\n\nb: 2\n'],
  'ends the last line': ['a: 1', 'a: 1\n'],
  'keeps comments where they belong': [
    'a:\n    # of b\n    b: 1 # told\n    # the last of a\n# of c\nc: 2\n',
    'a:\n  # of b\n  b: 1 # told\n  # the last of a\n# of c\nc: 2\n',
  ],
  'keeps anchors, aliases and merge keys': [
    'a:   &x {p: 1}\nb:\n    <<:  *x\n    c:  *x\n',
    'a: &x {p: 1}\nb:\n  <<: *x\n  c: *x\n',
  ],
  'moves block texts as they are': [
    'a:\n    b: |\n          one\n            two  \n\n          three\n    c: >2-\n        counted\n',
    'a:\n  b: |\n    one\n      two  \n\n    three\n  c: >2-\n      counted\n',
  ],
  'keeps quotes and what they hold': [
    `a:  "x  y"\nb:  'it''s'\nc: "one\n      two"\n`,
    `a: "x  y"\nb: 'it''s'\nc: "one\n  two"\n`,
  ],
  'lays out brackets over several lines': [
    'a: [1,\n 2,\n      {b: 1,\n c: 2}\n ]\nx:\n- [\n    y]\n',
    'a: [1,\n  2,\n  {b: 1,\n    c: 2}\n]\nx:\n  - [\n    y]\n',
  ],
  'keeps line ends': ['a:  1\r\nb:\r\n    c: 2', 'a: 1\r\nb:\r\n  c: 2\r\n'],
  'keeps a byte order mark': ['\uFEFFa:   1\n', '\uFEFFa: 1\n'],
};

describe('formatText', () => {
  for (const [name, [before, after]] of Object.entries(cases)) {
    it(name, () => {
      assert.equal(format(before), after);
      assert.equal(format(after), after);
    });
  }

  it('follows the size of a tab', () => {
    assert.equal(format('a:\n  b:\n  - c: 1\n    d: 2\n', 4), 'a:\n    b:\n        - c: 1\n          d: 2\n');
    assert.equal(format('a:\n    b: 1\n', Number.NaN), 'a:\n  b: 1\n');
  });

  it('changes nothing in what it cannot be sure of', () => {
    for (const text of [
      'a:  [1\n',
      'a:\n\tb:   1\n',
      'a:  1\n---\nb:   2\n',
      '?   a\n:   b\n',
      '%YAML 1.2\n---\na:   1\n',
      'a:  1\rb: 2\n',
      '',
    ]) {
      assert.deepEqual(formatText(text, { tabSize: 2 }), [], JSON.stringify(text));
    }
  });

  it('changes only lines of a range, and no indentation that the rest would contradict', () => {
    const text = 'a:   1\nb:\n    c:   1\n    d:   2\ne:   3\n';
    const range = (from: string, to: string) => ({ start: text.indexOf(from), end: text.indexOf(to) });
    const formatted = (from: string, to: string): string =>
      applyChanges(text, formatText(text, { tabSize: 2, range: range(from, to) }));
    assert.equal(formatted('c:', 'c:'), 'a:   1\nb:\n    c: 1\n    d:   2\ne:   3\n');
    assert.equal(formatted('b:', 'e:'), 'a:   1\nb:\n  c: 1\n  d: 2\ne:   3\n');
  });

  it('makes small edits', () => {
    assert.deepEqual(formatText('a: 1\nb:   2\nc: 3\n', { tabSize: 2 }), [{ start: 8, end: 10, text: '' }]);
  });

  it('keeps the content of 1,500 random documents and is done after once', function () {
    this.timeout(60_000);
    const random = createSeeded(20_261_129);
    let formatted = 0;
    for (let round = 0; round < 1_500; round++) {
      const text = writeRandomYaml(random);
      const tabSize = [2, 2, 4, 3][Math.floor(random() * 4)] ?? 2;
      const changes = formatText(text, { tabSize });
      if (parseDocument(text, { logLevel: 'silent' }).errors.length > 0) {
        assert.deepEqual(changes, [], JSON.stringify(text));
        continue;
      }
      const after = applyChanges(text, changes);
      assert.ok(hasSameContent(text, after), JSON.stringify(text));
      assert.equal(after.replace(/[ \t\r\n]/g, ''), text.replace(/[ \t\r\n]/g, ''), JSON.stringify(text));
      assert.deepEqual(formatText(after, { tabSize }), [], JSON.stringify(text));
      if (changes.length > 0) formatted += 1;
    }
    // Not by doing nothing.
    assert.ok(formatted > 400, String(formatted));
  });
});
