import assert from 'node:assert/strict';
import type { MetricValue, Report, RunSummary } from '../../schemas/generated/messages.ts';
import { describeReportAsMarkdown, describeRunAsMarkdown, escapeMarkdown } from './markdown.ts';

const accuracy: MetricValue = {
  metric: 'accuracy',
  label: 'Accuracy',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  value: 0.8214,
  n: 480,
  low: 0.784,
  high: 0.853,
};
const latency: MetricValue = {
  metric: 'latency.p50',
  label: 'Latency p50',
  kind: 'latency',
  unit: 'ms',
  direction: 'lower',
  value: 412,
  n: 480,
};
const run: RunSummary = {
  id: 'r1',
  name: 'triage',
  benchmark: 'nb.ipynb',
  state: 'succeeded',
  origin: 'notebook',
  createdAt: 1,
  endedAt: 2,
  archived: false,
  progress: { total: 480, done: 480, failed: 0, reused: 0, errors: {}, variants: [] },
  headlines: [{ model: 'a', label: 'Accuracy', value: 0.8214, unit: 'ratio' }],
};
const report: Report = {
  title: 'triage',
  createdAt: 1,
  runs: [run],
  confidence: 0.95,
  baseline: 0,
  dataset: { path: 'data/t.jsonl', digest: 'd', rows: 480, trainingRows: 720 },
  variants: [
    { variant: 0, runId: 'r1', model: 'a|b', samples: 480, failed: 0, metrics: [latency, accuracy], slices: [] },
    { variant: 1, runId: 'r1', model: 'gpt', prompt: 'p.yml', samples: 470, failed: 10, metrics: [], slices: [] },
  ],
  comparisons: [],
  gates: [],
  failures: [{ class: 'rate-limit', model: 'gpt', count: 10, sentence: '10 rows failed: rate limited by gpt' }],
  notes: [],
};

describe('escapeMarkdown', () => {
  it('leaves nothing that a table, a link or HTML could start with', () => {
    assert.equal(escapeMarkdown('a|b `c` <img src=x>\n[d](e)'), 'a\\|b \\`c\\` &lt;img src=x&gt; \\[d\\](e)');
  });
});

describe('describeReportAsMarkdown', () => {
  const lines = describeReportAsMarkdown(report, run).split('\n');

  it('starts with the outcome', () => {
    assert.equal(lines[0], '**triage**: 82.1 % accuracy');
  });

  it('has a row for each variant, quality first, with intervals and the number of samples', () => {
    assert.ok(lines.includes('| Model | Prompt | Accuracy | Latency p50 | n |'));
    assert.ok(lines.includes('| a\\|b (baseline) |  | 82.1 % \\[78.4 %, 85.3 %\\] | 412 ms | 480 |'), lines.join('\n'));
    assert.ok(lines.includes('| gpt | p.yml | – | – | 470 |'));
  });

  it('tells what failed and what the intervals rest on', () => {
    assert.ok(lines.includes('- 10 rows failed: rate limited by gpt'));
    assert.ok(lines.some(line => line.includes('480 rows of data/t.jsonl; intervals at 95 % confidence')));
  });
});

describe('describeRunAsMarkdown', () => {
  it('gives the reason of a failure', () => {
    const failed: RunSummary = {
      ...run,
      state: 'failed',
      failure: { code: 'x', message: 'No key.', remedy: 'Set it.' },
    };
    assert.equal(describeRunAsMarkdown(failed), '**triage**: failed\n\nNo key. Set it.');
  });
});
