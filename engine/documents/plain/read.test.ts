import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { generateFile } from '../../../test/fakes/large-files.ts';
import { randomEdit, randomPiece } from '../../../test/fakes/random-edits.ts';
import { createSeeded } from '../../../test/fakes/seeded.ts';
import type { DocumentPath } from '../diagnostic.ts';
import { documentKinds } from '../kinds.ts';
import { indexLines } from '../lines.ts';
import { describeDocument, parseDocument, type ParsedDocument, type ReadText } from '../parse.ts';
import { describeSyntax } from '../syntax.ts';
import { parseUntrusted } from '../untrusted-yaml.ts';
import { collectValue } from '../values.ts';
import { readPlainYaml } from './read.ts';

/** What `yaml` reads, with its tree from the beginning. */
function readByParser(text: string): ReadText {
  const { contents, errors, warnings } = parseUntrusted(text);
  const syntax = describeSyntax(text, errors, warnings, indexLines(text));
  return { syntax, collected: collectValue(contents), readTree: () => contents };
}

/** Also with the order of keys, and numbers that JSON does not have. */
function show(value: unknown): string {
  return JSON.stringify(value, (_key, field: unknown) =>
    typeof field === 'number' && (!Number.isFinite(field) || Object.is(field, -0)) ? `number ${String(field)}` : field,
  );
}

/** Whether a text is read as plain; if so it has to be without a fault for the parser too, and the same value. */
function isReadAlike(text: string): boolean {
  const plain = readPlainYaml(text);
  if (plain === undefined) return false;
  const { syntax, collected } = readByParser(text);
  const shown = JSON.stringify(text.slice(0, 2_000));
  assert.deepEqual([...syntax, ...collected.faults], [], shown);
  assert.equal(collected.targets.size, 0, shown);
  assert.equal(show(plain.value), show(collected.value), shown);
  return true;
}

function readPolicyFiles(): readonly string[] {
  return ['examples/policies', 'templates/policies'].flatMap(folder =>
    readdirSync(folder)
      .filter(name => name.endsWith('.policy.yaml'))
      .map(name => readFileSync(`${folder}/${name}`, 'utf8')),
  );
}

describe('plain YAML', () => {
  const read: readonly [what: string, text: string, value: unknown][] = [
    [
      'fields, lists and what is nested',
      'a:\n  b: 1\n  c:\n  - x\n  - - y\n    - z\nd:\n',
      { a: { b: 1, c: ['x', ['y', 'z']] }, d: null },
    ],
    [
      'mappings on the line of their dash',
      'a:\n  - b: 1\n    c:\n      - d: 2\n  -   e: 3\n      f: 4\n',
      {
        a: [
          { b: 1, c: [{ d: 2 }] },
          { e: 3, f: 4 },
        ],
      },
    ],
    [
      'brackets over several lines',
      'a: {b: [1, x y,\n   "z, z"], c: {}}\nd: [ ]\n',
      { a: { b: [1, 'x y', 'z, z'], c: {} }, d: [] },
    ],
    [
      'numbers and words of the core schema',
      'a: [1, -2.5, 1e3, 0x1f, 0o7, .5, +1, true, False, null, ~, yes, 1.0.0, 08x, -a]',
      { a: [1, -2.5, 1000, 31, 7, 0.5, 1, true, false, null, null, 'yes', '1.0.0', '08x', '-a'] },
    ],
    [
      'texts in quotes',
      `a: "x: \\"y\\" # \\u00e4\\n"\nb: 'it''s'\n"#c d": ""\n`,
      { a: 'x: "y" # ä\n', b: "it's", '#c d': '' },
    ],
    [
      'texts over several lines',
      'a: one\n  two\n\n  three # note\nb: "one\n  two"\n',
      { a: 'one two\nthree', b: 'one two' },
    ],
    [
      'blocks of text',
      'a: |\n  x\n\n    y # z\nb: >-\n  x\n  y\n\n  z\nc: >\n   k: v\n',
      { a: 'x\n\n  y # z\n', b: 'x y\nz', c: 'k: v\n' },
    ],
    ['comments and empty lines', '# a\n\na: 1 # b\n  # c\nb: # d\n  - 2\n# e', { a: 1, b: [2] }],
    ['lines that end as on Windows', 'a: |\r\n  x\r\n  y\r\nb: [1,\r\n  2]\r\n', { a: 'x\ny\n', b: [1, 2] }],
    ['keys that objects treat apart', '__proto__: 1\nconstructor: 2\n', JSON.parse('{"__proto__":1,"constructor":2}')],
    [
      'addresses and marks within words',
      'a: http://x:80/y#z\nb: [a:b, x#y, <=]\n',
      { a: 'http://x:80/y#z', b: ['a:b', 'x#y', '<='] },
    ],
  ];
  for (const [what, text, value] of read) {
    it(`is read without a tree: ${what}`, () => {
      assert.ok(isReadAlike(text), 'It was left to the parser.');
      assert.equal(show(readPlainYaml(text)?.value), show(value));
    });
  }

  const left: readonly [what: string, text: string][] = [
    ['nothing', ''],
    ['no mapping', '- a\n'],
    ['a key twice', 'a: 1\nb: 2\na: 3\n'],
    ['a key twice in brackets', 'a: {b: 1, b: 2}\n'],
    ['anchors', 'a: &x 1\nb: *x\n'],
    ['merged mappings', 'a: {b: 1}\n<<: {c: 2}\n'],
    ['tags', 'a: !!str 1\n'],
    ['several documents', 'a: 1\n---\nb: 2\n'],
    ['tabs', 'a:\tb\n'],
    ['a text that is not closed', 'a: "b\nc: 1\n'],
    ['a bracket that is not closed', 'a: [b\nc: 1\n'],
    ['a colon in a text', 'a: b: c\n'],
    ['lines that fit no column', 'a:\n    b: 1\n  c: 2\n'],
    ['a bracket that ends too far left', 'a:\n  b: [1,\n  2]\n'],
    ['a mark that starts no text', 'a: @b\n'],
    ['an unknown escape', 'a: "\\q"\n'],
    ['a pair within a list', 'a: [b: 1]\n'],
    ['a text after a comment that the parser takes for less indented', 'a:\n#b\n  c\n\nd: 1\n'],
    ['a space that looks like one', 'a:\u00a0b\n'],
    ['nesting without measure', `a: ${'['.repeat(40)}${']'.repeat(40)}\n`],
  ];
  for (const [what, text] of left) {
    it(`is not: ${what}`, () => {
      assert.equal(readPlainYaml(text), undefined);
    });
  }

  it('is what our policies are written in', () => {
    const files = readPolicyFiles();
    assert.ok(files.length >= 8);
    for (const text of files) assert.ok(isReadAlike(text), text.slice(0, 200));
  });

  for (const [index, kind] of documentKinds.entries()) {
    it(`has the parser's value after each of 800 edits: ${kind}`, () => {
      const random = createSeeded(31 + index);
      let plain = 0;
      let text = '';
      for (let edit = 0; edit < 800; edit += 1) {
        if (edit % 5 === 0) text = generateFile(kind, 10, random);
        if (edit % 50 === 0) text = text.replaceAll('\n', '\r\n');
        text = randomEdit(text, random);
        if (isReadAlike(text)) plain += 1;
      }
      assert.ok(plain > 2, String(plain));
    }).timeout(60_000);
  }

  it("has the parser's value for 15,000 texts of pieces that mean something in YAML", () => {
    const random = createSeeded(7);
    const starts = [
      'a:',
      'a: ',
      'a: b\n',
      'a:\n  b:\n',
      'a:\n- ',
      'a: {b: ',
      'a: [',
      'a: |\n  x\n',
      'a: >-\n  x\n',
      'a: "x',
      "a: 'x",
    ];
    let plain = 0;
    for (let round = 0; round < 15_000; round += 1) {
      let text = starts[Math.floor(random() * starts.length)] ?? '';
      for (let count = Math.floor(random() * 7); count >= 0; count -= 1) text += randomPiece(random);
      if (isReadAlike(text)) plain += 1;
    }
    assert.ok(plain > 500, String(plain));
  }).timeout(60_000);
});

describe('a policy read without a tree', () => {
  function expectSame(parsed: ParsedDocument, whole: ParsedDocument): void {
    const shown = JSON.stringify(parsed.text.slice(0, 3_000));
    assert.deepEqual(parsed.diagnostics, whole.diagnostics, shown);
    assert.equal(show(parsed.value), show(whole.value), shown);
    assert.equal(show(parsed.draft), show(whole.draft), shown);
    for (const path of collectPaths(whole.draft, []))
      for (const part of ['key', 'value'] as const)
        assert.deepEqual(parsed.locate(path, part), whole.locate(path, part), `${JSON.stringify(path)} in ${shown}`);
  }

  function collectPaths(value: unknown, path: DocumentPath): DocumentPath[] {
    if (typeof value !== 'object' || value === null) return [path];
    return [
      path,
      [...path, 'none'],
      ...Object.entries(value).flatMap(([key, field]) =>
        collectPaths(field, [...path, Array.isArray(value) ? Number(key) : key]),
      ),
    ];
  }

  it('has the same findings, values and places as one read with it, whole or broken', () => {
    const random = createSeeded(3);
    const counts = { valid: 0, invalid: 0, broken: 0 };
    for (const file of readPolicyFiles()) {
      for (let round = 0; round < 32; round += 1) {
        let text = file;
        for (let edits = round % 4; edits > 0; edits -= 1) text = randomEdit(text, random);
        const parsed = parseDocument('policy', text);
        expectSame(parsed, describeDocument('policy', text, readByParser(text)));
        if (readPlainYaml(text) === undefined) counts.broken += 1;
        else counts[parsed.value === undefined ? 'invalid' : 'valid'] += 1;
      }
    }
    assert.ok(counts.valid > 60 && counts.invalid > 15 && counts.broken > 60, JSON.stringify(counts));
  }).timeout(60_000);
});
