import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import { checkTuningJob } from './tune-checks.ts';
import type { DeclaredNames, WorkspaceView } from './workspace-view.ts';

const columns = ['text', 'category', 'split', 'channel'];
const dataset =
  '{path: t.jsonl, input: text, target: category, split: {field: split, train: train, test: test}, slices: [channel]}';
const base = `name: x
base: embedded:linear
aspects:
  core-performance: {dataset: ${dataset}}
`;

function viewOf(
  platforms: DeclaredNames,
  files: Readonly<Record<string, readonly string[] | undefined>>,
): WorkspaceView {
  return {
    connections: () => Promise.resolve({ state: 'absent' }),
    platforms: () => Promise.resolve(platforms),
    fileFacts: path =>
      Promise.resolve(Object.hasOwn(files, path) ? { kind: 'file', size: 10, modified: 0 } : undefined),
    datasetColumns: path => Promise.resolve(files[path]),
    promptVariables: () => Promise.resolve(undefined),
  };
}

async function found(
  text: string,
  platforms: DeclaredNames = { state: 'known', names: ['gpu-farm'] },
): Promise<string[]> {
  const parsed = parseDocument('tune', text);
  assert.deepEqual(parsed.diagnostics, []);
  const view = viewOf(platforms, { 't.jsonl': columns, 'card.md': undefined });
  const diagnostics = await checkTuningJob(parsed, view, new AbortController().signal);
  return diagnostics.map(
    ({ range, severity, code, message }) =>
      `${range.start.line + 1}:${range.start.character + 1} ${severity} ${code} ${message}`,
  );
}

describe('checkTuningJob', () => {
  const fine: readonly (readonly [string, string])[] = [
    ['a job that fits', base],
    ['two aspects over the same rows', `${base}  robustness: {dataset: ${dataset}}\n`],
    ['a checkpoint only the store knows', base.replace('embedded:linear', 'checkpoint:gone@best')],
    ['a registered version only the registry knows', base.replace('embedded:linear', 'registry:gone@3')],
    ['the platform every workspace has', `${base}platform: local\n`],
    ['a declared platform', `${base}platform: gpu-farm\n`],
    ['the loss as what chooses', `${base}evaluation: {select: {metric: loss}}\n`],
    ['a card that is there', `${base}register: {model: m, card: card.md, alias: candidate}\n`],
  ];
  for (const [name, text] of fine) {
    it(`finds nothing wrong with ${name}`, async () => {
      assert.deepEqual(await found(text), []);
    });
  }

  const wrong: readonly (readonly [string, string, RegExp])[] = [
    [
      'an unknown platform',
      `${base}platform: gpu-frm\n`,
      /^5:11 error unknown-platform `workbench\.yaml` declares no platform `gpu-frm` under `compute`\. Did you mean `gpu-farm`\? There are `local` and `gpu-farm`\.$/,
    ],
    ['a missing dataset', base.replace('t.jsonl', 'u.jsonl'), /^4:\d+ error missing-file There is no file `u\.jsonl`/],
    [
      'a missing column',
      base.replace('input: text', 'input: txet'),
      /error unknown-column `t\.jsonl` has no column `txet`\. Did you mean `text`\?/,
    ],
    [
      'a missing slice column',
      base.replace('[channel]', '[chanel]'),
      /unknown-column .*`chanel`\. Did you mean `channel`\?/,
    ],
    ['a missing split column', base.replace('field: split', 'field: part'), /unknown-column .*`part`/],
    [
      'one split to learn from and be tested on',
      base.replace('test: test', 'test: train'),
      /error missing-split Training and test split are the same/,
    ],
    [
      'a dataset card that is not there',
      base.replace('slices:', 'card: no.md, slices:'),
      /missing-file There is no file `no\.md`/,
    ],
    [
      'a model card that is not there',
      `${base}register: {model: m, card: no.md}\n`,
      /^5:\d+ error missing-file There is no file `no\.md`/,
    ],
    [
      'a metric of an endpoint',
      `${base}evaluation: {metrics: [accuracy, latency]}\n`,
      /^5:34 error metric-unsuitable `latency` is no quality metric/,
    ],
    [
      'a metric that needs more than a label',
      `${base}evaluation: {metrics: [calibration]}\n`,
      /^5:24 error metric-unsuitable `calibration` needs more than an answer and its label\. Use `exact-match`/,
    ],
    [
      'a metric without what it needs',
      `${base}evaluation: {metrics: [regex]}\n`,
      /metric-unsuitable Regular expression needs/,
    ],
    ['a metric named twice', `${base}evaluation: {metrics: [accuracy, accuracy]}\n`, /^5:34 error duplicate-item/],
    [
      'an aspect the job has not',
      `${base}evaluation: {select: {aspect: robustness}}\n`,
      /error unknown-aspect The job has no aspect `robustness`\. Did you mean `core-performance`\?/,
    ],
    [
      'a figure that is not computed',
      `${base}evaluation: {select: {metric: f1}}\n`,
      /error unknown-figure `f1` is not computed: add `f1` to `evaluation\.metrics`/,
    ],
    [
      'a misspelt figure',
      `${base}evaluation: {select: {metric: acuracy}}\n`,
      /unknown-figure Unknown figure `acuracy`\. Did you mean `accuracy`\? This job computes `accuracy` and `loss`\./,
    ],
    [
      'an alias that only a command moves',
      `${base}register: {model: m, alias: production}\n`,
      /error not-allowed-value `production` is moved by its own command only/,
    ],
  ];
  for (const [name, text, pattern] of wrong) {
    it(`tells ${name}`, async () => {
      const all = await found(text);
      assert.equal(all.length, 1, all.join('\n'));
      assert.match(all[0] ?? '', pattern);
    });
  }

  it('tells a platform where there is no workbench.yaml, and nothing where that has errors', async () => {
    const text = `${base}platform: gpu-farm\n`;
    assert.match((await found(text, { state: 'absent' })).join('\n'), /No `workbench\.yaml` was found here or above/);
    assert.deepEqual(await found(text, { state: 'broken' }), []);
  });

  it('says nothing about a file with errors, and stops when told', async () => {
    const view = viewOf({ state: 'absent' }, {});
    assert.deepEqual(await checkTuningJob(parseDocument('tune', 'name: 1\n'), view, new AbortController().signal), []);
    const controller = new AbortController();
    controller.abort();
    await assert.rejects(checkTuningJob(parseDocument('tune', base), view, controller.signal), { name: 'AbortError' });
  });
});
