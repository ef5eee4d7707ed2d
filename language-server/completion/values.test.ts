import assert from 'node:assert/strict';
import type { CompletionItem, CompletionList, MarkupContent } from 'vscode-languageserver';
import type { ModelVersion, RegisteredModel, RunSummary } from '../../schemas/generated/messages.ts';
import { languageIds, type DocumentKind } from '../../engine/documents/kinds.ts';
import { complete, type Completed } from '../../test/fakes/completion.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import type { ReadableStore } from '../ports.ts';

const registered: readonly Partial<RegisteredModel>[] = [
  { name: 'triage', state: 'LIVE', aliases: { production: '2' }, versions: 2, description: 'Sorts *tickets*' },
  { name: 'old', state: 'ARCHIVED', aliases: {}, versions: 1 },
];
const versions: readonly Partial<ModelVersion>[] = [
  { model: 'triage', version: '3', state: 'LIVE', status: 'candidate' },
  { model: 'triage', version: '2', state: 'LIVE', status: 'production' },
  { model: 'triage', version: '1', state: 'ARCHIVED', status: 'retired' },
];
const runs: readonly Partial<RunSummary>[] = [{ id: '20260101-x', name: 'tickets', state: 'succeeded', createdAt: 0 }];

const store = {
  path: '/store',
  dataVersion: () => Promise.resolve(1),
  listRuns: () => Promise.resolve(runs),
  registry: { listModels: () => Promise.resolve(registered), listVersions: () => Promise.resolve(versions) },
  close: () => Promise.resolve(),
} as unknown as ReadableStore;

const workspace = {
  'workbench.yaml':
    'connections:\n  gpt: {provider: openai, model: gpt-4o}\n  vectors: {provider: openai, model: e, api: embeddings}\n',
  'data/t.jsonl': [
    '{"text":"a","label":"spam","split":"train","lang":"en"}',
    '{"text":"b","label":"y: \\"z\\"","split":"test","lang":"de"}',
    '',
  ].join('\n'),
  'data/more/p.csv': 'text,words\na,b\n',
  'data/more/deep/q.csv': 'text\na\n',
  'cards/m.md': '---\nlicense: MIT\n---\n# The model\n## Intended use\n',
  'rubrics/r.md': 'x\n',
  'prompts/t.prompt.yml': 'messages: [{role: user, content: x}]\n',
  'tickets.bench.yaml':
    'name: tickets\ndataset: {path: data/t.jsonl, input: text, target: label, slices: [lang]}\nmodels: [gpt]\nmetrics: [accuracy]\n',
  't.tune.yaml':
    'name: job\nbase: embedded:linear\naspects: {robustness: {dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}}}\nregister: {model: planned, card: cards/m.md, properties: {riskTier: 2}}\n',
};

const rows =
  'dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}\n';

type Row = readonly [kind: DocumentKind, marked: string, expected: readonly string[]];

describe('values that completion offers', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient(workspace, { ports: { openStore: () => Promise.resolve(store) } });
  });
  after(() => client.stop());

  const at = (kind: DocumentKind, marked: string): Promise<Completed> => complete(client, marked, languageIds[kind]);

  /** The first offers, in order. */
  async function expectFirst(table: readonly Row[]): Promise<void> {
    for (const [kind, marked, expected] of table) {
      const { labels } = await at(kind, marked);
      assert.deepEqual(labels.slice(0, expected.length), expected, marked);
    }
  }

  /** Every offer, in order. */
  async function expectAll(table: readonly Row[]): Promise<void> {
    for (const [kind, marked, expected] of table) assert.deepEqual((await at(kind, marked)).labels, expected, marked);
  }

  /** The text after an offer was taken. */
  async function expectTaken(
    table: readonly (readonly [kind: DocumentKind, marked: string, label: string, expected: string])[],
  ): Promise<void> {
    for (const [kind, marked, label, expected] of table)
      assert.equal((await at(kind, marked)).take(label), expected, marked);
  }

  it('come from the registry, the connections and the tuning jobs', async () => {
    const embedded = ['embedded:majority', 'embedded:keyword', 'embedded:knn', 'embedded:linear'];
    const all = [
      'gpt',
      'vectors',
      ...embedded,
      'checkpoint:job',
      'registry:triage@production',
      'registry:triage@3',
      'registry:triage@2',
    ];
    await expectAll([
      ['bench', 'models:\n  - ‸', all],
      ['bench', 'metrics: [{pairwise: {baseline: ‸}}]', all],
      ['bench', 'metrics:\n  - judge:\n      models:\n        - gpt\n        - ‸', ['vectors']],
      ['bench', 'metrics: [{similarity: {model: ‸}}]', ['gpt', 'vectors']],
      ['workbench', 'connections: {a: {provider: openai}}\njudge: ‸', ['a']],
      ['tune', 'base: ‸', ['embedded:linear', 'checkpoint:job', ...all.slice(-3), 'hub:', 'folder:', 'service:']],
      ['workbench', 'connections: {a: {provider: openai}}\ncompute: {c: {type: openai, connection: ‸}}', ['a']],
      ['tune', 'register: {model: ‸}', ['triage']],
      ['policy', 'assess: {model: ‸}', ['triage@production', 'triage@3', 'triage@2', 'planned@candidate']],
      ['bench', 'compare: {against: ‸}', ['last', '20260101-x']],
      ['workbench', 'connections:\n  a:\n    provider: replay\n    run: ‸', ['20260101-x']],
      ['prompt', 'model: ‸', ['openai/gpt-4o', 'openai/e']],
    ]);
    await expectTaken([['bench', 'models: [registry:tri‸]', 'registry:triage@3', 'models: [registry:triage@3]']]);
  });

  it('come from the dataset, wherever a column or a value of one is named', async () => {
    const columns = ['text', 'label', 'split', 'lang'];
    const values = ['spam', 'y: "z"'];
    await expectAll([
      ['bench', `${rows.slice(0, -2)}, filter: {‸}}\n`, columns],
      ['bench', `${rows.slice(0, -2)}, filter: {lang: ‸}}\n`, ['en', 'de']],
      ['bench', 'dataset:\n  path: data/t.jsonl\n  filter:\n    label:\n      - ‸\n', values],
      ['bench', 'dataset:\n  path: data/t.jsonl\n  filter:\n    label: x\n    ‸\n', ['text', 'split', 'lang']],
      ['bench', `${rows}metrics: [{f1: {positive: ‸}}]`, values],
      ['bench', `${rows}metrics: [{pass-at-k: {tests: ‸}}]`, columns],
      ['bench', `${rows}perturbations: [{paraphrases: {path: data/more/p.csv, column: ‸}}]`, ['text', 'words']],
      ['bench', `${rows}perturbations: [{paraphrases: {key: ‸}}]`, columns],
      ['tune', `aspects: {robustness: {${rows.trim().slice(0, -2)}, group: ‸}}}}\n`, columns],
      ['tune', `aspects:\n  robustness:\n    ${rows}evaluation: {metrics: [{f1: {positive: ‸}}]}\n`, values],
    ]);
    await expectTaken([
      ['bench', `${rows}metrics: [{f1: {positive: ‸}}]`, 'y: "z"', `${rows}metrics: [{f1: {positive: "y: \\"z\\""}}]`],
      [
        'bench',
        `${rows}metrics: [{f1: {positive: "‸"}}]`,
        'y: "z"',
        `${rows}metrics: [{f1: {positive: "y: \\"z\\""}}]`,
      ],
      ['bench', `${rows}metrics: [{f1: {positive: '‸'}}]`, 'y: "z"', `${rows}metrics: [{f1: {positive: 'y: "z"'}}]`],
      ['bench', `${rows.slice(0, -2)}, filter: {‸}}\n`, 'lang', `${rows.slice(0, -2)}, filter: {lang: }}\n`],
    ]);
  });

  it('come from the folders, step by step', async () => {
    await expectFirst([
      ['bench', 'dataset: {path: ‸}', ['data/t.jsonl', 'data/more/p.csv', 'data/more/deep/q.csv', 'cards/', 'data/']],
      ['bench', 'dataset:\n  path: data/‸\n', ['data/t.jsonl', 'data/more/']],
      ['bench', 'dataset:\n  path: ./data/more/x‸\n', ['./data/more/p.csv', './data/more/deep/']],
      ['bench', 'dataset: {card: "‸"}', ['cards/m.md', 'rubrics/r.md']],
      ['bench', 'metrics:\n  - judge: {rubric: ru‸}', ['cards/m.md', 'rubrics/r.md']],
      ['bench', 'metrics:\n  - judge: {prompt: ‸}', ['prompts/t.prompt.yml']],
      ['tune', 'register: {card: cards/‸}', ['cards/m.md']],
      ['workbench', 'connections: {a: {provider: replay, path: data/‸}}', ['data/t.jsonl']],
      ['workbench', 'store: ‸', ['cards/', 'data/']],
    ]);
    const above = await at('bench', 'dataset: {path: ../‸}');
    assert.ok(above.labels.includes('../../'));
    assert.ok(above.items.find(({ label }) => label === '../../')?.command, 'a folder asks for what it holds');
    assert.deepEqual((await at('bench', 'dataset: {path: //server/share/‸}')).labels, []);
    const untitled = await complete(client, 'dataset: {path: ‸}', 'aiwb-bench', '', 'untitled:Untitled-1');
    assert.deepEqual(untitled.labels, []);
  });

  it('have units, those of the number that was typed first', async () => {
    await expectFirst([
      ['policy', 'controls: [{checks: [{type: attestation, validity: ‸}]}]', ['P1Y', 'P7D', 'P30D']],
      [
        'policy',
        'controls: [{checks: [{type: attestation, freshness: 45‸}]}]',
        ['P90D', 'P45D', 'P45W', 'P45M', 'P45Y'],
      ],
      ['bench', 'limits: {timeout: 45‸}', ['60s', '30s', 'PT1M', '45s', 'PT45M', 'PT45H']],
      ['bench', 'limits: {budget: 12‸}', ['5.00 USD', '12.00 USD', '1.00 USD']],
      ['bench', 'limits: {maxErrorRate: 3‸}', ['2%', '3%', '0%', '1%']],
      ['tune', 'limits: {deadline: ‸}', ['PT10M', '10s', '30s']],
      ['bench', 'compare: {confidence: ‸}', ['0.95', '0.9', '0.99']],
      ['bench', 'cache: ‸', ['true', 'false']],
      ['bench', 'seed: ‸', ['7', '42']],
      ['prompt', 'modelParameters: {temperature: ‸}', ['0', '0.7', '1']],
    ]);
    const { labels } = await at('policy', 'reviewBy: ‸');
    assert.equal(labels.filter(label => /^\d{4}-\d\d-\d\d$/.test(label)).length, 4);
    await expectTaken([
      ['bench', 'limits: {budget: 12‸}', '12.00 USD', 'limits: {budget: 12.00 USD}'],
      ['bench', 'limits:\n  maxErrorRate: 3‸\n', '3%', 'limits:\n  maxErrorRate: 3%\n'],
      ['bench', 'limits:\n  timeout:‸\n', '60s', 'limits:\n  timeout: 60s\n'],
    ]);
  });

  it('of a connection fit its provider and name keys, never hold them', async () => {
    const connection = (provider: string, rest: string): string =>
      `connections:\n  a: {provider: openai, model: g, apiKey: {env: TEAM_KEY}, headers: {X-Cost: "1"}}\n  b:\n    provider: ${provider}\n    ${rest}\n`;
    process.env['AIWB_UNSEEN_KEY'] = 'x';
    await expectAll([
      ['workbench', connection('anthropic', 'apiKey: {env: ‸}'), ['ANTHROPIC_API_KEY', 'TEAM_KEY']],
      ['workbench', connection('openai', 'apiKey: {env: ‸}'), ['OPENAI_API_KEY', 'TEAM_KEY']],
      ['workbench', connection('ollama', 'baseUrl: ‸'), ['http://localhost:11434']],
      ['workbench', connection('openai', 'model: ‸'), ['g', 'gpt-4o', 'granite-3']],
      ['workbench', connection('anthropic', 'model: ‸'), ['claude-sonnet-4-5']],
      ['workbench', connection('openai', 'headers: {‸}'), ['X-Cost', 'X-Team']],
    ]);
    delete process.env['AIWB_UNSEEN_KEY'];
    await expectFirst([
      ['workbench', connection('openai', 'baseUrl: ‸'), ['http://localhost:8000/v1', 'http://localhost:1234/v1']],
      ['workbench', connection('vscode-lm', '‸'), ['family', 'vendor']],
    ]);
    await expectTaken([
      ['workbench', connection('openai', 'apiK‸'), 'apiKey', connection('openai', 'apiKey: {env: }')],
      [
        'workbench',
        'connections:\n  ‸\n',
        'connection: anthropic',
        'connections:\n  claude:\n    provider: anthropic\n    model: claude-sonnet-4-5\n    apiKey: {env: ANTHROPIC_API_KEY}\n',
      ],
    ]);
  });

  it('of policies are found by what they mean', async () => {
    const mapping = (id: string): string => `controls: [{mappings: [{framework: mitre-atlas, id: ${id}}]}]`;
    const found = await at('policy', mapping('prompt inj‸'));
    assert.equal(found.labels[0], 'AML.T0051');
    const first = found.items[0];
    assert.match(String(first?.filterText), /^AML\.T0051 .*Prompt Injection/);
    assert.equal(found.take('AML.T0051'), mapping('AML.T0051'));
    assert.equal((await at('policy', mapping('inj prompt‸'))).labels[0], 'AML.T0051');
    const card = 'controls: [{checks: [{id: a, type: model-card, path: ‸}]}]';
    await expectAll([
      ['policy', card, ['license', '#the-model', '#intended-use']],
      ['policy', 'appliesTo: {all: [{field: model.riskTier, equals: ‸}]}', ['2']],
      ['policy', 'controls: [{checks: [{type: metric, benchmark: tickets, slice: ‸}]}]', ['lang']],
      ['policy', 'controls: [{checks: [{type: metric, benchmark: ‸}]}]', ['tickets']],
    ]);
    assert.equal((await at('policy', card)).take('#intended-use'), card.replace('‸', '"#intended-use"'));
  });

  it('may be aliases, and a mapping may take over fields', async () => {
    const anchored =
      'connections:\n  a: &base\n    provider: openai\n    model: &name gpt-4o\n  b:\n    <<: *base\n  c: &flow {provider: ollama, model: x}\n';
    await expectAll([
      ['workbench', `${anchored}  d:\n    model: *‸\n`, ['*flow', '*name', '*base']],
      ['workbench', `${anchored}  d:\n    <<: ‸\n`, ['*flow', '*base']],
      ['workbench', `${anchored}  d:\n    <<: [*base, ‸]\n`, ['*flow', '*base']],
      ['workbench', `connections:\n  a: &x\n    model: y\n  b: *x‸\n  z: &later {}\n`, ['*x']],
    ]);
    const entry = await at('workbench', `${anchored}  d:\n    ‸\n`);
    assert.ok(entry.labels.includes('<<'));
    assert.equal(entry.take('<<'), `${anchored}  d:\n    <<: *flow\n`);
    assert.ok(!(await at('workbench', 'connections:\n  d:\n    ‸\n')).labels.includes('<<'));
    assert.equal(
      (await at('bench', 'models:\n  - &first gp‸\n')).take('gpt'),
      'models:\n  - &first gpt\n',
      'an anchor stays',
    );
  });

  it('of a comment are codes, those told of the next line first', async () => {
    const { labels, take } = await at('bench', `name: x\nmodels: [gpt]\n${rows}# aiwb-disable-next-line ‸\nnme: x\n`);
    assert.equal(labels[0], 'unknown-field');
    assert.ok(labels.includes('missing-file') && new Set(labels).size === labels.length);
    assert.ok(take('unknown-field').endsWith('# aiwb-disable-next-line unknown-field\nnme: x\n'));
    const second = await at('bench', '  # aiwb-disable-next-line unknown-field, mis‸\nnme: x\n');
    assert.ok(!second.labels.includes('unknown-field'));
    assert.equal(second.take('missing-file'), '  # aiwb-disable-next-line unknown-field, missing-file\nnme: x\n');
    assert.equal(
      (await at('bench', 'name: a # aiwb‸')).take('aiwb-disable-next-line'),
      'name: a # aiwb-disable-next-line ',
    );
    assert.equal(
      (await at('bench', `name: x\n# aiwb-disable-next-line ‸\n\n  # why\nnme: x\n`)).labels[0],
      'unknown-field',
    );
    assert.equal((await at('bench', 'name: x\nnme: x # aiwb-disable-line ‸\n')).labels[0], 'unknown-field');
    assert.deepEqual((await at('bench', '# aiwb-disable-next-line wrong-type -- be‸\n')).labels, []);
    assert.deepEqual((await at('bench', '# models: ‸')).labels, []);
  });

  it('are explained when somebody looks, and lists are cut only when they are long', async () => {
    const text = 'models: [‸]';
    const { items, isIncomplete } = await at('bench', text);
    assert.equal(isIncomplete, false);
    for (const item of items) assert.equal(item.documentation, undefined, item.label);
    const model = items.find(({ label }) => label === 'registry:triage@3');
    assert.ok(model !== undefined && JSON.stringify(model.data).length < 20);
    const resolved = await client.request<CompletionItem>('completionItem/resolve', model);
    assert.match(
      (resolved.documentation as MarkupContent).value,
      /Sorts \\\*tickets\\\*[\s\S]*`production` is version 2/,
    );
    const stranger = await client.request<CompletionItem>('completionItem/resolve', { label: 'x', data: { a: 1 } });
    assert.deepEqual(stranger, { label: 'x', data: { a: 1 } });

    const many = Array.from({ length: 1_000 }, (_, index) => `column-${String(index)}`).join(',');
    await client.write('data/wide.csv', `${many}\n${many}\n`);
    const wide = await at('bench', 'dataset: {path: data/wide.csv, input: ‸}');
    assert.ok(wide.isIncomplete && wide.items.length === 300);
    const narrow = await at('bench', 'dataset: {path: data/wide.csv, input: n-99‸}');
    assert.equal(narrow.isIncomplete, true);
    assert.ok(narrow.labels.includes('column-999') && narrow.labels.length < 100);
  });

  it('say once what holds for all, for editors that know that', async () => {
    const modern = await startLanguageClient(workspace, {
      capabilities: {
        textDocument: {
          completion: {
            completionItem: { snippetSupport: false },
            completionList: { itemDefaults: ['editRange', 'insertTextFormat', 'insertTextMode', 'data'] },
          },
        },
      },
    });
    try {
      const uri = modern.open('m.bench.yaml', 'aiwb-bench', 'models: [gp]');
      const list = await modern.request<CompletionList>('textDocument/completion', {
        textDocument: { uri },
        position: { line: 0, character: 11 },
      });
      assert.deepEqual(list.itemDefaults, {
        editRange: { start: { line: 0, character: 9 }, end: { line: 0, character: 11 } },
        insertTextFormat: 1,
        insertTextMode: 2,
      });
      assert.equal(list.isIncomplete, false);
      const gpt = list.items.find(({ label }) => label === 'gpt');
      assert.deepEqual(Object.keys(gpt ?? {}).sort(), ['data', 'detail', 'kind', 'label', 'sortText']);
      const plain = await complete(modern, 'lim‸', 'aiwb-bench');
      assert.ok(plain.items.every(({ insertTextFormat }) => insertTextFormat === 1));
      assert.equal(plain.take('gate'), 'gate:\n  - metric: \n    model: \n    atLeast: ');
    } finally {
      await modern.stop();
    }
  });
});
