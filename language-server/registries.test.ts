import assert from 'node:assert/strict';
import type { Hover, MarkupContent, SemanticTokens } from 'vscode-languageserver';
import type { ModelRow, VersionRow } from '../schemas/generated/messages.ts';
import type { Catalogue } from '../engine/ports/catalogue.ts';
import { complete } from '../test/fakes/completion.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';
import { readMarked } from '../test/fakes/marked.ts';
import type { ReadableStore } from './ports.ts';
import { tokenTypes } from './tokens/legend.ts';

const url = 'https://registry.example/api/model_registry/v1alpha3';
const files = {
  'workbench.yaml': [
    'connections:',
    '  gpt: {provider: openai, model: gpt-4o}',
    '  serving: {provider: openai, baseUrl: "http://localhost:8000/v1", model: g, registered: shared/granite@3}',
    'registries:',
    `  shared: {type: kubeflow, url: "${url}"}`,
    '  unread: {type: mlflow, url: "http://127.0.0.1:5000"}',
    '',
  ].join('\n'),
  'd.csv': 'text,label\na,x\n',
};

const figure = {
  name: 'ttft_p90',
  label: 'TTFT, p90',
  value: 180,
  unit: 'ms',
  direction: 'lower',
  scope: 'baseline',
  hardware: '8 × NVIDIA H100',
  dataset: 'chat',
} as const;
const rowOf = (model: string, version: string, change: Partial<VersionRow> = {}): VersionRow => ({
  registry: 'shared',
  model,
  version,
  status: 'candidate',
  state: 'LIVE',
  aliases: [],
  createdAt: Date.UTC(2026, 0, 2),
  figures: [],
  ...change,
});
const rows: readonly VersionRow[] = [
  rowOf('granite', '3', {
    status: 'approved',
    aliases: ['production'],
    figures: [figure],
    author: 'ops *team*',
    weightsDigest: 'a1'.repeat(32),
  }),
  rowOf('granite', '2', { state: 'ARCHIVED' }),
  rowOf('whisper', 'v1.0'),
];

/** A store whose catalogue read `shared` three hours ago, and never `unread`. */
function makeStore(readAt = Date.now() - 3 * 3_600_000): ReadableStore {
  const named = (model?: string) => rows.filter(row => model === undefined || row.model === model);
  const catalogue: Partial<Catalogue> = {
    state: registry =>
      Promise.resolve(
        registry === 'shared' ? { models: 2, versions: 3, syncedAt: readAt } : { models: 0, versions: 0 },
      ),
    pageModels: ({ registry }) => {
      const names = registry === 'shared' ? ['granite', 'whisper'] : [];
      return Promise.resolve({ models: names.map(name => ({ registry, name }) as ModelRow), total: names.length });
    },
    pageVersions: ({ registry, model }) => {
      const versions = registry === 'shared' ? named(model) : [];
      return Promise.resolve({ versions, total: versions.length });
    },
    findVersion: (registry, model, wanted = '') =>
      Promise.resolve(
        named(model).find(row => row.registry === registry && (row.version === wanted || row.aliases.includes(wanted))),
      ),
    readVersion: () => Promise.resolve(undefined),
  };
  return {
    path: '/store',
    dataVersion: () => Promise.resolve(1),
    listRuns: () => Promise.resolve([]),
    registry: { listModels: () => Promise.resolve([]), listVersions: () => Promise.resolve([]) },
    catalogue,
    close: () => Promise.resolve(),
  } as unknown as ReadableStore;
}

const bench = (model: string): string =>
  `name: x\ndataset: {path: d.csv, input: text, target: label}\nmodels: [${model}]\n`;

describe('models of other registries', () => {
  let client: LanguageClient;
  before(async () => {
    client = await startLanguageClient(files, { ports: { openStore: () => Promise.resolve(makeStore()) } });
  });
  after(() => client.stop());

  async function hover(marked: string, name = 'h.bench.yaml', language = 'aiwb-bench'): Promise<string> {
    const { text, position } = readMarked(marked);
    const uri = client.open(name, language, text);
    const help = await client.request<Hover | null>('textDocument/hover', { textDocument: { uri }, position });
    client.close(uri);
    return help === null ? '' : (help.contents as MarkupContent).value;
  }

  async function findings(name: string, language: string, marked: string) {
    const { text, ranges } = readMarked(marked);
    const answer = client.nextDiagnostics(client.uri(name));
    client.open(name, language, text);
    const { diagnostics } = await answer;
    return { diagnostics, ranges };
  }

  it('are offered step by step: the registries with their age, then versions with status and figures', async () => {
    const first = await complete(client, 'models:\n  - ‸', 'aiwb-bench');
    const offers = first.items.filter(({ label }) => label.startsWith('registry:'));
    assert.deepEqual(
      offers.map(({ label, detail }) => [label, detail]),
      [
        ['registry:shared/', 'registry, read 3 hours ago'],
        ['registry:unread/', 'registry, never read'],
      ],
    );
    assert.equal(first.take('registry:shared/'), 'models:\n  - registry:shared/');
    const second = await complete(client, 'models: [registry:shared/‸]', 'aiwb-bench');
    assert.deepEqual(
      second.items.filter(({ label }) => label.includes('shared/')).map(({ label, detail }) => [label, detail]),
      [
        ['registry:shared/granite@production', 'version 3, approved, TTFT, p90 180 ms (8 × NVIDIA H100, chat)'],
        ['registry:shared/granite@3', 'approved, TTFT, p90 180 ms (8 × NVIDIA H100, chat)'],
        ['registry:shared/whisper@v1.0', 'candidate'],
      ],
    );
    assert.equal(second.take('registry:shared/granite@3'), 'models: [registry:shared/granite@3]');
    const third = await complete(client, 'base: registry:shared/whisper@‸', 'aiwb-tune');
    assert.deepEqual(
      third.labels.filter(label => label.includes('shared/')),
      ['registry:shared/whisper@v1.0'],
    );
    const connection = 'connections:\n  a: {provider: ollama, model: x, registered: ‸}\nregistries:\n';
    const registries = `  shared: {type: kubeflow, url: "${url}"}\n`;
    assert.deepEqual((await complete(client, connection + registries, 'aiwb-workbench', 'workbench.yaml')).labels, [
      'shared/',
    ]);
  });

  it('are explained with what was read of them, how long ago, and who serves them', async () => {
    const text = await hover(bench('registry:shared/gra‸nite@production'));
    assert.match(text, /\*\*granite\*\* version 3 in shared \(registered on 2026-01-02 by ops \\\*team\\\*\)/);
    assert.match(text, /Status: approved, also called `production`/);
    assert.match(text, /TTFT, p90 180 ms \\\(8 × NVIDIA H100, chat\\\)/);
    assert.match(text, /Asked by the connection `serving`/);
    assert.match(text, /shared was read 3 hours ago: it may be newer by now/);
    assert.match(await hover(bench('registry:shared/gra‸nite@9')), /no version or alias `"9"`[\s\S]*- 3, approved/);
    assert.match(await hover(bench('registry:shared/lla‸ma@1')), /had no model `llama`/);
    assert.match(await hover(bench('registry:unread/lla‸ma@1')), /never read: `aiwb registry sync unread`/);
    const key = files['workbench.yaml'].replace('  shared:', '  sha‸red:');
    assert.match(
      await hover(key, 'workbench.yaml', 'aiwb-workbench'),
      /\*\*shared\*\* \(kubeflow at [\s\S]*2 models and 3 versions/,
    );
  });

  const table: readonly (readonly [
    models: string,
    codes: readonly string[],
    message?: RegExp,
    replacement?: string,
  ])[] = [
    ['registry:shared/granite@3', []],
    ['registry:shared/granite@production', []],
    ['registry:unread/anything@1', []],
    [
      '⟦registry:shard/granite@3⟧',
      ['unknown-registry'],
      /no registry `shard`\. Did you mean `shared`\? It declares `shared` and `unread`/,
      'registry:shared/granite@3',
    ],
    [
      '⟦registry:shared/granit@3⟧',
      ['unknown-registered-model'],
      /`shared` has no model `granit`\. Did you mean `granite`\? That is how it was read 3 hours ago: it may be newer/,
      'registry:shared/granite@3',
    ],
    [
      '⟦registry:shared/granite@prodution⟧',
      ['unknown-registered-model'],
      /no version or alias `prodution` in `shared`\. It has the versions `3` and `2` and the aliases `production`/,
      'registry:shared/granite@production',
    ],
  ];
  for (const [index, [marked, codes, message, replacement]] of table.entries()) {
    it(`${codes.join() || 'nothing'}: ${marked}`, async () => {
      const { diagnostics, ranges } = await findings(`x${String(index)}.bench.yaml`, 'aiwb-bench', bench(marked));
      assert.deepEqual(
        diagnostics.map(({ code, range }) => [code, range]),
        codes.map((code, place) => [code, ranges[place]]),
      );
      if (message !== undefined) assert.match(JSON.stringify(diagnostics[0]?.message), message);
      if (replacement !== undefined) assert.deepEqual(diagnostics[0]?.data, { replacement });
      if (codes[0] !== undefined) assert.equal(diagnostics[0]?.severity, codes[0] === 'unknown-registry' ? 1 : 2);
    });
  }

  it('are held to what is known where a connection says that it serves them', async () => {
    const connection = (registered: string) => `{provider: ollama, model: x, registered: ${registered}}`;
    const text = [
      'connections:',
      `  a: ${connection('⟦shard/granite@3⟧')}`,
      `  b: ${connection('⟦shared/granite@9⟧')}`,
      `  c: ${connection('shared/granite@3')}`,
      `  d: ${connection('⟦triage@1⟧')}`,
      'registries:',
      `  shared: {type: kubeflow, url: "${url}"}`,
      '',
    ].join('\n');
    const { diagnostics, ranges } = await findings('workbench.yaml', 'aiwb-workbench', text);
    assert.deepEqual(
      diagnostics.map(({ code, severity, range }) => [code, severity, range]),
      [
        ['unknown-registry', 1, ranges[0]],
        ['unknown-registered-model', 2, ranges[1]],
        ['unknown-registered-model', 2, ranges[2]],
      ],
    );
  });

  it('are coloured with their registry', async () => {
    const text = 'models: [registry:shared/granite@3, registry:triage@1]\n';
    const uri = client.open('t.bench.yaml', 'aiwb-bench', text);
    const { data } = await client.request<SemanticTokens>('textDocument/semanticTokens/full', {
      textDocument: { uri },
    });
    client.close(uri);
    const types: string[] = [];
    for (let at = 0; at < data.length; at += 5) types.push(tokenTypes[data[at + 3] ?? 0] ?? '');
    const [first, second] = [types.slice(-10, -4), types.slice(-4)];
    assert.deepEqual(first, ['namespace', 'namespace', 'operator', 'class', 'operator', 'number']);
    assert.deepEqual(second, ['namespace', 'class', 'operator', 'number']);
  });
});
