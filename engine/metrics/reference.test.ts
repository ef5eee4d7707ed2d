import assert from 'node:assert/strict';
import type { Metric as MetricEntry } from '../../schemas/generated/files.ts';
import type { MetricValue } from '../../schemas/generated/messages.ts';
import { readGolden } from '../../test/golden/read.ts';
import { createMetric } from './catalogue.ts';
import { createExtractor } from './extract.ts';
import type { Observation } from './metric.ts';
import { scoreObservation } from './score.ts';

type Figures = Readonly<Record<string, number>>;

interface Golden {
  readonly texts: readonly { target: string; answer: string }[];
  readonly textFigures: readonly {
    metric: string;
    name: string;
    parameters: object;
    value: number;
    scores?: readonly number[];
  }[];
  readonly classes: readonly { targets: string[]; answers: string[]; groups: string[]; figures: Figures }[];
  readonly calibration: readonly { confidences: number[]; right: number[]; figures: Figures }[];
  readonly choices: readonly { choices: string[]; logprobs: number[]; gold: number; scores: Figures }[];
  readonly matches: readonly { parameters: object; rows: [string, string[]][]; scores: number[] }[];
  readonly filters: readonly {
    extract: { regex: string; select: 'first' | 'last' };
    answers: string[];
    found: string[];
  }[];
  readonly retrieval: readonly { rows: { returned: string[]; relevant: Figures }[]; figures: Figures }[];
}

const golden = readGolden('metrics.json') as Golden;

/** What a run does: scores each answer when it comes, then adds it up. */
function measure(entry: object | string, observations: readonly Observation[]): Map<string, MetricValue> {
  const metric = createMetric(entry as MetricEntry);
  const aggregator = metric.startAggregate();
  for (const observation of observations) {
    aggregator.add({ ...observation, scores: scoreObservation(observation, [metric], metric) });
  }
  return new Map(aggregator.values({ confidence: 0.95, seed: 7 }).map(value => [value.metric, value]));
}

function assertNear(actual: number | null | undefined, expected: number, what: string, bound = 1e-12): void {
  const isNear = typeof actual === 'number' && Math.abs(actual - expected) <= bound * Math.max(1, Math.abs(expected));
  assert.ok(isNear, `${what}: ${actual} is not ${expected}`);
}

describe('metrics against the packages that define them', () => {
  it('BLEU, chrF, TER, ROUGE, WER and CER, of the corpus and of each answer', () => {
    const observations = golden.texts.map(({ target, answer }, row) => ({ target, output: answer, row }));
    for (const { metric: name, name: what, parameters, value, scores } of golden.textFigures) {
      const entry = { [name]: parameters };
      const figures = [...measure(entry, observations).values()];
      assertNear(figures[0]?.value, value, what);
      assert.ok(figures[0]?.signature, `${what} has no signature`);
      assert.ok(figures[0].low! <= value && value <= figures[0].high!, what);
      const metric = createMetric(entry);
      scores?.forEach((score, row) => {
        assertNear(metric.score?.(observations[row]!), score, `${what}, answer ${row + 1}`);
      });
    }
  });

  it('classes and the fairness between groups', () => {
    for (const { targets, answers, groups, figures } of golden.classes) {
      const observations = targets.map((target, row) => ({
        target,
        output: answers[row]!,
        row,
        slices: { region: groups[row]! },
      }));
      const entries = [
        'accuracy',
        'balanced-accuracy',
        'mcc',
        'precision',
        { recall: { average: 'weighted' } },
        ...(['f1', 'precision', 'recall'] as const).map(name => ({ [name]: { positive: 'Approved ' } })),
        { fairness: { slice: 'region', metric: 'accuracy', positive: 'approved' } },
      ];
      const labels = new Map<string, MetricValue>();
      for (const entry of entries)
        for (const value of measure(entry, observations).values()) labels.set(keyOf(value), value);
      for (const [name, expected] of Object.entries(figures)) {
        const value = labels.get(name);
        assertNear(value?.value, expected, name);
        assert.ok(value!.low! <= expected && expected <= value!.high!, `${name}: ${value!.low} … ${value!.high}`);
      }
    }
  });

  it('calibration', () => {
    for (const { confidences, right, figures } of golden.calibration) {
      const observations = confidences.map((confidence, row) => ({
        target: 'yes',
        output: JSON.stringify({ sure: { share: confidence }, label: right[row] === 1 ? 'Yes' : 'no' }),
        row,
      }));
      for (const bins of [10, 15]) {
        const values = measure({ calibration: { confidence: 'sure.share', bins } }, observations);
        assertNear(
          values.get('calibration.ece')?.value,
          figures[`calibration.ece, ${bins} bins`]!,
          `ece, ${bins} bins`,
        );
        for (const name of ['calibration.brier', 'calibration.log-loss'])
          assertNear(values.get(name)?.value, figures[name]!, name);
      }
    }
  });

  it('multiple choice by log-likelihoods', () => {
    const metric = createMetric('multiple-choice');
    for (const { choices, logprobs, gold, scores } of golden.choices) {
      for (const target of [choices[gold]!, 'ABCD'.charAt(gold), String(gold)]) {
        const taken = metric.take?.({ target, output: '', choices, choiceLogprobs: logprobs });
        assert.deepEqual(
          taken,
          {
            'multiple-choice.acc': scores['acc'],
            'multiple-choice.acc-norm': scores['acc_norm'],
            'multiple-choice.acc-bytes': scores['acc_bytes'],
          },
          JSON.stringify(choices),
        );
      }
    }
  });

  it('exact match with expressions to ignore and several targets', () => {
    for (const { parameters, rows, scores } of golden.matches) {
      const metric = createMetric({ 'exact-match': parameters });
      const actual = rows.map(([output, targets]) => metric.score!({ output, target: JSON.stringify(targets) }));
      assert.deepEqual(actual, scores, JSON.stringify(parameters));
    }
  });

  it('what a regular expression takes from an answer', () => {
    for (const { extract, answers, found } of golden.filters) {
      const find = createExtractor(extract)!;
      assert.deepEqual(
        answers.map(answer => find(answer) ?? '[invalid]'),
        found,
        JSON.stringify(extract),
      );
    }
  });

  it('retrieval', () => {
    for (const { rows, figures } of golden.retrieval) {
      const observations = rows.map(({ returned, relevant }, row) => ({
        output: row % 2 === 0 ? JSON.stringify(returned) : returned.map((id, rank) => `${rank + 1}. ${id}`).join('\n'),
        target: JSON.stringify(relevant),
        row,
      }));
      const values = measure('retrieval', observations);
      for (const [name, expected] of Object.entries(figures)) assertNear(values.get(name)?.value, expected, name);
    }
  });
});

/** Class figures are told apart by their averages, which their labels name. */
function keyOf({ metric, label }: MetricValue): string {
  return /^(?:precision|recall|f1)$/.test(metric) ? label.toLowerCase() : metric;
}
