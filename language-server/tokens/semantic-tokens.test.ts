import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { LSPErrorCodes, type SemanticTokens, type SemanticTokensDelta } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { readMarked } from '../../test/fakes/marked.ts';
import { tokenModifiers, tokenTypes } from './legend.ts';

/** `text type.modifier` of each token; fails unless tokens are in order, apart, on one line and inside of the text. */
function readTokens(text: string, data: readonly number[]): readonly string[] {
  const document = TextDocument.create('x', 'x', 1, text);
  const found: string[] = [];
  let line = 0;
  let character = 0;
  let last = 0;
  assert.equal(data.length % 5, 0);
  for (let at = 0; at < data.length; at += 5) {
    const [lines = 0, characters = 0, length = 0, type = 0, modifiers = 0] = data.slice(at, at + 5);
    character = lines === 0 ? character + characters : characters;
    line += lines;
    const start = document.offsetAt({ line, character });
    assert.deepEqual(document.positionAt(start), { line, character });
    const word = text.slice(start, start + length);
    assert.ok(start >= last && word.length === length && length > 0 && !/[\r\n]/.test(word), JSON.stringify(word));
    last = start + length;
    const names = tokenModifiers.filter((_, index) => (modifiers & (1 << index)) !== 0);
    found.push(`${word} ${[tokenTypes[type], ...names].join('.')}`);
  }
  return found;
}

describe('semantic tokens', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient({
      'd.csv': 'text,label\na,x\n',
      'asked.prompt.yml': 'messages: []\n',
      'judge.prompt.yml': 'messages: []\n',
      'b.bench.yaml':
        'name: b\ndataset: {path: d.csv}\nprompts: [asked.prompt.yml]\nmodels: [gpt]\nmetrics: [{judge: {prompt: judge.prompt.yml}}]\n',
    });
  });
  after(() => client.stop());

  async function full(name: string, language: string, text: string): Promise<readonly string[]> {
    const uri = client.open(name, `aiwb-${language}`, text);
    const { data } = await client.request<SemanticTokens>('textDocument/semanticTokens/full', {
      textDocument: { uri },
    });
    client.close(uri);
    return readTokens(text, data);
  }

  it('colour what a benchmark names', async () => {
    const text = `name: triage
dataset: {path: d.csv, input: text, target: [label], split: {field: part, train: a, test: b}, filter: {lang: en}}
perturbations: [case, {typos: {rate: 0.1}}]
models: [gpt, embedded:knn, checkpoint:job@best, registry:triage@3]
metrics: [accuracy, f1: {average: macro, name: mine}, {fairness: {slice: label, metric: mine}}]
limits: {budget: 5.00 USD, maxErrorRate: 2%, timeout: 30s}
gate: [{metric: f1.macro, model: gpt, on: point}]
`;
    assert.deepEqual(await full('t.bench.yaml', 'bench', text), [
      'triage class.declaration',
      'text property',
      'label property',
      'part property',
      'a enumMember',
      'b enumMember',
      'lang property',
      'case function.defaultLibrary',
      'typos function.defaultLibrary',
      'rate parameter',
      'gpt variable',
      'embedded: namespace.defaultLibrary',
      'knn class.defaultLibrary',
      'checkpoint: namespace.defaultLibrary',
      'job class',
      '@ operator',
      'best enumMember',
      'registry: namespace.defaultLibrary',
      'triage class',
      '@ operator',
      '3 number',
      'accuracy function.defaultLibrary',
      'f1 function.defaultLibrary',
      'average parameter',
      'macro enumMember',
      'name parameter',
      'mine function.declaration',
      'fairness function.defaultLibrary',
      'slice parameter',
      'label property',
      'metric parameter',
      'mine function',
      '5.00 number',
      'USD keyword',
      '2 number',
      '% operator',
      '30s number',
      'f1 function.defaultLibrary',
      'macro property',
      'gpt variable',
      'point enumMember',
    ]);
  });

  it('colour what tuning jobs, policies and connections name', async () => {
    assert.deepEqual(
      await full(
        't.tune.yaml',
        'tune',
        `base: embedded:linear
aspects:
  robustness: {dataset: &rows {path: d.csv, split: {group: id}}}
  ethical-alignment: {dataset: {<<: *rows, input: text}}
evaluation: {metrics: [accuracy], select: {aspect: robustness, metric: loss}}
limits: {deadline: PT5M}
register: {model: triage, alias: candidate}
`,
      ),
      [
        'embedded: namespace.defaultLibrary',
        'linear class.defaultLibrary',
        'robustness enumMember.declaration',
        '&rows macro.declaration',
        'id property',
        'ethical-alignment enumMember.declaration',
        '<< keyword',
        '*rows macro',
        'text property',
        'accuracy function.defaultLibrary',
        'robustness enumMember',
        'loss function',
        'PT5M number',
        'triage class.declaration',
        'candidate enumMember.declaration',
      ],
    );
    assert.deepEqual(
      await full(
        't.policy.yaml',
        'policy',
        `id: team
version: 1.2.0
reviewBy: 2027-10-01
extends: [{id: country, version: ^1.0.0}]
frameworks: [{id: mitre-atlas, version: "2026.07"}]
appliesTo: {all: [{field: model.riskTier, atLeast: 3}]}
controls:
  - id: F1
    mappings: [{framework: mitre-atlas, id: AML.T0051}]
    checks: [{id: F1.c, type: metric, benchmark: triage, metric: latency.p95, slice: label, assert: {op: ">=", value: 1}, freshness: P180D}]
assess: {model: triage@candidate}
`,
      ),
      [
        'team namespace.declaration',
        '1.2.0 number',
        '2027-10-01 number',
        'country namespace',
        '^ operator',
        '1.0.0 number',
        'mitre-atlas namespace.defaultLibrary',
        '2026.07 number',
        'model variable.defaultLibrary',
        'riskTier property',
        'F1 class.declaration',
        'mitre-atlas namespace.defaultLibrary',
        'AML.T0051 enumMember.readonly',
        'F1.c function.declaration',
        'metric enumMember',
        'triage class',
        'latency function.defaultLibrary',
        'p95 property',
        'label property',
        '>= operator',
        'P180D number',
        'triage class',
        '@ operator',
        'candidate enumMember',
      ],
    );
    assert.deepEqual(
      await full(
        'workbench.yaml',
        'workbench',
        'connections:\n  own:\n    provider: http\n    url: "http://h/{{ language }}"\n    body: {a: [{b: "{{input}}"}]}\n    apiKey: {env: KEY}\njudge: own\n',
      ),
      [
        'own variable.declaration',
        'http enumMember',
        '{{ macro',
        'language parameter',
        '}} macro',
        '{{ macro',
        'input parameter',
        '}} macro',
        'KEY variable.readonly',
        'own variable',
      ],
    );
  });

  /** A message in every style a text can be written in. */
  const styles: Readonly<Record<string, string>> = {
    plain: 'messages:\n  - role: user\n    content: A {{ text }} now\n',
    quoted: `messages:\n  - content: "😀\\t\\"\\U0001F600 {{ text }}"\n  - content: 'it''s {{ text }}'\n`,
    'over lines': 'messages:\n  - content: "a \\\n      b\n\n      {{ text }} c"\n  - content: a\n      {{ text }}\n',
    literal: 'messages:\n  - content: |-\n      a\n\n        {{ text }}\n',
    folded: 'messages:\n  - content: >\n      a\n      {{ text }}\n\n      b\n',
    parts:
      'messages:\n  - content:\n      - {type: text, text: "{{ text }}"}\n      - {type: image, image: "{{ text }}"}\n',
  };
  for (const [name, text] of Object.entries(styles)) {
    for (const [ending, written] of [
      ['\\n', text],
      ['\\r\\n', text.replaceAll('\n', '\r\n')],
    ] as const) {
      it(`find templates in ${name} texts with ${ending}`, async () => {
        const found = (await full('own.prompt.yml', 'prompt', written)).filter(token => !token.endsWith('enumMember'));
        const times = text.split('{{ text }}').length - 1;
        assert.deepEqual(found, Array.from({ length: times }, () => ['{{ macro', 'text parameter', '}} macro']).flat());
      });
    }
  }

  it('tell columns from a template’s own names and from unknown ones', async () => {
    const text = `messages:
  - content: |
      {% set own = text | upper %}{% for row in rows %}{{ row.name[0] }} {{ loop.index }}{% endfor %}
      {% macro say(what, much=1) %}{{ what + much }}{% endmacro %}{{ say("x", missing) }} {# a
      note #}
`;
    const names = (await full('asked.prompt.yml', 'prompt', text)).filter(token => !/ (macro|operator)$/.test(token));
    assert.deepEqual(names, [
      'set keyword',
      'own variable',
      'text parameter',
      'upper function.defaultLibrary',
      'for keyword',
      'row variable',
      'in keyword',
      'rows variable.unknown',
      'row variable',
      'name property',
      '0 number',
      'loop variable.defaultLibrary',
      'index property',
      'endfor keyword',
      'macro keyword',
      'say function',
      'what variable',
      'much property',
      '1 number',
      'what variable',
      'much variable',
      'endmacro keyword',
      'say function',
      '"x" string',
      'missing variable.unknown',
      '{# a comment',
      'note #} comment',
    ]);
    const judged = await full('judge.prompt.yml', 'prompt', 'messages: [{content: "{{rubric}} {{text}}"}]\n');
    assert.deepEqual(judged, [
      '{{ macro',
      'rubric parameter',
      '}} macro',
      '{{ macro',
      'text variable.unknown',
      '}} macro',
    ]);
    // Nobody knows what a prompt without a benchmark is given.
    const unused = await full('unused.prompt.yml', 'prompt', 'messages: [{content: "{{rubric}}"}]\n');
    assert.deepEqual(unused, ['{{ macro', 'rubric parameter', '}} macro']);
  });

  it('end an unfinished placeholder with its line', async () => {
    const text = 'messages:\n  - content: |\n      {{ te\n      and words {{ text }} {% if\n      end {{\n';
    assert.deepEqual(await full('own.prompt.yml', 'prompt', text), [
      '{{ macro',
      'te parameter',
      '{{ macro',
      'text parameter',
      '}} macro',
      '{% macro',
      'if keyword',
      '{{ macro',
    ]);
  });

  it('show which findings a comment silences', async () => {
    const text = `  # aiwb-disable-next-line unknown-connection, unknown-column
seed: 1 # aiwb-disable-line wrong-type
description: |
  # aiwb-disable-next-line unknown-column
# aiwb-disable-nothing at-all
`;
    assert.deepEqual(await full('s.bench.yaml', 'bench', text), [
      'aiwb-disable-next-line keyword',
      'unknown-connection enumMember',
      'unknown-column enumMember',
      'aiwb-disable-line keyword',
      'wrong-type enumMember',
    ]);
  });

  it('are none in documents of others and in what cannot be read', async () => {
    const uri = client.open('other.yaml', 'yaml', 'models: [embedded:knn]\n');
    assert.equal(await client.request('textDocument/semanticTokens/full', { textDocument: { uri } }), null);
    assert.deepEqual(await full('e.bench.yaml', 'bench', ''), []);
    assert.deepEqual(await full('x.bench.yaml', 'bench', 'models: {gpt: [embedded:]}\nmetrics: 3\ngate: [[]]\n'), []);
    const large = `name: x\n# ${'x'.repeat(2_000_000)}\n`;
    assert.deepEqual(await full('l.bench.yaml', 'bench', large), []);
  });

  it('are told for each cell of a notebook and for documents without a file', async () => {
    const texts = ['models: [gpt]\n', 'metrics: [accuracy]\n'];
    const cells = texts.map((text, index) =>
      client.open('', 'aiwb-bench', text, `vscode-notebook-cell:${client.uri('n.ipynb').slice(5)}#W${index}`),
    );
    const untitled = client.open('', 'aiwb-prompt', 'messages: [{content: "{{x}}"}]\n', 'untitled:Untitled-1');
    const found = await Promise.all(
      [...cells, untitled].map(uri =>
        client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument: { uri } }),
      ),
    );
    assert.deepEqual(
      found.map(({ data }, index) => readTokens(texts[index] ?? 'messages: [{content: "{{x}}"}]\n', data)),
      [['gpt variable'], ['accuracy function.defaultLibrary'], ['{{ macro', 'x parameter', '}} macro']],
    );
  });

  it('are refused when the document has changed since', async () => {
    const uri = client.open('asked.prompt.yml', 'aiwb-prompt', 'messages: [{content: "{{text}}"}]\n');
    const old = client.request('textDocument/semanticTokens/full', { textDocument: { uri } });
    client.change(uri, 'messages: []\n');
    await assert.rejects(old, { code: LSPErrorCodes.ContentModified });
    client.close(uri);
  });

  it('are told as a difference', async () => {
    const before = 'name: a\nmodels: [gpt]\nmetrics: [accuracy, f1]\n';
    const uri = client.open('delta.bench.yaml', 'aiwb-bench', before);
    const textDocument = { uri };
    const first = await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument });
    const changes = ['models: [gpt, embedded:knn]\n', 'models: []\n', 'models: [gpt]\n', 'models: [gpt]\nzzz: 1\n'];
    let { resultId, data } = first;
    for (const models of changes) {
      const text = before.replace('models: [gpt]\n', models);
      client.change(uri, text);
      const delta = await client.request<SemanticTokensDelta>('textDocument/semanticTokens/full/delta', {
        textDocument,
        previousResultId: resultId,
      });
      assert.notEqual(delta.resultId, resultId);
      data = [...data];
      for (const edit of delta.edits) data.splice(edit.start, edit.deleteCount, ...(edit.data ?? []));
      const whole = await client.request<SemanticTokens>('textDocument/semanticTokens/full', { textDocument });
      assert.deepEqual(data, whole.data);
      assert.ok(delta.edits.every(edit => (edit.data ?? []).length < data.length));
      ({ resultId, data } = whole);
    }
    const unknown = await client.request<SemanticTokens>('textDocument/semanticTokens/full/delta', {
      textDocument,
      previousResultId: 'of another time',
    });
    assert.deepEqual(unknown.data, data);
    client.close(uri);
  });

  it('are told for a range', async () => {
    const { text, ranges } = readMarked('name: a\nmodels:\n  - ⟦gpt\n  - embedded⟧:knn\nmetrics: [accuracy]\n');
    const uri = client.open('range.bench.yaml', 'aiwb-bench', text);
    const { data } = await client.request<SemanticTokens>('textDocument/semanticTokens/range', {
      textDocument: { uri },
      range: ranges[0],
    });
    assert.deepEqual(readTokens(text, data), ['gpt variable', 'embedded: namespace.defaultLibrary']);
    client.close(uri);
  });

  it('are asked for again when a benchmark changes what a prompt is given', async () => {
    const asked: string[] = [];
    const other = await startLanguageClient(
      { 'd.csv': 'text\na\n', 'p.prompt.yml': 'messages: []\n' },
      {
        capabilities: { workspace: { semanticTokens: { refreshSupport: true } } },
        answers: { 'workspace/semanticTokens/refresh': () => asked.push('refresh') && null },
      },
    );
    try {
      other.open('p.prompt.yml', 'aiwb-prompt', 'messages: []\n');
      other.open('b.bench.yaml', 'aiwb-bench', 'name: b\n');
      for (let left = 100; left > 0 && asked.length === 0; left--) await wait(50);
      assert.deepEqual(asked, ['refresh']);
    } finally {
      await other.stop();
    }
  });
});
