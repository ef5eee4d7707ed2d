import assert from 'node:assert/strict';
import { parseDocument } from './parse.ts';

const head = 'id: x\nversion: 1.0.0\nlevel: team\n';
const check = (text: string): string => `${head}controls:\n  - id: A\n    checks:\n      - ${text}\n`;
const job = (rest: string): string =>
  `name: x\n${rest}aspects: {robustness: {dataset: {path: d, input: a, target: b, split: {field: s, train: x, test: y}}}}\n`;

function found(kind: 'policy' | 'tune' | 'bench', text: string): string[] {
  return parseDocument(kind, text).diagnostics.map(({ code, message }) => `${code} ${message}`);
}

describe('checks of a policy', () => {
  const cases: readonly (readonly [string, readonly RegExp[]])[] = [
    ['{id: c, type: lineage, require: [license]}', []],
    [
      '{id: c, type: metrc, benchmark: b}',
      [
        /^not-allowed-value .*type` cannot be `metrc`\. Did you mean `metric`\? Allowed: `metric`, `model-card`, `lineage`, `scan`, `attestation` and `document`\.$/,
      ],
    ],
    [
      '{id: c, benchmark: b}',
      [
        /^missing-field Missing `type` in .* Allowed: `metric`, `model-card`, `lineage`, `scan`, `attestation` and `document`\.$/,
      ],
    ],
    ['{id: c, typ: lineage, require: [license]}', [/^unknown-field Unknown field `typ` .* Did you mean `type`\?$/]],
    ['{id: c, type: }', [/^missing-value .*type` has no value\. Expected: one of `metric`, /]],
    ['{id: c, type: metric, benchmark: b}', [/^missing-field Missing `metric`/, /^missing-field Missing `assert`/]],
    [
      '{id: c, type: lineage, role: r, require: [license]}',
      [/^unknown-field Unknown field `role` .* Known fields: `id`, `type`, `title`, `require` and `freshness`\.$/],
    ],
    ['{id: c, type: model-card, path: a, patern: x}', [/^unknown-field .* Did you mean `pattern`\?$/]],
    ['{id: c, type: lineage, require: [licence]}', [/^not-allowed-value .* Did you mean `license`\?/]],
    [
      '{id: c, type: metric, benchmark: b, metric: a, assert: {op: "=>", value: x}}',
      [/^not-allowed-value .*op` cannot be `=>`/, /^wrong-type .*value` must be a number/],
    ],
    [
      '{id: c, type: attestation, role: r, statement: s, validity: 1 year}',
      [
        /^bad-format .* must be an ISO 8601 duration of years, months, weeks, days or a time, such as `P1Y`: `1 year` is not\.$/,
      ],
    ],
    ['x', [/^wrong-type .* cannot be text\. Expected: a mapping with at least `id` and `type`\.$/]],
    [
      '',
      [
        /^missing-value `controls\[0\]\.checks\[0\]` has no value\. Expected: a mapping with at least `id` and `type`\.$/,
      ],
    ],
  ];
  for (const [text, patterns] of cases) {
    it(`says what is wrong with ${text || 'an empty item'}, and nothing else`, () => {
      const all = found('policy', check(text));
      assert.equal(all.length, patterns.length, all.join('\n'));
      patterns.forEach((pattern, index) => assert.match(all[index] ?? '', pattern));
    });
  }

  it('places an empty item at its list', () => {
    const [finding] = parseDocument('policy', check('')).diagnostics;
    assert.equal(finding?.range.start.line, 5);
  });
});

describe('words for forms', () => {
  const cases: readonly (readonly ['policy' | 'tune' | 'bench', string, RegExp])[] = [
    [
      'policy',
      'id: a b\nversion: 1.0.0\nlevel: team\n',
      /^bad-format `id` must be letters, digits, .* such as `acme\.ai-policy`: `a b` is not\.$/,
    ],
    [
      'policy',
      'id: a\nversion: "1"\nlevel: team\n',
      /^bad-format `version` must be a semantic version, major\.minor\.patch, such as `3\.1\.0`: `1` is not\.$/,
    ],
    [
      'policy',
      'id: a\nversion: 1.0\nlevel: team\n',
      /^wrong-type `version` must be text, not a number\. Put it in quotes: `"1\.0"`\.$/,
    ],
    ['policy', `${head}reviewBy: 2027-13-01\n`, /^bad-format `reviewBy` must be a date, year-month-day/],
    ['policy', `${head}source: {sha256: zz}\n`, /^bad-format .* a SHA-256 digest/],
    [
      'policy',
      `${head}assess: {model: x}\n`,
      /^bad-format `assess\.model` must be a registered model's name, `@`, and a version or alias/,
    ],
    ['policy', `${head}assess: {model: x@1, scorecard: a.json}\n`, /a file name that ends in `\.scorecard\.json`/],
    [
      'policy',
      `${head}appliesTo: {all: [{field: model.tier}]}\n`,
      /^wrong-length .* says only `field`\. Add one of `equals`, `in`, `atLeast` and `atMost`\.$/,
    ],
    [
      'policy',
      `${head}appliesTo: {all: [{field: tier, equals: x}]}\n`,
      /^bad-format .* must be `model\.` and the name of a fact/,
    ],
    ['tune', job('base: linear\n'), /^bad-format No tuning can start from `linear`\. Did you mean `embedded:linear`\?/],
    ['tune', job('base: embedded:knn\n'), /^bad-format No tuning can start from `embedded:knn`\./],
    [
      'tune',
      job('base: checkpoint:x@bst\n'),
      /^bad-format `checkpoint:x@bst` names no checkpoint\. Write `checkpoint:`/,
    ],
    ['tune', job('base: Registry:m@1\n'), /`Registry:m@1` names no registered version\. Did you mean `registry:m@1`\?/],
    ['tune', job('base: regstry:m@1\n'), /Did you mean `registry:m@1`\?/],
    [
      'tune',
      job('base: embedded:linear\nlimits: {deadline: 10m}\n'),
      /^bad-format `limits\.deadline` must be a duration in seconds or ISO 8601, such as `PT10M`/,
    ],
    ['tune', job('base: embedded:linear\nplatform: 1x\n'), /^bad-format `platform` must be the name of a platform/],
    [
      'tune',
      job('base: embedded:linear\nevaluation: {metrics: [acuracy]}\n'),
      /^not-allowed-value Unknown metric `acuracy`\. Did you mean `accuracy`\?/,
    ],
    ['tune', job('base: embedded:linear\nregister: {model: a b}\n'), /^bad-format `register\.model` must be letters/],
    [
      'bench',
      'name: x\ndataset: {path: d, input: a, target: b}\nmodels: ["registry:m"]\n',
      /`registry:m` names no registered version\. Write `registry:MODEL@VERSION`/,
    ],
  ];
  for (const [kind, text, pattern] of cases) {
    it(`tells ${kind} ${/^.*$/m.exec(pattern.source)?.[0] ?? ''}`, () => {
      const all = found(kind, text);
      assert.equal(all.length, 1, all.join('\n'));
      assert.match(all[0] ?? '', pattern);
    });
  }

  it('offers a number that is meant as text in quotes, as it was written', () => {
    const text = `${head}frameworks: [{id: a, version: 2.10}]\n`;
    assert.equal(parseDocument('policy', text).diagnostics[0]?.replacement, '"2.10"');
  });
});
