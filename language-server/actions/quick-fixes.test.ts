import assert from 'node:assert/strict';
import type { CodeAction, Diagnostic } from 'vscode-languageserver';
import { languageIds, type DocumentKind } from '../../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { applyWorkspaceEdit, editingCapabilities } from '../../test/fakes/workspace-edit.ts';

const files = {
  'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: gpt-4o}\n',
  'data/t.jsonl':
    '{"text":"a","label":"x","part":"p","split":"train"}\n{"text":"b","label":"y","part":"q","split":"test"}\n',
  'prompts/t.prompt.yml': 'messages:\n  - {role: user, content: "{{text}}"}\n',
};
const dataset = 'dataset: {path: data/t.jsonl, input: text, target: label}\n';
const bench = `name: triage\n${dataset}models: [gpt]\n`;

interface FixCase {
  readonly kind?: DocumentKind;
  readonly text: string;
  readonly code: string;
  /** Start of the action's title. */
  readonly title: string;
  readonly isPreferred: boolean;
  /** The document afterwards. */
  readonly after: string | RegExp;
  /** Files made or changed beside it. */
  readonly files?: Readonly<Record<string, string | RegExp>>;
  /** Findings that stay, because they were there before and are about something else. */
  readonly left?: readonly string[];
}

const cases: readonly FixCase[] = [
  {
    text: bench.replace('name', 'nmae'),
    code: 'unknown-field',
    title: "Change to 'name'",
    isPreferred: true,
    after: bench,
  },
  {
    text: `${bench}zzz: [1, 2] # gone\n`,
    code: 'unknown-field',
    title: 'Remove `zzz`',
    isPreferred: false,
    after: bench,
  },
  {
    text: bench.replace('input: text', 'zzz: {a: 1}, input: text'),
    code: 'unknown-field',
    title: 'Remove `zzz`',
    isPreferred: false,
    after: bench,
  },
  {
    text: `${bench}limits:\n  zzz: 1\n`,
    code: 'unknown-field',
    title: 'Remove `zzz`',
    isPreferred: false,
    after: `${bench}limits: {}\n`,
  },
  {
    text: bench.replace('name: triage\n', ''),
    code: 'missing-field',
    title: 'Add `name`',
    isPreferred: true,
    after: bench.replace('triage', 't'),
  },
  {
    text: bench.replace('models: [gpt]\n', ''),
    code: 'missing-field',
    title: 'Add `models`',
    isPreferred: true,
    after: bench,
  },
  { text: bench.replace(dataset, ''), code: 'missing-field', title: 'Add `dataset`', isPreferred: true, after: bench },
  {
    text: bench.replace('path: data/t.jsonl, ', ''),
    code: 'missing-field',
    title: 'Add `path` to `dataset`',
    isPreferred: true,
    after: bench,
  },
  {
    text: bench.replace('input: text, ', ''),
    code: 'missing-field',
    title: 'Add `input` to `dataset`',
    isPreferred: true,
    after: bench,
  },
  {
    text: 'name: triage\ndataset:\n    path: data/t.jsonl\n    input: text\nmodels: [gpt]\n',
    code: 'missing-field',
    title: 'Add `target` to `dataset`',
    isPreferred: true,
    after: 'name: triage\ndataset:\n    path: data/t.jsonl\n    input: text\n    target: label\nmodels: [gpt]\n',
  },
  {
    text: `${dataset.replaceAll('\n', '\r\n')}`,
    code: 'missing-field',
    title: 'Add `name`, `models`',
    isPreferred: false,
    after: bench.replace('triage', 't').replaceAll('\n', '\r\n'),
  },
  {
    text: `${bench}gate:\n  - metric: exact-match\n    model: gpt\n`,
    code: 'missing-field',
    title: 'Add `atLeast` to `gate[0]`',
    isPreferred: false,
    after: `${bench}gate:\n  - metric: exact-match\n    model: gpt\n    atLeast: 0.9\n`,
  },
  {
    text: '# nothing yet\n',
    code: 'empty-file',
    title: 'Start with',
    isPreferred: true,
    after: `# nothing yet\n${bench.replace('triage', 't')}`,
  },
  {
    text: `${bench}repeats:\n`,
    code: 'missing-value',
    title: 'Set `repeats` to 3',
    isPreferred: false,
    after: `${bench}repeats: 3\n`,
  },
  { text: `${bench}repeats:\n`, code: 'missing-value', title: 'Remove `repeats`', isPreferred: false, after: bench },
  {
    text: `${bench}name: other\n`,
    code: 'duplicate-key',
    title: 'Remove the second `name`',
    isPreferred: true,
    after: bench,
  },
  {
    text: bench.replace('[gpt]', '[gpt, gpt]'),
    code: 'duplicate-item',
    title: 'Remove the second',
    isPreferred: true,
    after: bench,
  },
  {
    text: bench.replace('name: triage', 'name: 12'),
    code: 'wrong-type',
    title: `Change to '"12"'`,
    isPreferred: true,
    after: bench.replace('triage', '"12"'),
  },
  {
    text: `${bench}repeats: "3"\n`,
    code: 'wrong-type',
    title: "Change to '3'",
    isPreferred: true,
    after: `${bench}repeats: 3\n`,
  },
  {
    text: `${bench}metrics: exact-match\n`,
    code: 'wrong-type',
    title: "Change to '[exact-match]'",
    isPreferred: true,
    after: `${bench}metrics: [exact-match]\n`,
  },
  {
    text: `${bench}limits: {budget: 5, timeout: 30s}\n`,
    code: 'wrong-type',
    title: "Change to '5 USD'",
    isPreferred: true,
    after: `${bench}limits: {budget: 5 USD, timeout: 30s}\n`,
  },
  {
    text: bench.replace('path: data', 'format: jsnol, path: data'),
    code: 'not-allowed-value',
    title: "Change to 'jsonl'",
    isPreferred: true,
    after: bench.replace('path: data', 'format: jsonl, path: data'),
  },
  {
    text: bench.replace('input: text', 'input: "txt"'),
    code: 'unknown-column',
    title: "Change to 'text'",
    isPreferred: true,
    after: bench.replace('input: text', 'input: "text"'),
  },
  {
    text: `${bench}gate: [{metric: accuracy, model: gpt, atLeast: 0.5}]\n`,
    code: 'unknown-figure',
    title: 'Add `accuracy` to `metrics`',
    isPreferred: true,
    after: `${bench}metrics: [exact-match, latency, cost, accuracy]\ngate: [{metric: accuracy, model: gpt, atLeast: 0.5}]\n`,
  },
  {
    text: `${bench}metrics:\n  - exact-match\ngate: [{metric: accuracy, model: gpt, atLeast: 0.5}]\n`,
    code: 'unknown-figure',
    title: 'Add `accuracy` to `metrics`',
    isPreferred: true,
    after: `${bench}metrics:\n  - exact-match\n  - accuracy\ngate: [{metric: accuracy, model: gpt, atLeast: 0.5}]\n`,
  },
  {
    text: `${bench}metrics:\n  - regex\n`,
    code: 'metric-unsuitable',
    title: 'Give `regex` its parameters',
    isPreferred: true,
    after: `${bench}metrics:\n  - regex: {pattern: ^(yes|no)$}\n`,
  },
  {
    text: `${bench}compare: {baseline: embedded:majority}\n`,
    code: 'unknown-model',
    title: 'Add `embedded:majority` to `models`',
    isPreferred: false,
    after: `${bench.replace('[gpt]', '[gpt, embedded:majority]')}compare: {baseline: embedded:majority}\n`,
    left: ['missing-split'],
  },
  {
    text: bench.replace('[gpt]', '[embedded:knn]'),
    code: 'missing-split',
    title: 'Ask 30% of the rows',
    isPreferred: false,
    after: bench.replace('[gpt]', '[embedded:knn]').replace('target: label', 'target: label, split: {test: 30%}'),
  },
  {
    text: `${bench}metrics: [exact-match, {fairness: {slice: part}}]\n`,
    code: 'unknown-slice',
    title: 'Add `part` to `dataset.slices`',
    isPreferred: false,
    after: `${bench.replace('target: label', 'target: label, slices: [part]')}metrics: [exact-match, {fairness: {slice: part}}]\n`,
  },
  {
    text: bench.replace('[gpt]', '[claude]'),
    code: 'unknown-connection',
    title: 'Create connection `claude` in workbench.yaml (Anthropic)',
    isPreferred: false,
    after: bench.replace('[gpt]', '[claude]'),
    files: {
      'workbench.yaml':
        /^ {2}claude:\n {4}provider: anthropic\n {4}model: .+\n {4}apiKey:\n {6}env: ANTHROPIC_API_KEY\n$/m,
    },
  },
  {
    text: `${bench}prompts: [prompts/new.prompt.yml]\n`,
    code: 'missing-file',
    title: 'Create prompt prompts/new.prompt.yml',
    isPreferred: true,
    after: `${bench}prompts: [prompts/new.prompt.yml]\n`,
    files: { 'prompts/new.prompt.yml': /content: "\{\{text\}\}"/ },
  },
  {
    text: bench.replace('data/t.jsonl', 'data/new.csv'),
    code: 'missing-file',
    title: 'Create dataset data/new.csv',
    isPreferred: true,
    after: bench.replace('data/t.jsonl', 'data/new.csv'),
    files: { 'data/new.csv': 'text,label\nA first question,yes\nA second question,no\n' },
  },
  {
    text: bench.replace('input: text', 'card: data/t.card.md, input: text'),
    code: 'missing-file',
    title: 'Create card data/t.card.md',
    isPreferred: true,
    after: bench.replace('input: text', 'card: data/t.card.md, input: text'),
    files: { 'data/t.card.md': /^---\nlicense: / },
  },
  {
    text: `${bench}metrics:\n  - judge: {rubric: rubrics/r.md, model: gpt}\n`,
    code: 'missing-file',
    title: 'Create rubric rubrics/r.md',
    isPreferred: true,
    after: `${bench}metrics:\n  - judge: {rubric: rubrics/r.md, model: gpt}\n`,
    files: { 'rubrics/r.md': /A good answer/ },
  },
  {
    text: `${bench}prompts:\n  - "Sort: {{text}}"\n`,
    code: 'missing-file',
    title: 'Move the prompt into a file of its own',
    isPreferred: true,
    after: `${bench}prompts:\n  - prompts/triage.prompt.yml\n`,
    files: { 'prompts/triage.prompt.yml': 'messages:\n  - role: user\n    content: "Sort: {{text}}"\n' },
  },
  {
    text: `${bench}prompts:\n  - messages:\n      - role: user\n        content: "{{text}}"\n`,
    code: 'wrong-type',
    title: 'Move the prompt into a file of its own',
    isPreferred: true,
    after: `${bench}prompts:\n  - prompts/triage.prompt.yml\n`,
    files: { 'prompts/triage.prompt.yml': /role: user/ },
  },
  {
    text: bench.replace('{path', '{digest: "sha256:' + '0'.repeat(64) + '", path'),
    code: 'dataset-digest-mismatch',
    title: 'Pin the dataset as it is now',
    isPreferred: false,
    after: /digest: sha256:(?!0000)[0-9a-f]{64},/,
  },
  {
    text: bench.replace('name: triage', 'name:triage'),
    code: 'yaml-syntax',
    title: 'Put a space after the colon',
    isPreferred: true,
    after: bench,
  },
  {
    text: bench.replace('[gpt]', '[gpt'),
    code: 'yaml-syntax',
    title: 'Add the closing `]`',
    isPreferred: true,
    after: bench,
  },
  {
    text: bench.replace('name: triage', 'name: "triage'),
    code: 'yaml-syntax',
    title: 'Add the closing `"`',
    isPreferred: true,
    after: bench.replace('triage', '"triage"'),
  },
  {
    text: bench.replace('name: triage', 'name: @triage'),
    code: 'yaml-syntax',
    title: 'Put the text in quotes',
    isPreferred: true,
    after: bench.replace('triage', '"@triage"'),
  },
  {
    text: bench.replace('name: triage', 'name: triage: all'),
    code: 'yaml-syntax',
    title: 'Put the text in quotes',
    isPreferred: true,
    after: bench.replace('triage', '"triage: all"'),
  },
  {
    text: 'name: triage\ndataset:\n  path: data/t.jsonl\n   input: text\n  target: label\nmodels: [gpt]\n',
    code: 'yaml-syntax',
    title: 'Indent like the lines around',
    isPreferred: true,
    after: 'name: triage\ndataset:\n  path: data/t.jsonl\n  input: text\n  target: label\nmodels: [gpt]\n',
  },
  {
    text: bench.replace('name: triage', 'name: !x triage'),
    code: 'unknown-tag',
    title: 'Remove the tag',
    isPreferred: true,
    after: bench,
  },
  {
    kind: 'workbench',
    text: 'connections:\n  a: &base {provider: openai, model: m}\n  b: {<<: *bsae, model: n}\n',
    code: 'unknown-anchor',
    title: "Change to '*base'",
    isPreferred: true,
    after: 'connections:\n  a: &base {provider: openai, model: m}\n  b: {<<: *base, model: n}\n',
  },
  {
    kind: 'workbench',
    text: 'connections:\n  a: {provider: anthropic, model: m, apiKey: sk-1234}\n',
    code: 'secret-in-file',
    title: 'Read the key from ANTHROPIC_API_KEY',
    isPreferred: true,
    after: 'connections:\n  a: {provider: anthropic, model: m, apiKey: {env: ANTHROPIC_API_KEY}}\n',
  },
  {
    kind: 'workbench',
    text: 'connections:\n  a:\n    provider: replay\n',
    code: 'missing-field',
    title: 'Add `path` to `connections.a`',
    isPreferred: false,
    after: /^connections:\n {2}a:\n {4}provider: replay\n {4}path: .+\n$/,
  },
  {
    kind: 'workbench',
    text: 'connections:\n  a: {provider: openai, model: m, apiKeyEnv: MY_KEY}\n',
    code: 'unknown-field',
    title: 'Read the key from MY_KEY',
    isPreferred: true,
    after: 'connections:\n  a: {provider: openai, model: m, apiKey: {env: MY_KEY}}\n',
  },
  {
    kind: 'workbench',
    text: 'connections:\n  a: {provider: openai, model: m, apiBase: "http://localhost/v1"}\n',
    code: 'unknown-field',
    title: 'Rename to `baseUrl`',
    isPreferred: true,
    after: 'connections:\n  a: {provider: openai, model: m, baseUrl: "http://localhost/v1"}\n',
  },
  {
    text: `schemaVersion: "1.0"\n${bench}`,
    code: 'not-allowed-value',
    title: 'Write `schemaVersion: 1`',
    isPreferred: true,
    after: `schemaVersion: 1\n${bench}`,
  },
  {
    text: `version: 1\n${bench}`,
    code: 'unknown-field',
    title: 'Write `schemaVersion: 1`',
    isPreferred: true,
    after: `schemaVersion: 1\n${bench}`,
  },
  {
    text: bench.replace('models: [gpt]', 'model: gpt'),
    code: 'unknown-field',
    title: 'Write `models: [gpt]`',
    isPreferred: true,
    after: bench,
  },
  {
    text: `${bench}promptFiles:\n  - prompts/t.prompt.yml\n`,
    code: 'unknown-field',
    title: 'Rename to `prompts`',
    isPreferred: true,
    after: `${bench}prompts:\n  - prompts/t.prompt.yml\n`,
  },
  {
    text: `${bench}gate:\n  metric: exact-match\n  model: gpt\n  atLeast: 0.5\n`,
    code: 'wrong-type',
    title: 'Make a list of the one condition',
    isPreferred: true,
    after: `${bench}gate:\n  - metric: exact-match\n    model: gpt\n    atLeast: 0.5\n`,
  },
  {
    text: `${bench}gate: [{metric: exact-match, model: gpt, min: 0.5}]\n`,
    code: 'unknown-field',
    title: 'Rename to `atLeast`',
    isPreferred: true,
    after: `${bench}gate: [{metric: exact-match, model: gpt, atLeast: 0.5}]\n`,
  },
  {
    kind: 'prompt',
    text: 'messages:\n  - {role: developer, content: hi}\n',
    code: 'not-allowed-value',
    title: "Change to 'system'",
    isPreferred: true,
    after: 'messages:\n  - {role: system, content: hi}\n',
  },
  {
    kind: 'prompt',
    text: 'modelParameters: {maxCompletionTokens: 5}\nmessages: [{role: user, content: "{{a}}"}]\n',
    code: 'unknown-field',
    title: 'Rename to `maxTokens`',
    isPreferred: true,
    after: 'modelParameters: {maxTokens: 5}\nmessages: [{role: user, content: "{{a}}"}]\n',
  },
  {
    kind: 'prompt',
    text: `messages: [{role: user, content: "{{a}}"}]\nresponseFormat: json_schema\njsonSchema: |-\n  {"name": "x", "strict": true, "schema": {"type": "object"}}\n`,
    code: 'unknown-field',
    title: 'Write the schema into `responseFormat`',
    isPreferred: true,
    after:
      'messages: [{role: user, content: "{{a}}"}]\nresponseFormat: {type: json_schema, name: x, schema: {type: object}}\n',
  },
  {
    kind: 'prompt',
    text: 'name: Sort\nmodel: openai/gpt\nmessages:\n  - {role: user, content: "{{input}}"}\ntestData:\n  - input: a\n    expected: b\nevaluators:\n  - name: right\n    string: {equals: "{{expected}}"}\n',
    code: 'unknown-field',
    title: 'Move test data and evaluators into a benchmark',
    isPreferred: true,
    after: 'name: Sort\nmodel: openai/gpt\nmessages:\n  - {role: user, content: "{{input}}"}\n',
    files: {
      'sort.bench.yaml':
        /path: data\/sort\.jsonl\n {2}input: input\n {2}target: expected\nprompts:\n {2}- t\.prompt\.yml\nmodels:\n {2}- gpt\nmetrics:\n {2}- exact-match\n/,
      'data/sort.jsonl': '{"input":"a","expected":"b"}\n',
    },
  },
  {
    text: 'description: Capitals\nprompts: ["What is the capital of {{country}}?"]\nproviders: [openai:gpt-4o-mini]\ntests:\n  - vars: {country: France}\n    assert: [{type: equals, value: Paris}]\n',
    code: 'unknown-field',
    title: 'Convert this promptfoo configuration to a benchmark',
    isPreferred: true,
    after: /^# Declare in workbench\.yaml: gpt-4o-mini\.\nname: Capitals\ndataset:\n {2}path: data\/capitals\.jsonl\n/,
    files: {
      'data/capitals.jsonl': '{"country":"France","expected":"Paris"}\n',
      'prompts/prompt-1.prompt.yml': /capital of/,
    },
    left: ['unknown-connection'],
  },
  {
    kind: 'tune',
    text: 'name: j\nbaseModel: embedded:linear\naspects:\n  core-performance:\n    dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}\n',
    code: 'unknown-field',
    title: 'Rename to `base`',
    isPreferred: true,
    after: /^base: embedded:linear$/m,
  },
  {
    kind: 'policy',
    text: 'id: p\nversion: 1.0.0\n',
    code: 'missing-field',
    title: 'Add `level`',
    isPreferred: true,
    after: /^level: \w+$/m,
  },
];

const endings: Readonly<Record<DocumentKind, string>> = {
  bench: 't.bench.yaml',
  tune: 't.tune.yaml',
  policy: 't.policy.yaml',
  prompt: 't.prompt.yml',
  workbench: 'workbench.yaml',
};

describe('quick fixes', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient(files, { capabilities: editingCapabilities });
  });
  afterEach(() => client.stop());

  async function open(
    kind: DocumentKind,
    text: string,
    uri = client.uri(endings[kind]),
  ): Promise<{ uri: string; diagnostics: Diagnostic[] }> {
    const answer = client.nextDiagnostics(uri);
    client.open(endings[kind], languageIds[kind], text, uri);
    return { uri, diagnostics: (await answer).diagnostics };
  }

  async function actionsFor(
    uri: string,
    diagnostics: readonly Diagnostic[],
    only?: readonly string[],
  ): Promise<CodeAction[]> {
    const range = diagnostics[0]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
    return client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range,
      context: { diagnostics, ...(only && { only }) },
    });
  }

  async function edit(action: CodeAction, uri: string, text: string): Promise<string> {
    const resolved =
      action.edit === undefined ? await client.request<CodeAction>('codeAction/resolve', action) : action;
    assert.ok(resolved.edit, action.title);
    return applyWorkspaceEdit(resolved.edit, uri, text);
  }

  for (const { kind = 'bench', text, code, title, isPreferred, after, files: made = {}, left = [] } of cases) {
    it(`${code}: ${title}`, async () => {
      const { uri, diagnostics } = await open(kind, text);
      const finding = diagnostics.find(found => found.code === code);
      assert.ok(finding, JSON.stringify(diagnostics.map(found => [found.code, found.message])));
      // Only place, code and words come back from some clients.
      const { data: _data, ...shown } = finding;
      const actions = await actionsFor(uri, [shown]);
      const action = actions.find(candidate => candidate.title.startsWith(title));
      assert.ok(action, JSON.stringify(actions.map(candidate => candidate.title)));
      assert.deepEqual(
        action.diagnostics?.map(found => found.code),
        [code],
      );
      assert.equal(action.isPreferred === true, isPreferred);
      assert.equal(action.kind, 'quickfix');
      const changed = await edit(action, uri, text);
      if (typeof after === 'string') assert.equal(changed, after);
      else assert.match(changed, after);
      for (const [file, content] of Object.entries(made)) {
        const written = await read(client, file);
        if (typeof content === 'string') assert.equal(written, content);
        else assert.match(written, content);
        client.notifyFileChanged(file);
      }
      client.change(uri, changed);
      const then = await settle(client, uri);
      assert.deepEqual(
        then.filter(found => !left.includes(String(found.code))).map(found => found.message),
        [...diagnostics]
          .filter(other => other !== finding && then.some(found => found.message === other.message))
          .map(found => found.message),
      );
      assert.ok(!then.some(found => found.message === finding.message), 'the finding is gone');
    });
  }
});

async function read(client: LanguageClient, file: string): Promise<string> {
  const { readFile } = await import('node:fs/promises');
  return readFile(`${client.folder}/${file}`, 'utf8');
}

/** The findings of a document's newest version. */
async function settle(client: LanguageClient, uri: string): Promise<readonly Diagnostic[]> {
  return (await client.nextDiagnostics(uri)).diagnostics;
}
