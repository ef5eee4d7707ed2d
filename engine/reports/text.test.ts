import assert from 'node:assert/strict';
import type { MetricValue, Report, RunSummary } from '../../schemas/generated/messages.ts';
import { renderMarkdown, renderText } from './text.ts';

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
  kind: 'benchmark',
  file: 'nb.ipynb',
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

describe('a report as text', () => {
  it('is a Markdown table in which nothing a model or file says becomes markup', () => {
    const lines = renderMarkdown({ ...report, title: 'tri|age <b>' }).split('\n');
    assert.equal(lines[0], '**tri\\|age &lt;b&gt;** — 480 rows, 720 training rows, 95 % intervals');
    assert.ok(lines.includes('| Model | Latency p50 | Accuracy | n | Failed |'), lines.join('\n'));
    assert.ok(lines.includes('| a\\|b (baseline) | 412 ms | 0.821 (0.784 to 0.853) | 480 | 0 |'), lines.join('\n'));
    assert.ok(lines.includes('| gpt · p.yml | – | – | 470 | 10 |'), lines.join('\n'));
    assert.ok(lines.includes('- 10 rows failed: rate limited by gpt'));
  });

  it('turns its table where the terminal is too narrow', () => {
    const wide = renderText(report, 120).split('\n');
    const narrow = renderText(report, 40).split('\n');
    assert.match(wide[2] ?? '', /^Model +Latency p50 +Accuracy/);
    assert.match(narrow[2] ?? '', /^ +a\|b +gpt · p\.yml/);
    assert.ok(
      narrow.some(line => /^Accuracy +0\.821 \(\.78–\.85\) +–$/.test(line)),
      narrow.join('\n'),
    );
  });
});
