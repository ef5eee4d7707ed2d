import assert from 'node:assert/strict';
import type {
  CodeAction,
  CompletionItem,
  Diagnostic,
  DocumentLink,
  DocumentSymbol,
  Hover,
  Location,
  MarkupContent,
  TextEdit,
} from 'vscode-languageserver';
import { languageIds, type DocumentKind } from '../engine/documents/kinds.ts';
import { startLanguageClient, type LanguageClient } from '../test/fakes/language-client.ts';

const country = `id: country.fair
version: 1.2.0
title: Fair service
level: country
frameworks: [{id: nist-ai-rmf, version: "1.0"}]
controls:
  - id: FAIR-01
    title: Alike for all
    severity: high
    checks:
      - {id: FAIR-01.gap, type: metric, benchmark: triage, metric: accuracy, statistic: max-gap, slice: group, assert: {op: "<=", value: 0.1}}
`;
const team = `id: team.rules
version: 0.1.0
level: team
extends: [{id: country.fair, version: ^1.0.0}]
controls:
  - id: FAIR-01
    severity: critical
`;
const job = `name: tuned
base: embedded:linear
platform: local
aspects:
  robustness:
    dataset: {path: data/t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}, card: data/t.card.md}
`;
const files = {
  'workbench.yaml': 'connections:\n  gpt: {provider: openai, model: m}\ncompute:\n  farm: {type: local}\n',
  'data/t.jsonl':
    '{"text":"a","label":"x","split":"train","group":"g"}\n{"text":"b","label":"y","split":"test","group":"h"}\n',
  'data/t.card.md': '---\nlicense: mit\n---\n',
  'triage.bench.yaml':
    'name: triage\ndataset: {path: data/t.jsonl, input: text, target: label, slices: [group]}\nmodels: [gpt]\nmetrics: [accuracy, latency]\n',
  'other.tune.yaml': `${job.replace('tuned', 'other')}register: {model: triage, properties: {riskTier: 2}}\n`,
  'policies/country.policy.yaml': country,
};

describe('tuning jobs and policies in the editor', () => {
  let client: LanguageClient;
  beforeEach(async () => {
    client = await startLanguageClient(files);
  });
  afterEach(() => client.stop());

  const nameOf = (kind: DocumentKind): string => (kind === 'bench' ? 'x.bench.yaml' : `x.${kind}.yaml`);

  async function diagnose(kind: DocumentKind, text: string, uri = client.uri(nameOf(kind))): Promise<Diagnostic[]> {
    const answer = client.nextDiagnostics(uri);
    client.open(nameOf(kind), languageIds[kind], text, uri);
    return (await answer).diagnostics;
  }

  /** `|` marks the cursor. */
  async function at<T>(method: string, kind: DocumentKind, marked: string): Promise<T> {
    const before = marked.slice(0, marked.indexOf('|')).split('\n');
    const uri = client.open(nameOf(kind), languageIds[kind], marked.replace('|', ''));
    const answer = await client.request<T>(method, {
      textDocument: { uri },
      position: { line: before.length - 1, character: before.at(-1)?.length ?? 0 },
    });
    client.close(uri);
    return answer;
  }

  async function complete(kind: DocumentKind, marked: string): Promise<CompletionItem[]> {
    const items = await at<CompletionItem[]>('textDocument/completion', kind, marked);
    return items.sort((a, b) => (a.sortText ?? '').localeCompare(b.sortText ?? ''));
  }
  const labels = async (kind: DocumentKind, marked: string): Promise<string[]> =>
    (await complete(kind, marked)).map(({ label }) => label);

  async function hover(kind: DocumentKind, marked: string): Promise<string> {
    const found = await at<Hover | null>('textDocument/hover', kind, marked);
    return (found?.contents as MarkupContent | undefined)?.value ?? '';
  }

  it('finds nothing wrong with files that fit', async () => {
    assert.deepEqual(await diagnose('tune', job), []);
    assert.deepEqual(await diagnose('policy', team), []);
  });

  it('checks cells of a notebook against the same workspace', async () => {
    const cell = (kind: string): string =>
      `${client.uri('story.ipynb').replace('file://', 'vscode-notebook-cell:')}#${kind}`;
    assert.deepEqual(await diagnose('policy', team, cell('a')), []);
    const loose = await diagnose('policy', team.replace('critical', 'low'), cell('b'));
    assert.deepEqual(
      loose.map(({ code, data }) => [code, data]),
      [['loosened-rule', { replacement: 'high' }]],
    );
    const unknown = await diagnose('tune', job.replace('platform: local', 'platform: fram'), cell('c'));
    assert.deepEqual(
      unknown.map(({ code, data }) => [code, data]),
      [['unknown-platform', { replacement: 'farm' }]],
    );
  });

  it('checks a policy again when one it extends changes, in the editor or on disk', async () => {
    assert.deepEqual(await diagnose('policy', team), []);
    const uri = client.uri(nameOf('policy'));
    let next = client.nextDiagnostics(uri);
    const parent = client.open('policies/country.policy.yaml', 'aiwb-policy', country.replace('1.2.0', '2.0.0'));
    assert.deepEqual(
      (await next).diagnostics.map(({ code }) => code),
      ['version-mismatch'],
    );
    next = client.nextDiagnostics(uri);
    client.close(parent);
    assert.deepEqual((await next).diagnostics, []);
    next = client.nextDiagnostics(uri);
    await client.write('policies/country.policy.yaml', country.replace('id: country.fair', 'id: country.other'));
    client.notifyFileChanged('policies/country.policy.yaml');
    assert.deepEqual(
      (await next).diagnostics.map(({ code }) => code),
      ['unknown-policy'],
    );
  });

  it('sees a policy file that was added', async () => {
    const text = team.replace('country.fair', 'country.new').replace(/controls:[^]*/, '');
    assert.deepEqual(
      (await diagnose('policy', text)).map(({ code }) => code),
      ['unknown-policy'],
    );
    const next = client.nextDiagnostics(client.uri(nameOf('policy')));
    await client.write('policies/new.policy.yaml', country.replace('country.fair', 'country.new'));
    client.notifyFileChanged('policies/new.policy.yaml');
    assert.deepEqual((await next).diagnostics, []);
  });

  it('checks a policy again when its benchmark changes', async () => {
    const text = country.replace('country.fair', 'mine');
    assert.deepEqual(await diagnose('policy', text), []);
    const next = client.nextDiagnostics(client.uri(nameOf('policy')));
    client.open('triage.bench.yaml', 'aiwb-bench', files['triage.bench.yaml'].replace('[group]', '[label]'));
    assert.deepEqual(
      (await next).diagnostics.map(({ code }) => code),
      ['unknown-slice'],
    );
  });

  it('changes a retold rule back with a quick fix', async () => {
    const diagnostics = await diagnose('policy', team.replace('critical', 'low'));
    const uri = client.uri(nameOf('policy'));
    const [action] = await client.request<CodeAction[]>('textDocument/codeAction', {
      textDocument: { uri },
      range: diagnostics[0]?.range,
      context: { diagnostics },
    });
    assert.equal(action?.edit?.changes?.[uri]?.[0]?.newText, 'high');
  });

  const mapping = (id: string, framework = 'nist-ai-rmf'): string =>
    `${team}    mappings: [{framework: ${framework}, id: ${id}}]\n`;
  it('offers framework ids with their names, and writes ids with spaces as they are', async () => {
    const items = await complete('policy', mapping('MEASURE 2|'));
    const fairness = items.find(({ label }) => label === 'MEASURE 2.11');
    assert.equal(fairness?.detail, 'Fairness');
    assert.ok(fairness.filterText?.startsWith('MEASURE 2.11'));
    const edit = fairness.textEdit as TextEdit;
    const line = mapping('MEASURE 2').split('\n')[edit.range.start.line] ?? '';
    const after = line.slice(0, edit.range.start.character) + edit.newText + line.slice(edit.range.end.character);
    assert.equal(after, '    mappings: [{framework: nist-ai-rmf, id: MEASURE 2.11}]');
    const atlas = await complete('policy', mapping('AML.T|', 'mitre-atlas'));
    assert.equal(atlas.find(({ label }) => label === 'AML.T0051')?.detail, 'LLM Prompt Injection');
    const block = await labels('policy', `${team}    mappings:\n      - framework: mas-feat\n        id: |\n`);
    assert.deepEqual(block.slice(0, 2), ['Fairness 1', 'Fairness 2']);
  });

  it('offers frameworks and versions', async () => {
    const head = 'id: x\nversion: 1.0.0\nlevel: team\n';
    assert.ok((await labels('policy', `${head}frameworks: [{id: |}]\n`)).includes('owasp-llm-top10'));
    const versions = await complete('policy', `${head}frameworks:\n  - id: owasp-llm-top10\n    version: |\n`);
    assert.deepEqual(
      versions.map(({ label, textEdit }) => [label, (textEdit as TextEdit).newText]),
      [
        ['2025', '"2025"'],
        ['2026', '"2026"'],
      ],
    );
    assert.deepEqual(await labels('policy', mapping('x', '|')), ['nist-ai-rmf']);
  });

  it('offers policies to extend, inherited controls and checks', async () => {
    assert.deepEqual(await labels('policy', team.replace('id: country.fair', 'id: |')), ['country.fair']);
    assert.deepEqual(await labels('policy', team.replace('^1.0.0', '|')), ['^1.2.0', '1.2.0']);
    assert.deepEqual(await labels('policy', team.replace('- id: FAIR-01', '- id: |')), ['FAIR-01']);
    assert.deepEqual(await labels('policy', `${team}    checks: [{id: |}]\n`), ['FAIR-01.gap']);
  });

  it('offers benchmarks, their figures and slices in checks', async () => {
    const check = (rest: string): string => `${team}    checks: [{id: a, type: metric, ${rest}}]\n`;
    assert.deepEqual(await labels('policy', check('benchmark: |')), ['triage']);
    const figures = await labels('policy', check('benchmark: triage, metric: |'));
    assert.ok(figures.includes('accuracy') && figures.includes('latency.p95') && !figures.includes('f1'));
    assert.deepEqual(await labels('policy', check('benchmark: triage, slice: |')), ['group']);
    assert.deepEqual(await labels('policy', check('statistic: |')), ['overall', 'worst', 'max-gap']);
  });

  it('offers the fields of the kind of check that is written', async () => {
    const lineage = await labels('policy', `${team}    checks:\n      - id: a\n        type: lineage\n        |\n`);
    assert.deepEqual(lineage, ['require', 'title', 'freshness']);
    assert.deepEqual((await labels('policy', `${team}    checks:\n      - |\n`)).slice(0, 2), ['id', 'type']);
    const kinds = await labels('policy', `${team}    checks: [{id: a, type: |}]\n`);
    assert.deepEqual(kinds, ['metric', 'model-card', 'lineage', 'scan', 'attestation', 'document']);
  });

  const tested = (rest: string): string =>
    `${team}  - {id: OWN-01, title: Ours, severity: low, checks: [{id: OWN-01.card, type: model-card, path: a}]}\ntests:\n  - name: one\n    ${rest}\n`;

  it('offers what a policy’s tests can name, its own and what it inherits', async () => {
    assert.deepEqual(await labels('policy', tested('model: {}\n    expect:\n      controls: {|}')), [
      'FAIR-01',
      'OWN-01',
    ]);
    assert.deepEqual(await labels('policy', tested('model: {}\n    expect:\n      checks:\n        |')), [
      'FAIR-01.gap',
      'OWN-01.card',
    ]);
    assert.deepEqual(await labels('policy', tested('model: {}\n    expect: {controls: {FAIR-01: |}}')), [
      'compliant',
      'partial',
      'non-compliant',
      'not-applicable',
      'not-assessed',
    ]);
    assert.deepEqual(await labels('policy', tested('model: {waivers: [{control: |}]}')), ['FAIR-01', 'OWN-01']);
    assert.deepEqual(await labels('policy', tested('model:\n      metrics:\n        |')), ['triage']);
  });

  it('finds names in tests that are none', async () => {
    const wrong = await diagnose(
      'policy',
      tested('model: {}\n    expect: {controls: {FAIR-10: partial}, checks: {OWN-01.cart: fail}}'),
    );
    assert.deepEqual(
      wrong.map(({ code, data }) => [code, data]),
      [
        ['unknown-control', { replacement: 'FAIR-01' }],
        ['unknown-check', { replacement: 'OWN-01.card' }],
      ],
    );
  });

  it('tells of the names in tests, and leads to them', async () => {
    const expect = (names: string): string => tested(`model: {}\n    expect: {${names}}`);
    assert.match(await hover('policy', expect('controls: {FAIR|-01: partial}')), /Alike for all[^]*Inherited from/);
    assert.match(await hover('policy', expect('controls: {OWN|-01: partial}')), /Ours[^]*A control of this policy/);
    const found = await at<Location | null>(
      'textDocument/definition',
      'policy',
      expect('checks: {FAIR-01|.gap: fail}'),
    );
    assert.equal(found?.uri, client.uri('policies/country.policy.yaml'));
  });

  it('offers severities once each, and facts of registered models', async () => {
    const head = 'id: x\nversion: 1.0.0\nlevel: team\n';
    assert.deepEqual(await labels('policy', `${head}scoring: {gate: {failOn: [critical, |]}}\n`), [
      'high',
      'medium',
      'low',
    ]);
    const facts = await labels('policy', `${head}appliesTo: {all: [{field: |}]}\n`);
    assert.deepEqual(facts, ['model.name', 'model.license', 'model.provider', 'model.riskTier']);
    assert.deepEqual(await labels('policy', `${head}assess: {model: |}\n`), ['triage@candidate']);
  });

  it('offers what a tuning job can name', async () => {
    assert.deepEqual(await labels('tune', job.replace('base: embedded:linear', 'base: |')), [
      'embedded:linear',
      'checkpoint:other',
      'hub:',
      'folder:',
      'service:',
    ]);
    assert.deepEqual(await labels('tune', job.replace('platform: local', 'platform: |')), ['local', 'farm']);
    assert.deepEqual(await labels('tune', job.replace('input: text', 'input: |')), ['text', 'label', 'split', 'group']);
    assert.deepEqual(await labels('tune', job.replace('test: test', 'test: |')), ['train', 'test']);
    assert.equal((await labels('tune', job.replace('data/t.card.md', '|')))[0], 'data/t.card.md');
    assert.equal((await labels('tune', job.replace('data/t.jsonl', '|')))[0], 'data/t.jsonl');
    assert.deepEqual(await labels('tune', `${job}evaluation: {select: {aspect: |}}\n`), ['robustness']);
    assert.deepEqual(await labels('tune', `${job}evaluation: {metrics: [accuracy], select: {metric: |}}\n`), [
      'accuracy',
      'loss',
    ]);
    const metrics = await labels('tune', `${job}evaluation: {metrics: [|]}\n`);
    assert.ok(metrics.includes('f1') && !metrics.includes('latency'));
    assert.ok((await labels('tune', job.replace('  robustness:', '  |'))).includes('ethical-alignment'));
  });

  it('offers checkpoints to benchmarks', async () => {
    assert.deepEqual((await labels('bench', 'models: [|]\n')).at(-1), 'checkpoint:other');
  });

  it('tells framework ids, frameworks and policies on hover', async () => {
    const text = await hover('policy', mapping('MEASURE| 2.11'));
    assert.match(text, /\*\*MEASURE 2\.11\*\* Fairness[\s\S]*NIST AI Risk Management Framework 1\.0[\s\S]*MEASURE 2/);
    assert.match(
      await hover('policy', mapping('AML.T0|051', 'mitre-atlas')),
      /LLM Prompt Injection[\s\S]*Mitigated by: `AML\.M/,
    );
    assert.match(await hover('policy', mapping('x', 'nist-ai|-rmf')), /Versions: `"1\.0"`[\s\S]*our own few words/);
    assert.match(
      await hover('policy', team.replace('country.fair', 'country|.fair')),
      /1\.2\.0 \(country policy, one control\)/,
    );
  });

  it('tells where an inherited control comes from', async () => {
    assert.match(
      await hover('policy', team.replace('FAIR-01', 'FAIR|-01')),
      /\*\*FAIR-01\*\* Alike for all[\s\S]*Inherited from `country\.fair` 1\.2\.0, `policies\/country\.policy\.yaml:7`[\s\S]*Severity: `high`/,
    );
    assert.match(
      await hover('policy', country.replace('FAIR-01', 'FAIR|-01').replace('country.fair', 'x')),
      /\*\*Id\*\*/,
    );
  });

  it('tells the field of the kind of check that is written', async () => {
    assert.match(
      await hover('policy', `${team}    checks: [{id: a, type: lineage, requ|ire: []}]\n`),
      /Where the version comes from|what the lineage|it came out of a recorded run/i,
    );
    assert.match(
      await hover('policy', `${team}    checks: [{id: a, type: metric, benchmark: tri|age}]\n`),
      /\(benchmark\)[\s\S]*Slices: `group`/,
    );
  });

  it('tells datasets, models and metrics of a tuning job', async () => {
    assert.match(
      await hover('tune', job.replace('data/t.jsonl', 'data/t|.jsonl')),
      /Columns:[^]*- `text` [^]*- `label` [^]*- `split` [^]*- `group` /,
    );
    assert.match(await hover('tune', job.replace('target: label', 'target: la|bel')), /Column `label`/);
    assert.match(await hover('tune', job.replace('embedded:linear', 'embedded:li|near')), /embedded: needs no network/);
    assert.match(
      await hover('tune', job.replace('embedded:linear', 'checkpoint:ot|her')),
      /\*\*other\*\* \(tuning job\)/,
    );
    assert.match(await hover('tune', `${job}evaluation: {metrics: [accu|racy]}\n`), /\*\*Accuracy\*\*/);
  });

  it('links datasets and cards', async () => {
    const uri = client.open('x.tune.yaml', 'aiwb-tune', job);
    const links = await client.request<DocumentLink[]>('textDocument/documentLink', { textDocument: { uri } });
    assert.deepEqual(
      links.map(({ target }) => target),
      [client.uri('data/t.jsonl'), client.uri('data/t.card.md')],
    );
  });

  it('leads from names to where they are declared', async () => {
    const parent = client.uri('policies/country.policy.yaml');
    const define = (kind: DocumentKind, marked: string): Promise<Location | null> =>
      at('textDocument/definition', kind, marked);
    const policy = await define('policy', team.replace('country.fair', 'country|.fair'));
    assert.deepEqual([policy?.uri, policy?.range.start], [parent, { line: 0, character: 4 }]);
    const control = await define('policy', team.replace('FAIR-01', 'FAIR|-01'));
    assert.deepEqual([control?.uri, control?.range.start], [parent, { line: 6, character: 8 }]);
    const benchmark = await define('policy', `${team}    checks: [{id: a, type: metric, benchmark: tri|age}]\n`);
    assert.equal(benchmark?.uri, client.uri('triage.bench.yaml'));
    const platform = await define('tune', job.replace('platform: local', 'platform: fa|rm'));
    assert.deepEqual([platform?.uri, platform?.range.start.line], [client.uri('workbench.yaml'), 3]);
    const checkpoint = await define('tune', job.replace('embedded:linear', 'checkpoint:ot|her'));
    assert.equal(checkpoint?.uri, client.uri('other.tune.yaml'));
    const dataset = await define('tune', job.replace('data/t.jsonl', 'data/t|.jsonl'));
    assert.equal(dataset?.uri, client.uri('data/t.jsonl'));
  });

  it('outlines controls and checks by id and title', async () => {
    const uri = client.open('x.policy.yaml', 'aiwb-policy', country);
    const symbols = await client.request<DocumentSymbol[]>('textDocument/documentSymbol', { textDocument: { uri } });
    const control = symbols.find(({ name }) => name === 'controls')?.children?.[0];
    assert.deepEqual([control?.name, control?.detail], ['FAIR-01', 'Alike for all']);
    assert.deepEqual(
      control?.children?.find(({ name }) => name === 'checks')?.children?.map(({ name }) => name),
      ['FAIR-01.gap'],
    );
  });
});
