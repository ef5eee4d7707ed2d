import assert from 'node:assert/strict';
import type { CompletionItem, DocumentSymbol, Hover, Range, TextEdit } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { documentKinds, languageIds, type DocumentKind } from '../engine/documents/kinds.ts';
import { parseDocument } from '../engine/documents/parse.ts';
import { createSeeded } from '../test/fakes/seeded.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

const seeds: Readonly<Record<DocumentKind, string>> = {
  bench: `name: triage
dataset: {path: d.csv, input: text, target: label, slices: [label]}
prompts:
  - p.prompt.yml
models: [gpt, embedded:knn]
metrics:
  - accuracy
  - f1: {average: macro}
limits:
  budget: 5.00 USD
gate:
  - {metric: accuracy, model: gpt, atLeast: 0.9}
`,
  tune: `name: job
base: embedded:linear
platform: local
aspects:
  core-performance: {dataset: {path: d.csv, input: text, target: label, split: {field: split, train: a, test: b}}}
  robustness:
    dataset: &rows {path: d.csv, input: text, target: label, split: {field: split, train: a, test: b}, slices: [label]}
    weight: 2
evaluation: {metrics: [accuracy, f1: {average: macro}], select: {aspect: robustness, metric: loss}}
register: {model: triage, card: card.md, properties: {riskTier: 2}}
`,
  policy: `id: team
version: 1.0.0
level: team
extends:
  - {id: country, version: ^1.0.0}
frameworks: [{id: mitre-atlas, version: "2026.07"}]
scoring: {gate: {failOn: [critical], minScore: 80}}
controls:
  - id: F1
    severity: critical
    mappings: [{framework: mitre-atlas, id: AML.T0051, relation: mitigates}]
    checks:
      - {id: F1.c, type: metric, benchmark: triage, metric: accuracy, assert: {op: ">=", value: 0.9}}
      - id: F1.d
        type: attestation
        role: reviewer
        statement: I looked.
`,
  workbench: `connections:
  base: &base
    provider: openai
    model: gpt-4o
    apiKey: {env: KEY}
  other:
    <<: *base
    headers: {X-Team: "a"}
store: .aiwb
`,
  prompt: `messages:
  - role: system
    content: |
      Say {{ text }}
      twice.
  - {role: user, content: 'x'}
`,
};

const pieces = [
  '\t',
  '\n',
  '\r\n',
  ' ',
  '  ',
  ': ',
  ':',
  '- ',
  '-',
  '[',
  ']',
  '{',
  '}',
  ',',
  '"',
  "'",
  '#',
  '&a ',
  '*a',
  '<<: ',
  '|\n',
  '>',
  '!x ',
  '---\n',
  '...',
  '?',
  '%',
  '@',
  '`',
  '\\',
  '\u0000',
  '\uFEFF',
  '\u2028',
  '😀',
  '\ud800',
  'models',
  'dataset:',
  'gate:\n',
  'null',
  '1e999',
  '__proto__: ',
  'constructor',
  '{{',
  '}}',
  'embedded:',
  'checkpoint:',
  'type: metric',
  'extends: [{id: team, version: 1}]\n',
  'mitre-atlas',
];

function mutate(text: string, random: () => number): string {
  const at = Math.floor(random() * (text.length + 1));
  const length = Math.floor(random() * 12);
  const piece = pieces[Math.floor(random() * pieces.length)] ?? '';
  const choice = random();
  if (choice < 0.5) return text.slice(0, at) + piece + text.slice(at);
  if (choice < 0.75) return text.slice(0, at) + text.slice(at + length);
  if (choice < 0.9) return text.slice(0, at) + piece + text.slice(at + length);
  return text.slice(0, at) + text.slice(Math.max(0, at - length * 3), at) + text.slice(at);
}

function expectInside(range: Range, document: TextDocument, what: string): void {
  for (const position of [range.start, range.end]) {
    assert.ok(
      Number.isInteger(position.line) && position.line >= 0 && position.line < document.lineCount,
      `${what}: line ${position.line}`,
    );
    assert.deepEqual(document.positionAt(document.offsetAt(position)), position, what);
  }
  assert.ok(document.offsetAt(range.start) <= document.offsetAt(range.end), what);
}

describe('language server under random edits', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient({
      'd.csv': 'text,label\na,x\n',
      'workbench.yaml': seeds.workbench,
      'p.prompt.yml': seeds.prompt,
      'b.bench.yaml': seeds.bench,
      'j.tune.yaml': seeds.tune,
      'country.policy.yaml':
        'id: country\nversion: 1.2.0\nlevel: country\ncontrols:\n  - {id: F1, title: Fair, severity: high, checks: [{id: F1.c, type: metric, benchmark: triage, metric: accuracy, assert: {op: ">=", value: 0.8}}]}\n',
    });
  });
  after(() => client.stop());

  it('answers 2,000 documents without a crash or a position outside of them', async function () {
    this.timeout(120_000);
    const random = createSeeded(20_260_101);
    for (const kind of documentKinds) {
      const uri = client.open(`fuzz-${kind}.yaml`, languageIds[kind], seeds[kind]);
      for (let round = 0; round < 400; round++) {
        let text = seeds[kind];
        for (let edits = 1 + Math.floor(random() * 6); edits > 0; edits--) text = mutate(text, random);
        const version = client.change(uri, text);
        const document = TextDocument.create(uri, languageIds[kind], version, text);
        const position = document.positionAt(Math.floor(random() * (text.length + 1)));
        const at = { textDocument: { uri }, position };
        const [hover, items, symbols] = await Promise.all([
          client.request<Hover | null>('textDocument/hover', at),
          client.request<CompletionItem[]>('textDocument/completion', at),
          client.request<DocumentSymbol[]>('textDocument/documentSymbol', at),
          client.request<unknown>('textDocument/documentLink', at),
          client.request<unknown>('textDocument/definition', at),
        ]);
        const shown = JSON.stringify(text);
        if (hover?.range) expectInside(hover.range, document, `hover in ${shown}`);
        for (const item of items) expectInside((item.textEdit as TextEdit).range, document, `completion in ${shown}`);
        const queue = [...symbols];
        for (let symbol = queue.pop(); symbol; symbol = queue.pop()) {
          expectInside(symbol.range, document, `symbol in ${shown}`);
          queue.push(...(symbol.children ?? []));
        }
      }
    }
    assert.deepEqual(client.log, []);
  });

  it('places every finding inside the document', function () {
    this.timeout(60_000);
    const random = createSeeded(7);
    for (const kind of documentKinds) {
      for (let round = 0; round < 700; round++) {
        let text = seeds[kind];
        for (let edits = 1 + Math.floor(random() * 8); edits > 0; edits--) text = mutate(text, random);
        const document = TextDocument.create('x', 'x', 1, text);
        for (const diagnostic of parseDocument(kind, text).diagnostics) {
          expectInside(diagnostic.range, document, `${diagnostic.code} in ${JSON.stringify(text)}`);
          for (const related of diagnostic.related ?? []) expectInside(related.range, document, 'related');
        }
      }
    }
  });
});
