import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import type { EpochPoint, MetricValue, TuningComparison, TuningReport } from '../../schemas/generated/messages.ts';
import { formatBytes } from './format.ts';
import { infrastructureLine } from './infrastructure.ts';
import { leaderItems } from './leaders.ts';
import { bestEpoch, changeOf, chosenEpoch, epochsOf, testGroups, type Selection } from './tuning.ts';
import { comparisonVerdicts, tuningVerdicts } from './tuning-verdicts.ts';
import { doneWords, progressWords } from './words.ts';

function read(name: string): TuningComparison {
  const file = new URL(`../../test/fixtures/tuning/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as TuningComparison;
}

function readReport(name: string): TuningReport {
  const [report] = read(name).reports;
  assert.ok(report !== undefined);
  return report;
}

function epoch(number: number, accuracy?: number, loss = 1): EpochPoint {
  const aspects =
    accuracy === undefined ? [] : [{ aspect: 'robustness' as const, rows: 10, loss, scores: { accuracy } }];
  return { epoch: number, trainingLoss: 1, seconds: 0.1, aspects };
}

function figure(value: number, low?: number, high?: number, others: Partial<MetricValue> = {}): MetricValue {
  const interval = low === undefined || high === undefined ? {} : { low, high, confidence: 0.95 };
  return {
    metric: 'accuracy',
    label: 'Accuracy',
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    value,
    n: 100,
    ...interval,
    ...others,
  };
}

const byAccuracy: Selection = { aspect: 'robustness', metric: 'accuracy', label: 'Accuracy', direction: 'higher' };

describe('the best epoch', () => {
  const cases: readonly [string, readonly EpochPoint[], Selection, number | undefined][] = [
    ['is the first among equals', [epoch(1, 0.5), epoch(2, 0.7), epoch(3, 0.7)], byAccuracy, 2],
    ['is never the base model', [epoch(0, 0.9), epoch(1, 0.5)], byAccuracy, 1],
    ['skips epochs that were not measured', [epoch(1), epoch(2, 0.4), epoch(3)], byAccuracy, 2],
    [
      'is the lowest loss where loss chooses',
      [epoch(1, 0.9, 0.8), epoch(2, 0.1, 0.3), epoch(3, 0.2, 0.5)],
      { ...byAccuracy, metric: 'loss', direction: 'lower' },
      2,
    ],
    ['is none before the first measurement', [epoch(1)], byAccuracy, undefined],
    ['is none for a metric nobody measured', [epoch(1, 0.5)], { ...byAccuracy, metric: 'toString' }, undefined],
  ];
  for (const [title, points, selection, expected] of cases) {
    it(title, () => assert.equal(bestEpoch(points, selection)?.epoch, expected));
  }

  it('of a run under way comes from what the run tells, of an ended one from its checkpoints', () => {
    const running = readReport('running');
    assert.equal(running.epochs.length, 6);
    assert.equal(epochsOf(running.run, running).length, 9);
    assert.equal(chosenEpoch(running), 8);
    const diverged = readReport('diverged');
    assert.equal(chosenEpoch(diverged), 1);
  });
});

describe('a difference between two figures', () => {
  const cases: readonly [MetricValue, MetricValue, string, boolean | undefined][] = [
    [figure(0.9, 0.85, 0.95), figure(0.7, 0.6, 0.8), 'better', true],
    [figure(0.9, 0.85, 0.95), figure(0.88, 0.8, 0.92), 'better', false],
    [figure(0.6, 0.5, 0.65), figure(0.7, 0.66, 0.8), 'worse', true],
    [figure(3, undefined, undefined, { direction: 'lower' }), figure(5), 'better', undefined],
    [figure(3, undefined, undefined, { direction: 'neutral' }), figure(5), 'lower', undefined],
    [figure(0.7), figure(0.7), 'same', undefined],
  ];
  for (const [tuned, base, verdict, apart] of cases) {
    it(`is ${verdict}${apart === undefined ? '' : apart ? ', intervals apart' : ', intervals overlap'}: ${String(tuned.value)} from ${String(base.value)}`, () => {
      const change = changeOf(tuned, base);
      assert.deepEqual([change?.verdict, change?.apart], [verdict, apart]);
    });
  }

  it('is none where a figure was not computed', () => {
    assert.equal(changeOf(figure(0.5), undefined), undefined);
    assert.equal(changeOf(figure(0.5), { ...figure(0), value: null }), undefined);
  });
});

describe('what tuning runs say', () => {
  it('begins with the checkpoint, then the test rows, then the gap between groups', () => {
    const report = readReport('finished');
    const sentences = tuningVerdicts(report).map(({ text }) => text);
    assert.equal(sentences[0], 'Best checkpoint: epoch 12, Accuracy (core performance, validation) 0.917, n 72.');
    assert.equal(
      sentences[1],
      'Core performance: Accuracy 0.842 (95 % interval 0.806 to 0.872) on the test rows, n 480.',
    );
    assert.match(
      sentences[4] ?? '',
      /^Ethical alignment: largest gap in accuracy by writer 0\.063 \(95 % interval .*\), from “first-language” \(0\.850\) to “singapore-english” \(0\.787\), n 1,041\.$/,
    );
    assert.equal(sentences.at(-1), 'Registered as ticket-triage@1.');
  });

  it('holds the tuned model against its base, and calls it better only where the intervals lie apart', () => {
    const report = readReport('warm');
    const items = tuningVerdicts(report);
    const core = items.find(({ text }) => text.startsWith('Core performance'));
    const robust = items.find(({ text }) => text.startsWith('Robustness'));
    assert.match(core?.text ?? '', /; \+0\.004 against the base, intervals overlap\.$/);
    assert.equal(core?.tone, 'neutral');
    assert.match(robust?.text ?? '', /; \+0\.127 against the base, intervals apart\.$/);
    assert.equal(robust?.tone, 'good');
  });

  it('compares runs on the same test rows only', () => {
    const { reports } = read('comparison');
    const groups = testGroups(reports).map(({ aspect, isShared, rows }) => [
      aspect,
      isShared,
      rows[0]?.figures.map(found => found !== undefined),
    ]);
    assert.deepEqual(groups, [
      ['core-performance', true, [true, true, true]],
      ['robustness', true, [true, true, false]],
      ['ethical-alignment', false, [true, false, false]],
      ['ethical-alignment', false, [false, true, false]],
    ]);
    const sentences = comparisonVerdicts(reports, ['A', 'B', 'C']).map(({ text }) => text);
    assert.match(
      sentences[0] ?? '',
      /^Core performance: B has the highest Accuracy, .*; their intervals overlap, n 480\.$/,
    );
    assert.ok(sentences.some(text => text.startsWith('Ethical alignment: not every run was tested on the same rows')));
    assert.ok(sentences.includes('C: best checkpoint: epoch 11, Accuracy (core performance, validation) 0.897, n 72.'));
  });

  it('names no leader where only one run was measured, or there is no better and worse', () => {
    const row = { label: 'Accuracy', unit: 'ratio' as const, direction: 'higher' as const };
    assert.deepEqual(leaderItems('Task', { ...row, figures: [figure(0.5), undefined] }, ['A', 'B']), []);
    assert.deepEqual(
      leaderItems('Task', { ...row, direction: 'neutral', figures: [figure(0.5), figure(0.6)] }, ['A', 'B']),
      [],
    );
  });

  it('counts what the run counts', () => {
    const { run } = readReport('running');
    assert.equal(progressWords(run), '9 of 20 epochs');
    assert.equal(doneWords({ ...run, progress: { ...run.progress, done: 1 } }), '1 epoch');
    assert.equal(doneWords({ ...run, kind: 'benchmark', progress: { ...run.progress, done: 480 } }), '480 samples');
  });

  it('words what a run used', () => {
    const report = readReport('finished');
    assert.equal(
      infrastructureLine(report),
      'local, 2 × Intel Xeon (linux x64) · 4.7 s wall · 4.6 s CPU · 143 MB at most · 7,083 rows a second',
    );
    assert.deepEqual([0, 812, 1482752, 149422080, 3e12].map(formatBytes), [
      '0 B',
      '812 B',
      '1.4 MB',
      '143 MB',
      '2.7 TB',
    ]);
  });
});
