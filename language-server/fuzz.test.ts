import assert from 'node:assert/strict';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { CompletionItem, Position } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { documentKinds, languageIds, type FileKind } from '../engine/documents/kinds.ts';
import { parseDocument } from '../engine/documents/parse.ts';
import { expectPlacesInside } from '../test/fakes/answer-places.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';
import { randomEdit, randomPiece } from '../test/fakes/random-edits.ts';
import { createSeeded } from '../test/fakes/seeded.ts';

const seeds: Readonly<Record<FileKind, string>> = {
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
    model: gpt-4o
    apiKey: {env: KEY}
  other:
    <<: *base
    headers: {X-Team: "a"}
store: .aiwb
`,
  prompt: `# Zwei Wörter 😀.
messages:
  - role: system
    content: |
      Say {{ text }}
      twice.
  - {role: user, content: 'x'}
`,
};

/** A document as the editor has it, with its newest version. */
interface Draft {
  readonly kind: FileKind;
  document: TextDocument;
}

const sequences = 10_000;
/** Everything that is asked about a place or a document; what a server does not offer it refuses. */
const questions = [
  ...['hover', 'completion', 'definition', 'references', 'prepareRename', 'rename', 'documentHighlight'],
  ...['documentSymbol', 'documentLink', 'foldingRange', 'selectionRange', 'formatting', 'rangeFormatting'],
  ...['semanticTokens/full', 'inlayHint', 'codeAction', 'codeLens', 'diagnostic'],
] as const;
/** Not offered; and refused with a reason, as renaming what has no name is. */
const refusals = [-32601, -32803];

describe('language server under random edits', () => {
  let client: LanguageClient;
  let longest = 0;
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

  function open(kind: FileKind, name: string, text: string): Draft {
    const uri = client.open(name, languageIds[kind], text);
    return { kind, document: TextDocument.create(uri, languageIds[kind], 1, text) };
  }

  /** Replaces the part from one offset to another, in the editor and in the server. */
  function edit(draft: Draft, start: number, end: number, text: string): void {
    const { document } = draft;
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    const version = client.edit(document.uri, range, text);
    draft.document = TextDocument.update(document, [{ range, text }], version);
  }

  /** Sends what a random edit changes, and nothing around it. */
  function editAtRandom(draft: Draft, random: () => number): void {
    const text = draft.document.getText();
    if (random() < 0.5) {
      const start = Math.floor(random() * (text.length + 1));
      edit(draft, start, Math.min(text.length, start + Math.floor(random() ** 3 * 30)), randomPiece(random));
      return;
    }
    const changed = randomEdit(text, random);
    let start = 0;
    while (start < Math.min(text.length, changed.length) && text[start] === changed[start]) start += 1;
    let tail = 0;
    while (tail < Math.min(text.length, changed.length) - start && text.at(-1 - tail) === changed.at(-1 - tail))
      tail += 1;
    edit(draft, start, text.length - tail, changed.slice(start, changed.length - tail));
  }

  async function ask(draft: Draft, question: string, position: Position): Promise<void> {
    const { document } = draft;
    const end = document.positionAt(document.getText().length);
    const range = { start: { line: 0, character: 0 }, end };
    const params = {
      textDocument: { uri: document.uri },
      position,
      positions: [position],
      range: question === 'codeAction' ? { start: position, end: position } : range,
      context: { diagnostics: [], includeDeclaration: true },
      options: { tabSize: 2, insertSpaces: true },
      newName: 'renamed',
    };
    const start = performance.now();
    const answer = await request(`textDocument/${question}`, params);
    longest = Math.max(longest, performance.now() - start);
    const shown = `${question} at ${position.line}:${position.character} in ${JSON.stringify(document.getText().slice(0, 5_000))}`;
    expectPlacesInside(answer, document, shown);
    const items =
      question === 'completion'
        ? (answer as readonly CompletionItem[] | { readonly items: readonly CompletionItem[] })
        : [];
    const [first] = 'items' in items ? items.items : items;
    if (first !== undefined) await request('completionItem/resolve', first);
    assert.deepEqual(client.log, [], shown);
  }

  /** The answer, null where the server does not offer such a thing. */
  async function request(method: string, params: object): Promise<unknown> {
    try {
      return await client.request<unknown>(method, params);
    } catch (error) {
      if (refusals.includes((error as { readonly code?: number }).code ?? 0)) return null;
      throw error;
    }
  }

  async function expectFindings(draft: Draft): Promise<void> {
    const { uri, version } = draft.document;
    const answer = client.nextDiagnostics(uri, published => published.version === version + 1);
    edit(draft, 0, 0, '');
    expectPlacesInside(
      (await answer).diagnostics,
      draft.document,
      `findings in ${JSON.stringify(draft.document.getText())}`,
    );
  }

  const sequencesOfKind = Math.ceil(sequences / documentKinds.length);
  for (const [index, kind] of documentKinds.entries()) {
    it(`answers after each of ${sequencesOfKind} sequences of edits: ${kind}`, async function () {
      this.timeout(120_000);
      const random = createSeeded(20_260_101 + index);
      const delay = monitorEventLoopDelay({ resolution: 5 });
      delay.enable();
      longest = 0;
      const draft = open(kind, `fuzz-${kind}.yaml`, seeds[kind]);
      for (let sequence = 0; sequence < sequencesOfKind; sequence += 1) {
        if (random() < 0.3) {
          const text = random() < 0.2 ? seeds[kind].replaceAll('\n', '\r\n') : seeds[kind];
          edit(draft, 0, draft.document.getText().length, text);
        }
        for (let edits = 1 + Math.floor(random() * 4); edits > 0; edits -= 1) editAtRandom(draft, random);
        const text = draft.document.getText();
        await ask(draft, randomQuestion(random), draft.document.positionAt(Math.floor(random() * (text.length + 1))));
        if (sequence % 200 === 0) await expectFindings(draft);
      }
      client.close(draft.document.uri);
      delay.disable();
      console.log(
        `      slowest answer ${longest.toFixed(0)} ms, longest silence of the process ${(delay.max / 1e6).toFixed(0)} ms`,
      );
    });
  }

  it('answers in documents of 5 MB', async function () {
    this.timeout(120_000);
    const random = createSeeded(5);
    longest = 0;
    for (const [name, text] of Object.entries(hugeTexts)) {
      const draft = open('policy', `${name}.policy.yaml`, text);
      const findings = client.nextDiagnostics(draft.document.uri);
      assert.deepEqual(
        (await findings).diagnostics.map(({ code }) => code),
        ['too-large'],
        name,
      );
      for (const question of [
        'documentSymbol',
        'completion',
        'hover',
        randomQuestion(random),
        randomQuestion(random),
      ]) {
        const offset = Math.floor(random() * text.length);
        edit(draft, offset, offset + 1, randomPiece(random));
        await ask(draft, question, draft.document.positionAt(offset));
      }
      client.close(draft.document.uri);
    }
    console.log(`      slowest answer ${longest.toFixed(0)} ms`);
  });

  it('places every finding inside the document', function () {
    this.timeout(60_000);
    const random = createSeeded(7);
    for (const kind of documentKinds) {
      for (let round = 0; round < 700; round++) {
        let text = seeds[kind];
        for (let edits = 1 + Math.floor(random() * 8); edits > 0; edits--) text = randomEdit(text, random);
        const document = TextDocument.create('file:///x', 'x', 1, text);
        const { diagnostics } = parseDocument(kind, text);
        expectPlacesInside(diagnostics, document, `findings in ${JSON.stringify(text)}`);
      }
    }
  });
});

function randomQuestion(random: () => number): string {
  return questions[Math.floor(random() * questions.length)] ?? 'hover';
}

const fiveMegabytes = 5 * 1024 * 1024;
const hugeTexts: Readonly<Record<string, string>> = {
  controls: fill('controls:\n', '  - id: F1\n    title: "A 😀 control"\n'),
  line: fill('id: ', 'x'),
  brackets: fill('', '['),
  keys: fill('', 'a: '),
  lines: fill('', '\r\n'),
  pairs: fill('', '😀'),
};

function fill(head: string, piece: string): string {
  return head + piece.repeat(Math.ceil((fiveMegabytes - head.length) / piece.length));
}
