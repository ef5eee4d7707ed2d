import assert from 'node:assert/strict';
import { parseDocument as parseYaml } from 'yaml';
import { documentKinds, languageIds, type FileKind } from '../../engine/documents/kinds.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import { schemaAt } from '../../engine/documents/schema.ts';
import { complete, expandSnippet } from '../../test/fakes/completion.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { fields, writeFields, writeValueOf } from './sketch.ts';
import { sketchValue } from './required.ts';
import { listSnippets } from './snippets.ts';

const files: Readonly<Record<FileKind, string>> = {
  bench: `name: triage
dataset:
  path: data/t.jsonl
  input: text
  target: label
  split: {field: split, train: train, test: test}
  slices: [label]
  filter: {label: x}
perturbations:
  - typos
  - case: {to: upper}
prompts:
  - prompts/t.prompt.yml
models: [gpt, embedded:knn]
metrics:
  - accuracy
  - f1: {average: macro}
  - judge:
      rubric: r.md
      model: gpt
limits:
  budget: 5.00 USD
  timeout: 60s
compare: {baseline: gpt, confidence: 0.95}
gate:
  - {metric: accuracy, model: gpt, atLeast: 0.9}
  - metric: f1
    model: gpt
    atLeast: 0.5
`,
  tune: `name: job
base: embedded:linear
aspects:
  core-performance: {dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}}
  robustness:
    dataset: &rows
      path: data/t.jsonl
      input: text
      target: label
      split: {field: split, train: train, test: test}
    weight: 2
  ethical-alignment:
    dataset: *rows
evaluation:
  metrics: [accuracy, f1: {average: macro}]
  select: {aspect: robustness, metric: loss}
limits: {deadline: PT10M}
register: {model: triage, properties: {riskTier: 2}}
`,
  policy: `id: team
version: 1.0.0
level: team
extends:
  - {id: country, version: ^1.0.0}
frameworks:
- id: mitre-atlas
  version: "2026.07"
appliesTo:
  all:
    - field: model.riskTier
      atLeast: 2
scoring: {gate: {failOn: [critical], minScore: 80}}
controls:
  - id: F1
    title: Fair
    severity: critical
    mappings: [{framework: mitre-atlas, id: AML.T0051, relation: mitigates}]
    checks:
      - {id: F1.c, type: metric, benchmark: triage, metric: accuracy, assert: {op: ">=", value: 0.9}}
      - id: F1.d
        type: attestation
        role: reviewer
        statement: 'I looked.'
        validity: P1Y
assess:
  model: triage@candidate
tests:
  - name: one
    model: {metrics: {triage: {accuracy: {value: 0.9}}}}
    expect:
      controls: {F1: compliant}
`,
  framework: `id: acme
version: "2027"
title: Acme controls
source: {name: acme.csv, format: csv, imported: 2027-01-31}
relatedTitle: See
retired:
  - {id: A-9, name: Gone, replacedBy: A-1}
entries:
  - {id: A-1, name: First, group: A, related: [A-2]}
  - id: A-2
    name: Second
    description: The second.
`,
  workbench: `connections:
  base: &base
    provider: openai
    model: "gpt-4o"
    apiKey: {env: KEY}
  other:
    <<: *base
    headers: {X-Team: "a"}
  service:
    provider: http
    url: "http://localhost:9000/{{ text }}"
judge: base
store: .aiwb
compute:
  local: {type: local}
`,
  prompt: `messages:
  - role: system
    content: |
      Say {{ text }}
      twice.
  - {role: user, content: 'x {{ text }}'}
  - role: user
    content:
      - {type: text, text: "Look at {{text}}"}
modelParameters:
  temperature: 0
responseFormat:
  type: json_schema
  schema: {type: object}
`,
};

const workspace = {
  'workbench.yaml': files.workbench,
  'data/t.jsonl': '{"text":"a","label":"x","split":"train"}\n{"text":"b","label":"y: z \\"q\\"","split":"test"}\n',
  'prompts/t.prompt.yml': files.prompt,
  't.bench.yaml': files.bench,
  't.tune.yaml': files.tune,
  'country.policy.yaml': 'id: country\nversion: 1.2.0\nlevel: country\n',
};

function countErrors(text: string): number {
  return parseYaml(text, { logLevel: 'silent', stringKeys: true, resolveKnownTags: false }).errors.length;
}

/** A file with the cursor in place of one of its words, behind it, or in a line of its own, at every word there is. */
function markEverywhere(text: string): string[] {
  const marked: string[] = [];
  for (const { 0: word, index } of text.matchAll(/[\w.@:/-]*[\w@/]/g)) {
    marked.push(`${text.slice(0, index)}‸${text.slice(index + word.length)}`);
    marked.push(`${text.slice(0, index + word.length)}‸${text.slice(index + word.length)}`);
  }
  for (const { index } of text.matchAll(/\n/g)) {
    const indent = /^ */.exec(text.slice(index + 1))?.[0] ?? '';
    marked.push(`${text.slice(0, index + 1)}${indent}‸\n${text.slice(index + 1)}`);
    marked.push(`${text.slice(0, index + 1)}${indent}  ‸\n${text.slice(index + 1)}`);
  }
  return marked;
}

describe('what completion writes', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient(workspace);
  });
  after(() => client.stop());

  for (const kind of documentKinds) {
    it(`is YAML wherever it is taken in a ${kind} file`, async function () {
      this.timeout(120_000);
      let taken = 0;
      for (const [index, marked] of markEverywhere(files[kind]).entries()) {
        // Windows line ends here and there.
        const text = index % 3 === 0 ? marked.replaceAll('\n', '\r\n') : marked;
        const before = countErrors(text.replace('‸', ''));
        const withWord = countErrors(text.replace('‸', 'x'));
        const { items, apply } = await complete(client, text, languageIds[kind]);
        for (const item of items) {
          const written = apply(item);
          taken += 1;
          const allowed = Math.max(before, withWord);
          assert.ok(
            countErrors(written) <= allowed,
            `${item.label} in\n${text}\nwrites\n${written}\n${String(allowed)} errors before`,
          );
          if (text.includes('\r\n')) assert.ok(!/[^\r]\n/.test(written), `${item.label} in\n${text}`);
        }
      }
      assert.ok(taken > 150, String(taken));
    });
  }

  it('is valid by the schema for every snippet with its defaults', () => {
    for (const kind of documentKinds) {
      const snippets = listSnippets(kind);
      assert.ok(snippets.filter(({ whole }) => whole).length >= 2, kind);
      for (const { whole, sketch, label } of snippets) {
        if (whole !== true) continue;
        for (const withStops of [true, false]) {
          const written = writeFields(sketch, { snippets: withStops, flow: false, indent: 0 });
          const text = withStops ? expandSnippet(written) : written;
          const faults = parseDocument(kind, text).diagnostics.map(({ message }) => message);
          assert.deepEqual(faults, [], `${label}:\n${text}`);
        }
      }
    }
  });

  const around: Readonly<Record<string, string>> = {
    'bench ': 'name: a\ndataset: {path: d.csv, input: a, target: b}\nmodels: [embedded:knn]\n‸',
    'bench gate.*': 'name: a\ndataset: {path: d.csv, input: a, target: b}\nmodels: [embedded:knn]\ngate:\n  ‸',
    'bench metrics.*': 'name: a\ndataset: {path: d.csv, input: a, target: b}\nmodels: [embedded:knn]\nmetrics:\n  - ‸',
    'bench dataset beside': 'name: a\nmodels: [embedded:knn]\ndataset:\n  path: d.csv\n  input: a\n  target: b\n  ‸',
    'tune ':
      'name: a\nbase: embedded:linear\naspects: {robustness: {dataset: {path: d.csv, input: a, target: b, split: {field: s, train: a, test: b}}}}\n‸',
    'tune aspects': 'name: a\nbase: embedded:linear\naspects:\n  ‸',
    'policy ': 'id: a\nversion: 1.0.0\nlevel: team\n‸',
    'policy extends.*': 'id: a\nversion: 1.0.0\nlevel: team\nextends:\n- ‸',
    'policy frameworks.*': 'id: a\nversion: 1.0.0\nlevel: team\nframeworks: [‸]',
    'policy controls.*': 'id: a\nversion: 1.0.0\nlevel: team\ncontrols:\n  - ‸',
    'policy controls.* beside':
      'id: a\nversion: 1.0.0\nlevel: team\ncontrols:\n  - id: a\n    title: x\n    ‸\n    severity: low\n    checks: [{id: b, type: model-card, path: x}]\n',
    'policy controls.*.mappings.*':
      'id: a\nversion: 1.0.0\nlevel: team\ncontrols:\n  - id: a\n    mappings: ‸\n    title: x\n    severity: low\n    checks: [{id: b, type: model-card, path: x}]\n',
    'policy controls.*.checks.*':
      'id: a\nversion: 1.0.0\nlevel: team\ncontrols:\n  - id: a\n    title: x\n    severity: low\n    checks:\n    ‸\n',
    'policy tests.*': 'id: a\nversion: 1.0.0\nlevel: team\ntests:\n  - ‸',
    'workbench ': 'connections: {gpt: {provider: openai, model: g}}\n‸',
    'workbench connections': 'connections:\n  a: {provider: openai, model: g}\n  ‸',
    'workbench compute': 'compute: {‸}',
    'prompt messages.*': 'messages:\n  - ‸',
    'prompt tools.*': 'messages: [{role: user, content: x}]\ntools:\n  - ‸',
  };

  it('is valid by the schema for every snippet at its place', async () => {
    for (const kind of documentKinds) {
      for (const { at, label, whole, beside } of listSnippets(kind)) {
        if (whole === true) continue;
        const marked = around[`${kind} ${at}${beside === true && at !== '' ? ' beside' : ''}`];
        assert.ok(marked !== undefined, `${kind} ${at}`);
        const text = (await complete(client, marked, languageIds[kind])).take(label);
        const faults = parseDocument(kind, text).diagnostics.map(({ message }) => message);
        assert.deepEqual(faults, [], `${label}:\n${text}`);
      }
    }
  });

  it('has what the schema requires, however deep', () => {
    const dataset = schemaAt('tune', ['aspects', 'robustness']);
    assert.ok(dataset);
    const aspect = fields({ robustness: sketchValue(dataset) });
    assert.equal(
      writeFields(aspect, { snippets: true, flow: false, indent: 0 }),
      'robustness:\n  dataset:\n    path: $1\n    input: $2\n    target: $3\n    split:\n      field: $4\n      train: $5\n      test: $6',
    );
    assert.equal(
      writeValueOf(sketchValue(dataset), { snippets: true, flow: true, indent: 0 }),
      ' {dataset: {path: $1, input: $2, target: $3, split: {field: $4, train: $5, test: $6}}}',
    );
  });
});
