import assert from 'node:assert/strict';
import { checkBenchmark } from './benchmark-checks.ts';
import { parseDocument } from '../documents/parse.ts';
import type { DeclaredNames, WorkspaceView } from './workspace-view.ts';

interface Surroundings {
  readonly connections?: DeclaredNames;
  readonly files?: Readonly<
    Record<
      string,
      { size?: number; kind?: 'file' | 'folder'; columns?: readonly string[]; variables?: readonly string[] }
    >
  >;
}

const base = `name: x
dataset: {path: t.jsonl, input: text, target: label, split: {field: split, train: train, test: test}, slices: [channel]}
models: [gpt, embedded:knn]
`;
const good: Surroundings = {
  connections: { state: 'known', names: ['gpt'] },
  files: { 't.jsonl': { columns: ['text', 'label', 'split', 'channel'] }, 'p.prompt.yml': { variables: ['text'] } },
};

function viewOf({ connections = { state: 'absent' }, files = {} }: Surroundings): WorkspaceView {
  return {
    connections: () => Promise.resolve(connections),
    platforms: () => Promise.resolve({ state: 'absent' }),
    fileFacts: path => {
      const file = files[path];
      return Promise.resolve(file && { kind: file.kind ?? 'file', size: file.size ?? 10, modified: 0 });
    },
    datasetColumns: path => Promise.resolve(files[path]?.columns),
    promptVariables: path => Promise.resolve(files[path]?.variables),
  };
}

async function found(text: string, around: Surroundings = good): Promise<string[]> {
  const parsed = parseDocument('bench', text);
  assert.deepEqual(parsed.diagnostics, []);
  const diagnostics = await checkBenchmark(parsed, viewOf(around), new AbortController().signal);
  return diagnostics.map(
    ({ range, severity, code, message }) =>
      `${range.start.line + 1}:${range.start.character + 1} ${severity} ${code} ${message}`,
  );
}

async function expectFound(text: string, expected: readonly RegExp[], around: Surroundings = good): Promise<void> {
  const actual = await found(text, around);
  assert.equal(actual.length, expected.length, actual.join('\n') || 'nothing found');
  expected.forEach((pattern, index) => assert.match(actual[index] ?? '', pattern));
}

describe('checkBenchmark', () => {
  it('finds nothing wrong with a benchmark that fits', async () => {
    await expectFound(`${base}prompts: [p.prompt.yml]\n`, []);
  });

  it('tells judges, rubrics, columns, baselines and repeats that are not there', async () => {
    const metrics = [
      '{judge: {rubric: gone.md}}',
      '{judge: {name: second, criteria: x, model: gpd}}',
      '{pairwise: {criteria: x, model: gpt, baseline: other}}',
      '{pass-at-k: {tests: test, k: [1, 5]}}',
      '{similarity: {model: gpt}}',
    ];
    await expectFound(`${base}metrics: [${metrics.join(', ')}]\n`, [
      /unknown-connection No judge is named here/,
      /missing-file There is no file `gone\.md`/,
      /unknown-connection .*no connection `gpd`\. Did you mean `gpt`/,
      /unknown-model `other` is not among `models`/,
      /unknown-column The dataset has no column `test`\. Did you mean `text`/,
      /metric-unsuitable pass@5 needs 5 answers to every row: set `repeats: 5`/,
    ]);
    const judged: Surroundings = { ...good, connections: { state: 'known', names: ['gpt'], judge: 'gpt' } };
    await expectFound(`${base}metrics: [{judge: {criteria: x}}]\n`, [], judged);
  });

  it('tells a metric that is named twice', async () => {
    await expectFound(`${base}metrics: [accuracy, {f1: {average: macro}}, {f1: {average: micro}}]\n`, [
      /^4:\d+ error duplicate-item `f1` is measured already/,
    ]);
  });

  it('lets a metric appear twice under two names, and tells names that are taken', async () => {
    await expectFound(`${base}metrics: [accuracy, {accuracy: {extract: first-line, name: accuracy-first}}]\n`, []);
    await expectFound(`${base}metrics: [accuracy, {f1: {name: accuracy}}, {latency: {name: accuracy}}]\n`, [
      /error duplicate-item `accuracy` is measured already\. Give one of the two a name of its own, such as `{f1: {name: f1-2}}`/,
      /error duplicate-item `accuracy` is measured already/,
    ]);
  });

  it('tells metrics that cannot be made, and says how they could', async () => {
    await expectFound(
      `${base}metrics: [regex, {accuracy: {extract: {regex: "("}}}, {fairness: {slice: channel, metric: acuracy}}]\n`,
      [
        /^4:11 error metric-unsuitable Regular expression needs `pattern`\. Write `regex: {pattern: …}`\.$/,
        /error metric-unsuitable The regular expression "\(" cannot be used/,
        /error metric-unsuitable Fairness cannot build on "acuracy": there is no such metric/,
      ],
    );
    await expectFound(`${base}metrics: [{json-schema: {schema: {pattern: "(a+)+$"}}}]\n`, [/could take forever/]);
    await expectFound(`${base}metrics: [{robustness: {metric: judge}}]\nperturbations: [typos]\n`, [
      /metric-unsuitable/,
    ]);
  });

  it('tells metrics that find nothing to measure', async () => {
    await expectFound(`${base}metrics: [multiple-choice]\n`, [
      /error metric-unsuitable Multiple choice needs the choices of each row: .*`dataset\.choices`/,
    ]);
    await expectFound(`${base}metrics: [robustness]\n`, [
      /error metric-unsuitable Robustness compares rows .*`perturbations`/,
    ]);
    await expectFound(`${base}metrics: [robustness]\nperturbations: [typos]\n`, []);
    await expectFound(`${base}metrics: [{fairness: {slice: chanel, metric: f1}}]\n`, [
      /^4:30 error unknown-slice .*`chanel`.*Did you mean `channel`\? They are `channel`\.$/,
    ]);
    const onlyConnections = base.replace('[gpt, embedded:knn]', '[gpt]');
    await expectFound(`${onlyConnections}metrics: [calibration]\n`, [
      /warning metric-unsuitable Calibration needs a confidence/,
    ]);
    await expectFound(`${base}metrics: [calibration]\n`, []);
    await expectFound(`${onlyConnections}metrics: [{calibration: {confidence: sure}}]\n`, []);
  });

  it('tells unknown connections', async () => {
    await expectFound(base.replace('gpt', 'gtp'), [
      /^3:10 error unknown-connection `workbench.yaml` declares no connection `gtp`\. Did you mean `gpt`\? It declares `gpt`\.$/,
    ]);
    await expectFound(base.replace('gpt', 'linear'), [/Did you mean `embedded:linear`\?/]);
    await expectFound(base, [/No `workbench.yaml` was found here or above/], {
      ...good,
      connections: { state: 'absent' },
    });
    await expectFound(base, [], { ...good, connections: { state: 'broken' } });
  });

  it('leaves checkpoints and registered versions to the store', async () => {
    await expectFound(base.replace('gpt', '"checkpoint:job@best", "registry:m@3"'), [], {
      ...good,
      connections: { state: 'absent' },
    });
  });

  it('tells a dataset card that is not there', async () => {
    const text = base.replace('slices:', 'card: t.card.md, slices:');
    await expectFound(text, [/^2:\d+ error missing-file There is no file `t\.card\.md`/]);
    await expectFound(text, [], { ...good, files: { ...good.files, 't.card.md': {} } });
  });

  it('tells missing, empty and unreadable datasets', async () => {
    await expectFound(base, [/^2:17 error missing-file There is no file `t\.jsonl`/], { ...good, files: {} });
    await expectFound(base, [/unreadable-file `t\.jsonl` is empty/], { ...good, files: { 't.jsonl': { size: 0 } } });
    await expectFound(base, [/unreadable-file `t\.jsonl` is no file/], {
      ...good,
      files: { 't.jsonl': { kind: 'folder' } },
    });
    await expectFound(base, [/warning unreadable-file No columns/], { ...good, files: { 't.jsonl': {} } });
    await expectFound(base.replace('t.jsonl', 't.dat'), [/Add `format: jsonl`/], { ...good, files: { 't.dat': {} } });
  });

  it('tells missing columns', async () => {
    const wrong = base
      .replace('input: text', 'input: txet')
      .replace('field: split', 'field: part')
      .replace('[channel]', '[chanel]');
    await expectFound(wrong, [
      /^2:33 error unknown-column `t\.jsonl` has no column `txet`\. Did you mean `text`\? Its columns: `text`, `label`, `split` and `channel`\.$/,
      /no column `part`\. Its columns/,
      /no column `chanel`\. Did you mean `channel`\?/,
    ]);
    await expectFound(base.replace('target: label', 'target: text'), [
      /warning column-used-twice Input and target are the same/,
    ]);
  });

  it('tells missing prompts, broken ones, and variables that are no column', async () => {
    await expectFound(`${base}prompts: [q.prompt.yml]\n`, [
      /^4:11 error missing-file There is no file `q\.prompt\.yml`/,
    ]);
    const files = { ...good.files, 'p.prompt.yml': { variables: ['lable'] }, 'b.prompt.yml': {} };
    await expectFound(
      `${base}prompts: [p.prompt.yml, b.prompt.yml]\n`,
      [/reads `\{\{lable\}\}`.* Did you mean `label`\?/, /`b\.prompt\.yml` has errors/],
      { ...good, files },
    );
  });

  it('tells embedded models that cannot be trained', async () => {
    await expectFound(base.replace(', split: {field: split, train: train, test: test}', ''), [
      /^3:15 error missing-split `embedded:knn` must be trained/,
    ]);
    await expectFound(base.replace('train: train, ', ''), [/error missing-split/]);
    await expectFound(base.replace('train: train', 'train: test'), [/warning missing-split/]);
  });

  it('tells a baseline and a gate about models that are not compared', async () => {
    await expectFound(`${base}compare: {baseline: gtp}\n`, [
      /^4:21 error unknown-model The baseline `gtp` is not among `models`\. Did you mean `gpt`\?/,
    ]);
    await expectFound(`${base}metrics: [accuracy]\ngate: [{metric: accuracy, model: other, atLeast: 0.5}]\n`, [
      /^5:34 error unknown-model The gate judges `other`/,
    ]);
  });

  it('tells a gate on figures that are not computed', async () => {
    const gate = (metric: string): string =>
      `${base}metrics: [accuracy, latency]\ngate: [{metric: ${metric}, model: gpt, atMost: 1}]\n`;
    await expectFound(gate('accuracy'), []);
    await expectFound(gate('latency.p95'), []);
    await expectFound(gate('latency'), [
      /warning unknown-figure `latency` has several figures and `latency\.mean` is judged/,
    ]);
    await expectFound(gate('f1'), [
      /error unknown-figure The gate judges `f1`, which is not computed: add `f1` to `metrics`/,
    ]);
    await expectFound(gate('acuracy'), [/Unknown figure `acuracy`\. Did you mean `accuracy`\?/]);
  });

  it('tells bounds no figure can keep', async () => {
    const gate = (bounds: string): string =>
      `${base}metrics: [accuracy]\ngate: [{metric: accuracy, model: gpt, ${bounds}}]\n`;
    await expectFound(gate('atLeast: 0.9, atMost: 0.5'), [
      /unsatisfiable-gate No figure is at least 0\.9 and at most 0\.5/,
    ]);
    await expectFound(gate('atLeast: 90'), [
      /error threshold-out-of-range `accuracy` lies between 0 and 1\. For 90 % write 0\.9\./,
    ]);
    await expectFound(gate('atMost: -1'), [/error threshold-out-of-range/]);
    const judged = (metrics: string, figure: string, bounds: string): string =>
      `${base}perturbations: [typos]\nmetrics: [${metrics}]\ngate: [{metric: ${figure}, model: gpt, ${bounds}}]\n`;
    await expectFound(judged('bleu', 'bleu', 'atLeast: 120'), [/error .*`bleu` lies between 0 and 100\.$/]);
    await expectFound(judged('bleu', 'bleu', 'atLeast: 30'), []);
    await expectFound(judged('{wer: {name: wer-en}}', 'wer-en', 'atMost: 1.5'), []);
    await expectFound(judged('mcc', 'mcc', 'atLeast: -0.5'), []);
    await expectFound(judged('mcc', 'mcc', 'atMost: -2'), [/error .*`mcc` is never below -1/]);
    await expectFound(judged('robustness', 'robustness.typos', 'atMost: 0.05'), []);
    await expectFound(judged('robustness', 'robustness.case-upper', 'atMost: 0.05'), [/error unknown-figure/]);
    await expectFound(judged('numeric', 'numeric.mae', 'atMost: 250'), []);
    await expectFound(judged('latency', 'latency.p95', 'atMost: -3'), [/error .*never below 0/]);
    await expectFound(judged('tokens', 'tokens.reasoning', 'atMost: 9000'), []);
  });

  it('says nothing about a file with errors, and stops when told', async () => {
    const parsed = parseDocument('bench', 'name: 1\n');
    assert.deepEqual(await checkBenchmark(parsed, viewOf({}), new AbortController().signal), []);
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(checkBenchmark(parseDocument('bench', base), viewOf(good), controller.signal), {
      name: 'AbortError',
    });
  });
});
