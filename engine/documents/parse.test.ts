import assert from 'node:assert/strict';
import type { Diagnostic } from './diagnostic.ts';
import type { DocumentKind } from './kinds.ts';
import { parseDocument } from './parse.ts';

const dataset = 'dataset: {path: a.jsonl, input: text, target: label}';
const minimal = `name: x\n${dataset}\nmodels: [embedded:knn]\n`;

/** `line:column-endColumn code message`, counted from 1. */
function show(diagnostic: Diagnostic): string {
  const { start, end } = diagnostic.range;
  return `${start.line + 1}:${start.character + 1}-${end.character + 1} ${diagnostic.code} ${diagnostic.message}`;
}

function found(text: string, kind: DocumentKind = 'bench'): readonly string[] {
  return parseDocument(kind, text).diagnostics.map(show);
}

/** Expects exactly these findings, each by the start of its line or a pattern. */
function expectFound(text: string, expected: readonly (string | RegExp)[], kind: DocumentKind = 'bench'): void {
  const actual = found(text, kind);
  assert.equal(actual.length, expected.length, actual.join('\n') || 'nothing found');
  expected.forEach((wanted, index) => {
    const line = actual[index] ?? '';
    if (typeof wanted === 'string') assert.ok(line.startsWith(wanted), `${line}\n  does not start with\n${wanted}`);
    else assert.match(line, wanted);
  });
}

describe('parseDocument: valid files', () => {
  it('gives the value', () => {
    const parsed = parseDocument('bench', minimal);
    assert.deepEqual(parsed.diagnostics, []);
    assert.deepEqual(parsed.value?.models, ['embedded:knn']);
  });

  it('reads CRLF and a byte order mark', () => {
    const parsed = parseDocument('bench', `\uFEFF${minimal.replaceAll('\n', '\r\n')}`);
    assert.deepEqual(parsed.diagnostics, []);
    assert.equal(parsed.value?.name, 'x');
  });

  it('places findings in CRLF files as in any other', () => {
    expectFound(`${minimal}repeat: 2\n`.replaceAll('\n', '\r\n'), ['4:1-7 unknown-field']);
  });

  it('resolves anchors, aliases and merge keys', () => {
    const parsed = parseDocument(
      'workbench',
      'connections:\n  a: &a {provider: openai, model: m, parameters: &p {seed: 1}}\n  b: {<<: *a, model: n}\n  c: {<<: [*a], parameters: *p}\n',
    );
    assert.deepEqual(parsed.diagnostics, []);
    assert.deepEqual(parsed.value?.connections?.['b'], { provider: 'openai', model: 'n', parameters: { seed: 1 } });
  });

  it('keeps names that objects have of their own', () => {
    const parsed = parseDocument('workbench', 'connections:\n  constructor: {provider: openai, model: m}\n');
    assert.deepEqual(Object.keys(parsed.value?.connections ?? {}), ['constructor']);
    expectFound('__proto__: 1\n', [/^1:1-10 unknown-field/], 'workbench');
  });
});

describe('parseDocument: syntax', () => {
  it('names tabs as tabs, once a line', () => {
    expectFound('name: x\ndataset:\n\tpath: a\n\tinput: b\n', [
      '3:1-2 tab-indentation This line is indented with a tab.',
      '4:1-2 tab-indentation',
    ]);
    expectFound('models:\n\t- a\n', ['2:1-2 tab-indentation']);
  });

  it('finds several faults in one file', () => {
    expectFound(`name: "x\\q"\nmodels: [a, b\n${dataset}\nrepeats: @2\n`, [
      '1:9-10 yaml-syntax Unknown escape',
      '3:1-2 yaml-syntax The closing `]` is missing',
      '4:10-11 yaml-syntax A text cannot start with `@`',
    ]);
  });

  it('tells a field without a colon', () => {
    expectFound('name: x\ndataset:\n  path: a\n  inp\nmodels: [a]\n', ['4:3-6 yaml-syntax This field has no `:`']);
    expectFound(`name:x\n${dataset}\nmodels: [embedded:knn]\n`, [
      '1:1-7 yaml-syntax This line has no `: ` after its field name',
    ]);
  });

  it('tells an unclosed text', () => {
    const [first, ...others] = found(`name: "x\n${dataset}\n`);
    assert.match(first ?? '', /yaml-syntax This text starts with `"` and never ends/);
    assert.deepEqual(others, []);
  });

  it('refuses a repeated field and shows the first', () => {
    const parsed = parseDocument('bench', `${minimal}name: y\n`);
    assert.deepEqual(parsed.diagnostics.map(show), [
      '4:1-5 duplicate-key `name` stands here twice; only one can count.',
    ]);
    assert.equal(parsed.diagnostics[0]?.related?.[0]?.range.start.line, 0);
    assert.equal(parsed.value, undefined);
  });

  it('refuses a second document', () => {
    expectFound(`${minimal}---\nname: y\n`, ['4:1-4 several-documents']);
  });

  it('says what an empty file needs', () => {
    const expected = ['1:1-1 empty-file The file is empty. A benchmark needs `name`, `dataset` and `models`.'];
    expectFound('', expected);
    expectFound('# nothing\n', expected);
  });

  it('refuses anchor cycles and unknown anchors', () => {
    expectFound('a: &a [*a]\n', [/anchor-cycle `\*a` lies inside `&a`/], 'workbench');
    expectFound('store: *nope\n', [/^1:8-13 unknown-anchor `\*nope` refers to nothing/], 'workbench');
  });

  it('refuses an alias bomb without expanding it', () => {
    let text = 'a0: &a0 [1,1,1,1,1,1,1,1,1]\n';
    for (let level = 1; level < 12; level++) {
      text += `a${level}: &a${level} [${Array.from({ length: 9 }, () => `*a${level - 1}`).join(',')}]\n`;
    }
    const bombs = found(text).filter(line => line.includes('too-many-aliases'));
    assert.equal(bombs.length, 1);
    assert.equal(found(text).length, 1);
  });

  it('refuses nesting without end', function () {
    this.timeout(20_000);
    assert.deepEqual(
      found(`a: ${'['.repeat(5_000)}`).map(line => line.split(' ')[1]),
      ['too-deep'],
    );
    assert.deepEqual(
      found(`a: ${'['.repeat(100)}${']'.repeat(100)}`).map(line => line.split(' ')[1]),
      ['too-deep'],
    );
  });

  it('refuses a file over 1 MiB with one finding', () => {
    expectFound(`${minimal}# ${'x'.repeat(1024 * 1024)}\n`, ['1:1-1 too-large']);
    expectFound(`# ${'ä'.repeat(600_000)}\n`, ['1:1-1 too-large']);
  });

  it('refuses keys that are no text, and warns of tags', () => {
    expectFound(`${minimal}{a: 1}: 2\n`, [/yaml-syntax A field name must be plain text/]);
    const parsed = parseDocument('bench', minimal.replace('name: x', 'name: !foo x'));
    assert.deepEqual(parsed.diagnostics.map(show), [
      '1:7-11 unknown-tag The tag `!foo` means nothing here and is ignored.',
    ]);
    assert.equal(parsed.value?.name, 'x');
  });
});

describe('parseDocument: schema', () => {
  it('anchors a missing field on its parent', () => {
    expectFound('name: x\ndataset:\n  input: a\n  target: b\nmodels: [embedded:knn]\n', [
      '2:1-8 missing-field Missing `path` in `dataset`. What holds the rows',
    ]);
    expectFound('name: x\n', ['1:1-5 missing-field Missing `dataset`.', '1:1-5 missing-field Missing `models`.']);
  });

  it('anchors an unknown field on itself and suggests', () => {
    const parsed = parseDocument('bench', `${minimal}repaets: 3\n`);
    assert.deepEqual(parsed.diagnostics.map(show), [
      '4:1-8 unknown-field Unknown field `repaets`. Did you mean `repeats`?',
    ]);
    assert.equal(parsed.diagnostics[0]?.replacement, 'repeats');
    expectFound(`${minimal}limits: {zzz: 1}\n`, [/Unknown field `zzz` in `limits`\. Known fields: `concurrency`, /]);
  });

  it('tells a misspelt required field once', () => {
    expectFound(`nmae: x\n${dataset}\nmodels: [embedded:knn]\n`, [
      '1:1-5 unknown-field Unknown field `nmae`. Did you mean `name`?',
    ]);
  });

  it('tells wrong types with a way out', () => {
    expectFound(`${minimal}repeats: "3"\n`, [
      '4:10-13 wrong-type `repeats` must be a whole number, not text. Remove the quotes.',
    ]);
    expectFound(`${minimal}repeats: 1.5\n`, ['4:10-13 wrong-type `repeats` must be a whole number, not a fraction.']);
    expectFound(minimal.replace('name: x', 'name: 12'), [
      '1:7-9 wrong-type `name` must be text, not a number. Put it in quotes: `"12"`.',
    ]);
    expectFound(`${minimal}metrics: accuracy\n`, [
      /^4:10-18 wrong-type `metrics` must be a list .* not text\. Write `\[accuracy\]`\.$/,
    ]);
    expectFound('- a\n', [/wrong-type The file must be a mapping/]);
    expectFound(`${minimal}seed:\n`, [
      '4:1-5 missing-value `seed` has no value. Expected: a whole number, such as `7`.',
    ]);
    expectFound(`${minimal}limits: {budget: 5}\n`, ['4:18-19 wrong-type `limits.budget` must be text']);
  });

  it('lists allowed values and suggests', () => {
    expectFound(minimal.replace('path:', 'format: jsnol, path:'), [
      '2:19-24 not-allowed-value `dataset.format` cannot be `jsnol`. Did you mean `jsonl`? Allowed: `jsonl`, `json`, `csv`, `tsv`, `parquet`, `huggingface` and `wav-folder`.',
    ]);
    expectFound(`${minimal}schemaVersion: 2\n`, [
      '4:16-17 not-allowed-value `schemaVersion` cannot be `2`. Only `1` is allowed.',
    ]);
  });

  it('collapses the alternatives of a metric to one message', () => {
    expectFound(
      `${minimal}metrics:\n  - acuracy\n  - {f1: {average: makro}}\n  - {f2: {}}\n  - {cost: {average: macro}}\n  - 3\n  - {f1: {}, recall: {}}\n  - f1:\n`,
      [
        '5:5-12 not-allowed-value Unknown metric `acuracy`. Did you mean `accuracy`? Allowed: `exact-match`, ',
        '6:20-25 not-allowed-value `metrics[1].f1.average` cannot be `makro`. Did you mean `macro`?',
        '7:6-8 not-allowed-value Unknown metric `f2`. Did you mean `f1`? Metrics with parameters: ',
        '8:13-20 unknown-field Unknown field `average` in `metrics[3].cost`.',
        "9:5-6 wrong-type `metrics[4]` cannot be a number. Expected: A metric's name, or its name with parameters.",
        '10:5-25 wrong-length `metrics[5]` may hold one field but holds `f1` and `recall`.',
        '11:5-7 missing-value `metrics[6].f1` has no value.',
      ],
    );
  });

  it('says what a gate condition lacks', () => {
    expectFound(`${minimal}gate:\n  - metric: accuracy\n    model: embedded:knn\n`, [
      '5:5-11 missing-field `gate[0]` needs `atLeast` or `atMost`.',
    ]);
  });

  it('puts formats in words', () => {
    expectFound(`${minimal}limits: {budget: 5 EUR, maxErrorRate: "2", timeout: 3m}\n`, [
      '4:18-23 bad-format `limits.budget` must be an amount in US dollars, such as `5.00 USD`: `5 EUR` is not.',
      '4:39-42 bad-format `limits.maxErrorRate` must be a percentage, such as `2%`: `2` is not.',
      '4:53-55 bad-format `limits.timeout` must be a duration in seconds or ISO 8601, such as `30s`: `3m` is not.',
    ]);
    expectFound(`name: x\n${dataset}\nmodels: [embedded:foo, "a b", embedded:knm]\n`, [
      '3:10-22 bad-format There is no embedded model `embedded:foo`. Embedded models: `embedded:majority`, `embedded:keyword`, `embedded:knn` and `embedded:linear`.',
      "3:24-29 bad-format `a b` is no model's name. Use a connection's name from `workbench.yaml`",
      '3:31-43 bad-format There is no embedded model `embedded:knm`. Did you mean `embedded:knn`?',
    ]);
  });

  it('tells bounds, lengths and repeated items', () => {
    expectFound(`${minimal}repeats: 0\ncompare: {confidence: 1}\n`, [
      '4:10-11 out-of-range `repeats` must be from 1 to 1000, not 0.',
      '5:23-24 out-of-range `compare.confidence` must be from 0.5 to 0.999, not 1.',
    ]);
    expectFound(`name: ""\n${dataset}\nmodels: []\n`, [
      '1:7-9 missing-value',
      '3:9-11 wrong-length `models` needs at least one item.',
    ]);
    expectFound(`name: x\n${dataset}\nmodels: [gpt, gpt]\n`, ['3:15-18 duplicate-item This stands in `models` twice.']);
  });

  it('never repeats what may be a key', () => {
    const text =
      'connections:\n  a: {provider: openai, model: m, apiKey: sk-secret-1234567}\n  b: {provider: openai, model: m, apiKey: {env: sk-secret-1234567}}\n';
    expectFound(text, ['2:43-60 secret-in-file A key must not be written', '3:49-66 bad-format'], 'workbench');
    for (const diagnostic of parseDocument('workbench', text).diagnostics) {
      assert.ok(!diagnostic.message.includes('sk-secret'));
      assert.equal(diagnostic.sensitive, true);
    }
  });

  it('checks names of connections and headers', () => {
    expectFound(
      'connections:\n  1x: {provider: openai, model: m, headers: {a b: c}}\n',
      [/^2:3-5 bad-format `1x` cannot be a name/, /bad-format `a b` cannot be a name/],
      'workbench',
    );
  });

  it('tells a fault behind several aliases once', () => {
    expectFound(
      'connections:\n  a: {provider: openai, model: m, limits: &l {concurrency: 0}}\n  b: {provider: openai, model: m, limits: *l}\n  c: {provider: openai, model: m, limits: *l}\n',
      ['2:60-61 out-of-range'],
      'workbench',
    );
  });

  it('validates prompt files', () => {
    expectFound(
      'messages:\n  - {role: robot, content: hi}\n',
      ['2:12-17 not-allowed-value `messages[0].role` cannot be `robot`.'],
      'prompt',
    );
  });

  it('keeps quiet about what a broken line may have held', () => {
    expectFound(`name: x\ndatase\nmodels: [embedded:knn]\n`, ['2:1-7 yaml-syntax']);
  });
});

describe('locate', () => {
  it('finds keys, values, items and what stands behind merge keys', () => {
    const parsed = parseDocument(
      'workbench',
      'connections:\n  a: &a {provider: openai, model: m}\n  b: {<<: *a, model: n}\nstore: s\n',
    );
    const at = (path: readonly (string | number)[], part: 'key' | 'value'): string => {
      const { start, end } = parsed.locate(path, part);
      return `${start.line}:${start.character}-${end.line}:${end.character}`;
    };
    assert.equal(at(['store'], 'key'), '3:0-3:5');
    assert.equal(at(['store'], 'value'), '3:7-3:8');
    assert.equal(at(['connections', 'b', 'provider'], 'value'), '1:19-1:25');
    assert.equal(at(['connections', 'b', 'model'], 'key'), '2:14-2:19');
    assert.equal(at(['connections', 'nope'], 'key'), '0:0-0:11');
  });
});
