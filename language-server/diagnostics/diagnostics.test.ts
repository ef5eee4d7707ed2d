import assert from 'node:assert/strict';
import type { Diagnostic } from 'vscode-languageserver';
import { kindOfPath, languageIds } from '../../engine/documents/kinds.ts';
import { createFiles } from '../../platform/files/files.ts';
import { startLanguageClient, type LanguageClient } from '../../test/fakes/language-client.ts';
import { bench, files } from '../../test/fakes/finding-files.ts';
import { readMarked } from '../../test/fakes/marked.ts';
import { remembering, waiverEnding } from '../../test/fakes/remembering.ts';
import { checkWaivers } from '../../engine/diagnostics/waiver-checks.ts';
import { parseDocument } from '../../engine/documents/parse.ts';
import type { ReadableStore } from '../ports.ts';

const policy = (rest: string): string => `id: x\nversion: 1.0.0\nlevel: team\n${rest}`;
const metric = (rest: string): string =>
  `controls: [{id: C, title: T, severity: low, checks: [{id: C.m, type: metric, benchmark: good, ${rest}}]}]\n`;

interface Case {
  readonly file: string;
  /** Everything that is found stands between `⟦` and `⟧`. */
  readonly marked: string;
  readonly codes: readonly string[];
  readonly replacement?: string;
  /** The related place, as file and line from 1. */
  readonly related?: string;
}

const cases: readonly Case[] = [
  {
    file: 'x.bench.yaml',
    marked: bench(', split: {field: split, train: train, test: ⟦tset⟧}'),
    codes: ['unknown-value'],
    replacement: 'test',
  },
  { file: 'x.bench.yaml', marked: bench(', filter: {channel: [mail, ⟦fax⟧]}'), codes: ['unknown-value'] },
  {
    file: 'x.bench.yaml',
    marked: bench('', 'metrics: [{f1: {positive: ⟦Crad⟧}}]\n'),
    codes: ['unknown-value'],
    replacement: 'card',
  },
  { file: 'x.bench.yaml', marked: bench(', slices: [⟦text⟧]'), codes: ['column-used-twice'] },
  {
    file: 'x.bench.yaml',
    marked: bench('', 'metrics: [⟦numeric⟧, ⟦bleu⟧, ⟦json-fields⟧]\n'),
    codes: ['metric-unfit', 'metric-unfit', 'metric-unfit'],
  },
  {
    file: 'x.bench.yaml',
    marked: bench('', 'metrics: [accuracy]\ngate: [{metric: accuracy, model: gpt, atLeast: ⟦90⟧}]\n'),
    codes: ['threshold-out-of-range'],
    replacement: '0.9',
  },
  { file: 'x.bench.yaml', marked: bench('', 'prompts: [⟦fixed.prompt.yml⟧]\n'), codes: ['prompt-without-column'] },
  {
    file: 'x.bench.yaml',
    marked: bench('', 'prompts: [⟦wrong.prompt.yml⟧]\n'),
    codes: ['unknown-column'],
    related: 'wrong.prompt.yml:4',
  },
  {
    file: 'x.bench.yaml',
    marked: bench(
      '',
      'metrics: [{judge: {model: gpt, rubric: ⟦rubric.md⟧}}, {judge: {name: two, model: gpt, criteria: ⟦"{{target}}?"⟧}}]\n',
    ),
    codes: ['unfilled-placeholder', 'unfilled-placeholder'],
  },
  {
    file: 'x.bench.yaml',
    marked: bench('', 'metrics: [{judge: {model: gpt, criteria: a, prompt: ⟦⟦wrong.prompt.yml⟧⟧}}]\n'),
    codes: ['prompt-without-column', 'unknown-variable'],
  },
  { file: 'x.bench.yaml', marked: bench('', 'cache: true\n').replace('cache', '⟦cache⟧'), codes: ['unused-field'] },
  {
    file: 'x.bench.yaml',
    marked: bench('').replace('[gpt]', '[⟦gtp⟧]'),
    codes: ['unknown-connection'],
    replacement: 'gpt',
    related: 'workbench.yaml:1',
  },
  {
    file: 'x.prompt.yml',
    marked:
      'messages:\r\n  - role: user\r\n    content: >-\r\n      😀 {% for ⟦row⟧ in text %}{{label}}{% endfor %}\r\n      {% set _kept = 1 %}\r\n',
    codes: ['unused-variable'],
  },
  {
    file: 'p.prompt.yml',
    marked: "messages:\n  - {role: user, content: '😀 it''s {{ ⟦txt⟧ }} of {{label | upper}}'}\n",
    codes: ['unknown-variable'],
    replacement: 'text',
    related: 'good.bench.yaml:3',
  },
  {
    file: 'workbench.yaml',
    marked: 'connections:\n  gpt: {provider: openai, model: m}\njudge: ⟦gtp⟧\n',
    codes: ['unknown-connection'],
    replacement: 'gpt',
    related: 'workbench.yaml:1',
  },
  {
    file: 'workbench.yaml',
    marked: 'connections:\n  old: {provider: replay, path: ⟦gone.jsonl⟧}\n',
    codes: ['missing-file'],
  },
  {
    file: 'x.policy.yaml',
    marked: policy(metric('metric: ⟦f1⟧, assert: {op: ">=", value: 0.5}')),
    codes: ['unknown-figure'],
    related: 'good.bench.yaml:5',
  },
  {
    file: 'x.policy.yaml',
    marked: policy(metric('metric: accuracy, statistic: worst, slice: ⟦chanel⟧, assert: {op: ">=", value: 0.5}')),
    codes: ['unknown-slice'],
    replacement: 'channel',
    related: 'good.bench.yaml:2',
  },
  {
    file: 'x.policy.yaml',
    marked: policy(metric('metric: accuracy, assert: {op: ">=", value: ⟦85⟧}')),
    codes: ['threshold-out-of-range'],
    replacement: '0.85',
  },
  {
    file: 'x.policy.yaml',
    marked: policy('extends: [{id: bank.fair, version: ^1.0.0}]\ncontrols: [{id: FAIR-01, severity: ⟦low⟧}]\n'),
    codes: ['loosened-rule'],
    replacement: 'high',
    related: 'bank.policy.yaml:5',
  },
  {
    file: 'x.policy.yaml',
    marked: policy(
      'controls:\n  - {id: A, title: T, severity: low, checks: [{id: A.a, type: lineage, require: [license]}, {id: ⟦A.a⟧, type: lineage, require: [license]}]}\n',
    ),
    codes: ['duplicate-id'],
    related: 'x.policy.yaml:5',
  },
  {
    file: 'x.policy.yaml',
    marked: policy('').replace('id: x', 'id: ⟦bank.fair⟧'),
    codes: ['ambiguous-policy'],
    related: 'bank.policy.yaml:1',
  },
  // Comments.
  {
    file: 'x.bench.yaml',
    marked: bench('')
      .replace('models', '# aiwb-disable-next-line unknown-connection -- made at night\n\nmodels')
      .replace('gpt', 'gtp'),
    codes: [],
  },
  {
    file: 'x.bench.yaml',
    marked: bench('')
      .replace('[gpt]', '[gtp] # aiwb-disable-line unknown-column, unknown-connection')
      .replace('unknown-column', '⟦unknown-column⟧'),
    codes: ['unused-suppression'],
  },
  {
    file: 'x.bench.yaml',
    marked: `# aiwb-disable-next-line ⟦unkown-field⟧ ⟦yaml-syntax⟧\n${bench('')}# ⟦aiwb-disable-line⟧\n`,
    codes: ['unused-suppression', 'unused-suppression', 'unused-suppression'],
  },
  { file: 'x.bench.yaml', marked: `${bench('')}description: |\n  # aiwb-disable-next-line all of it\n`, codes: [] },
  {
    file: 'x.bench.yaml',
    marked: `# aiwb-disable-next-line unknown-field\n${bench('').replace('name', 'nmae')}`.replace(
      'nmae: x\n',
      'nmae: x # aiwb-disable-line unknown-connection\n',
    ),
    codes: [],
  },
  {
    file: 'x.bench.yaml',
    marked: bench('').replace('[gpt]', '⟦[gpt # aiwb-disable-line yaml-syntax⟧'),
    codes: ['unused-suppression', 'yaml-syntax'],
  },
];

const codesOf = (found: readonly Diagnostic[]): unknown[] => found.map(({ code }) => code);

describe('findings', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient(files);
  });
  afterEach(() => client.stop());

  async function diagnose(file: string, text: string): Promise<Diagnostic[]> {
    const answer = client.nextDiagnostics(client.uri(file));
    client.open(file, languageIds[kindOfPath(file) ?? 'bench'], text);
    return (await answer).diagnostics;
  }

  for (const { file, marked, codes, replacement, related } of cases) {
    it(`${codes.join(', ') || 'nothing'} in ${JSON.stringify(marked.slice(-70))}`, async () => {
      const { text, ranges } = readMarked(marked);
      const found = await diagnose(file, text);
      assert.deepEqual(
        found.map(({ code }) => code),
        codes,
        JSON.stringify(found, undefined, 1),
      );
      if (!codes.includes('yaml-syntax'))
        assert.deepEqual(
          found.map(({ range }) => range),
          ranges,
        );
      if (replacement !== undefined) assert.deepEqual(found[0]?.data, { replacement });
      if (related === undefined) return;
      const place = found[0]?.relatedInformation?.[0]?.location;
      assert.equal(`${place?.uri ?? ''}:${String((place?.range.start.line ?? -1) + 1)}`, client.uri(related));
    });
  }

  it('says where each code is explained, how grave it is, and what may go', async () => {
    const found = await diagnose('x.bench.yaml', bench('', 'cache: true\nmodel: gpt\n'));
    assert.deepEqual(
      found.map(({ code, severity, tags }) => [code, severity, tags]),
      [['unknown-field', 1, undefined]],
    );
    assert.match(found[0]?.codeDescription?.href ?? '', /^file:.*\/docs\/diagnostics\.md#unknown-field$/);
    const next = client.nextDiagnostics(client.uri('x.bench.yaml'));
    client.change(client.uri('x.bench.yaml'), bench('', 'cache: true\n'));
    assert.deepEqual(
      (await next).diagnostics.map(({ severity, tags }) => [severity, tags]),
      [[3, [1]]],
    );
  });

  it('takes severities from the settings, but turns no syntax off', async () => {
    const text = bench('', 'cache: true\n').replace('[gpt]', '[gtp]');
    const uri = client.uri('x.bench.yaml');
    assert.equal((await diagnose('x.bench.yaml', text)).length, 2);
    const next = client.nextDiagnostics(uri);
    const severity = { 'unused-field': 'off', 'unknown-connection': 'hint', 'yaml-syntax': 'off' };
    await client.changeSettings({ diagnostics: { severity } });
    assert.deepEqual(
      (await next).diagnostics.map(({ code, severity: own }) => [code, own]),
      [['unknown-connection', 4]],
    );
    const broken = client.nextDiagnostics(uri);
    client.change(uri, 'name: [\n');
    assert.deepEqual(
      (await broken).diagnostics.map(({ code, severity: own }) => [code, own]),
      [['yaml-syntax', 1]],
    );
  });

  it('checks prompts again when a benchmark that asks with them changes', async () => {
    const uri = client.uri('p.prompt.yml');
    assert.deepEqual(await diagnose('p.prompt.yml', files['p.prompt.yml']), []);
    await client.write('data/u.jsonl', '{"question":"a","label":"b","channel":"c"}\n');
    const next = client.nextDiagnostics(uri);
    client.open('good.bench.yaml', 'aiwb-bench', files['good.bench.yaml'].replace('t.jsonl', 'u.jsonl'));
    assert.deepEqual(codesOf((await next).diagnostics), ['unknown-variable']);
    const again = client.nextDiagnostics(uri);
    await client.write('data/u.jsonl', '{"text":"a","label":"b","channel":"c"}\n');
    client.notifyFileChanged('data/u.jsonl');
    assert.deepEqual((await again).diagnostics, []);
  });
});

/** A store as far as these checks ask. */
function fakeStore(createdAt: number): ReadableStore {
  const summary = {
    id: '20260101-120000-abcde',
    name: 'x',
    kind: 'benchmark',
    file: 'x.bench.yaml',
    state: 'succeeded',
    createdAt,
  };
  const dataset = { path: 'data/t.jsonl', digest: '0'.repeat(64), rows: 4, trainingRows: 0 };
  return {
    path: '/store.db',
    dataVersion: () => Promise.resolve(1),
    close: () => Promise.resolve(),
    listRuns: (filter: { name?: string; file?: string }) =>
      Promise.resolve(
        filter.file === 'x.bench.yaml' || filter.name === 'tuned'
          ? [{ ...summary, kind: filter.name === 'tuned' ? 'tune' : 'benchmark' }]
          : [],
      ),
    getRun: () => Promise.resolve({ summary, spec: { text: bench('') }, dataset, variants: [] }),
    ledger: { list: () => Promise.resolve([]) },
    registry: {
      listModels: () => Promise.resolve([{ name: 'triage', aliases: { production: '2' } }]),
      listVersions: (model: string) => Promise.resolve(model === 'triage' ? [{ version: '2' }, { version: '1' }] : []),
    },
  } as unknown as ReadableStore;
}

describe('findings beside what the store remembers', () => {
  const remembered: readonly (readonly [models: string, codes: readonly string[], replacement?: string])[] = [
    ['registry:triage@2', []],
    ['registry:triage@v1', []],
    ['registry:triage@latest', []],
    ['registry:triage@production', []],
    ['⟦registry:triage@9⟧', ['unknown-registered-model'], 'registry:triage@2'],
    ['⟦registry:triage@prodution⟧', ['unknown-registered-model'], 'registry:triage@production'],
    ['⟦registry:traige@2⟧', ['unknown-registered-model'], 'registry:triage@2'],
    ['checkpoint:tuned', []],
    ['⟦checkpoint:tunde@best⟧', ['unknown-checkpoint']],
  ];
  for (const [marked, codes, replacement] of remembered) {
    it(`${codes.join() || 'nothing'}: ${marked}`, async () => {
      const client = await startLanguageClient(files, {
        ports: { openStore: () => Promise.resolve(fakeStore(Date.now() + 1e6)) },
      });
      try {
        const { text, ranges } = readMarked(bench('').replace('gpt', marked));
        const answer = client.nextDiagnostics(client.uri('x.bench.yaml'));
        client.open('x.bench.yaml', 'aiwb-bench', text);
        const found = (await answer).diagnostics;
        assert.deepEqual(
          found.map(({ code }) => code),
          codes,
        );
        assert.deepEqual(
          found.map(({ range }) => range),
          ranges,
        );
        if (replacement !== undefined) assert.deepEqual(found[0]?.data, { replacement });
        assert.deepEqual(client.log, []);
      } finally {
        await client.stop();
      }
    });
  }

  it('tells mildly what a tuning job here will register', async () => {
    const job =
      'name: made\nbase: embedded:linear\nplatform: local\nregister: {model: later}\naspects: {robustness: {dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}}}}\n';
    const client = await startLanguageClient(
      { ...files, 'made.tune.yaml': job },
      { ports: { openStore: () => Promise.resolve(fakeStore(Date.now() + 1e6)) } },
    );
    try {
      const answer = client.nextDiagnostics(client.uri('x.bench.yaml'));
      client.open('x.bench.yaml', 'aiwb-bench', bench('').replace('gpt', 'registry:later@1'));
      assert.deepEqual(
        (await answer).diagnostics.map(({ code, severity }) => [code, severity]),
        [['unknown-registered-model', 3]],
      );
    } finally {
      await client.stop();
    }
  });

  it('tells a dataset that changed, and reads none that is older than the run', async () => {
    for (const [createdAt, codes] of [
      [0, ['dataset-changed']],
      [Date.now() + 1e6, []],
    ] as const) {
      const client = await startLanguageClient(files, {
        ports: { openStore: () => Promise.resolve(fakeStore(createdAt)) },
      });
      const answer = client.nextDiagnostics(client.uri('x.bench.yaml'));
      client.open('x.bench.yaml', 'aiwb-bench', bench(''));
      const found = (await answer).diagnostics;
      assert.deepEqual(
        found.map(({ code }) => code),
        codes,
      );
      await client.stop();
      const other = await startLanguageClient(files, {
        ports: { openStore: () => Promise.resolve(fakeStore(createdAt)) },
      });
      const narrowed = other.nextDiagnostics(other.uri('x.bench.yaml'));
      other.open('x.bench.yaml', 'aiwb-bench', bench(', limit: 2'));
      assert.deepEqual((await narrowed).diagnostics, []);
      await other.stop();
    }
  });

  it('tells waivers that end, but not where a later one counts', async () => {
    const signal = new AbortController().signal;
    const value = parseDocument('policy', files['bank.policy.yaml']).value ?? assert.fail();
    const tell = async (...days: readonly number[]): Promise<string[]> => {
      const found: string[] = [];
      const memory = { ...remembering, waivers: () => Promise.resolve(days.map(one => waiverEnding(one))) };
      await checkWaivers(
        value,
        memory,
        (code, severity, path) => found.push(`${severity} ${code} ${path.join('.')}`),
        signal,
      );
      return found;
    };
    assert.deepEqual(await tell(-1), ['warning expired-waiver controls.0.id']);
    assert.deepEqual(await tell(20), ['information expired-waiver controls.0.id']);
    assert.deepEqual(await tell(60), []);
    assert.deepEqual(await tell(-1, 60), []);
    const unapproved = { ...waiverEnding(-1), approvals: [] };
    const found: string[] = [];
    await checkWaivers(
      value,
      { ...remembering, waivers: () => Promise.resolve([unapproved]) },
      code => found.push(code),
      signal,
    );
    assert.deepEqual(found, []);
  });
});

describe('findings of slow files', () => {
  it('do not hold up what the text alone shows', async () => {
    let open: () => void = () => undefined;
    const gate = new Promise<void>(resolve => (open = resolve));
    const real = createFiles();
    const slow = {
      ...real,
      facts: async (path: string) => {
        if (path.endsWith('p.prompt.yml')) await gate;
        return real.facts(path);
      },
    };
    const client = await startLanguageClient(files, { ports: { files: slow } });
    try {
      const uri = client.uri('x.bench.yaml');
      const first = client.nextDiagnostics(uri);
      const text = bench(
        '',
        '# aiwb-disable-next-line unknown-model\nprompts: [p.prompt.yml, gone.prompt.yml]\n',
      ).replace('name: x', 'name: !tag x');
      client.open('x.bench.yaml', 'aiwb-bench', text);
      assert.deepEqual(
        (await first).diagnostics.map(({ code }) => code),
        ['unknown-tag'],
      );
      const second = client.nextDiagnostics(uri);
      open();
      assert.deepEqual(
        (await second).diagnostics.map(({ code }) => code),
        ['unknown-tag', 'unused-suppression', 'missing-file'],
      );
    } finally {
      await client.stop();
    }
  });
});
