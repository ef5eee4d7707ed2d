import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import {
  bestHeadline,
  describeRun,
  formatAgo,
  formatDuration,
  formatFigure,
  formatProgress,
  toInline,
} from './format.ts';

const now = Date.UTC(2025, 10, 21, 12);
const minute = 60_000;

function run(changes: Partial<RunSummary>): RunSummary {
  return {
    id: 'r1',
    name: 'ticket-triage',
    kind: 'benchmark',
    file: 'triage.bench.yaml',
    state: 'succeeded',
    origin: 'editor',
    createdAt: now - 5 * minute,
    endedAt: now - 2 * minute,
    archived: false,
    progress: { total: 200, done: 200, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines: [],
    ...changes,
  };
}

describe('formatFigure', () => {
  it('writes each unit as people read it', () => {
    assert.equal(formatFigure(0.8214, 'ratio'), '82.1 %');
    assert.equal(formatFigure(412.4, 'ms'), '412 ms');
    assert.equal(formatFigure(0.25, 'ms'), '0.25 ms');
    assert.equal(formatFigure(12_300, 'ms'), '12.3 s');
    assert.equal(formatFigure(0.00421, 'USD'), '$0.0042');
    assert.equal(formatFigure(0, 'USD'), '$0.00');
    assert.equal(formatFigure(1234, 'tokens'), '1,234 tokens');
    assert.equal(formatFigure(0.5, undefined), '0.5');
  });
});

describe('describeRun', () => {
  it('shows the best figure and the age of a run that succeeded', () => {
    const headlines = [
      { model: 'a', label: 'Accuracy', value: 0.5, unit: 'ratio' as const },
      { model: 'b', label: 'Accuracy', value: 0.821, unit: 'ratio' as const },
    ];
    assert.equal(describeRun(run({ headlines }), now), '82.1 % accuracy · 2 min ago');
  });

  it('says that a gate was not met', () => {
    assert.equal(describeRun(run({ gate: 'not-met' }), now), 'done · gate not met · 2 min ago');
  });

  it('shows how far a cancelled run got', () => {
    const progress = { total: 200, done: 50, failed: 0, reused: 0, errors: {}, variants: [] };
    assert.equal(describeRun(run({ state: 'cancelled', progress }), now), 'cancelled at 25 % · 2 min ago');
  });

  it('shows live progress while it runs', () => {
    const progress = { total: 200, done: 90, failed: 3, reused: 0, secondsLeft: 180, errors: {}, variants: [] };
    assert.equal(describeRun(run({ state: 'running', progress }), now), '45 % · 3 min left · 3 failed');
  });
});

describe('a tuning run', () => {
  const progress = { total: 25, done: 12, failed: 0, reused: 0, errors: {}, variants: [] };

  it('counts epochs', () => {
    const tune = run({ kind: 'tune', state: 'running', progress: { ...progress, secondsLeft: 8 } });
    assert.equal(formatProgress(tune), 'epoch 12 of 25 · 8 s left');
    const starting = { ...progress, done: 0, phase: 'reading rows' };
    assert.equal(formatProgress({ ...tune, progress: starting }), 'reading rows');
    assert.match(describeRun(run({ kind: 'tune', state: 'cancelled', progress }), now), /^cancelled at epoch 12 of 25/);
    assert.match(describeRun(run({ kind: 'tune', state: 'lost', progress }), now), /^lost at epoch 12 of 25/);
  });

  it('ends in its headline', () => {
    const headlines = [{ model: 'triage', label: 'Accuracy', value: 0.83, unit: 'ratio' as const }];
    assert.equal(describeRun(run({ kind: 'tune', progress, headlines }), now), '83.0 % accuracy · 2 min ago');
  });
});

describe('formatProgress', () => {
  it('shows the phase before the first sample', () => {
    const progress = { total: 0, done: 0, failed: 0, reused: 0, phase: 'learning', errors: {}, variants: [] };
    assert.equal(formatProgress(run({ state: 'running', progress })), 'learning');
  });
});

describe('bestHeadline', () => {
  it('takes the lowest time', () => {
    const headlines = [20, 10, 30].map(value => ({ model: `m${value}`, label: 'p50', value, unit: 'ms' as const }));
    assert.equal(bestHeadline(headlines)?.model, 'm10');
  });

  it('takes the highest ratio and the first of equals', () => {
    const headlines = [0.2, 0.9, 0.9].map((value, index) => ({
      model: `m${index}`,
      label: 'f',
      value,
      unit: 'ratio' as const,
    }));
    assert.equal(bestHeadline(headlines)?.model, 'm1');
  });

  it('has nothing to choose from nothing', () => {
    assert.equal(bestHeadline([]), undefined);
  });
});

describe('times', () => {
  it('get coarser with age', () => {
    assert.equal(formatAgo(now + 1, now), 'just now');
    assert.equal(formatAgo(now - 59 * minute, now), '59 min ago');
    assert.equal(formatAgo(now - 60 * minute, now), '1 h ago');
    assert.equal(formatAgo(now - 30 * 60 * minute, now), '1 day ago');
    assert.equal(formatDuration(300), 'under 1 s');
    assert.equal(formatDuration(80 * minute), '80 min');
    assert.equal(formatDuration(100 * minute), '1 h 40 min');
  });
});

describe('toInline', () => {
  it('keeps abbreviations', () => {
    assert.equal(toInline('Accuracy'), 'accuracy');
    assert.equal(toInline('F1 (macro)'), 'F1 (macro)');
  });
});
