import assert from 'node:assert/strict';
import { makeCardRecord } from '../../test/fakes/cards.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { WorkbenchError } from '../base/errors.ts';
import { figuresOf } from './card-figures.ts';
import { makeCard, readMetadata } from './make-card.ts';

const digest = createDigest();
const read = (index: unknown) => figuresOf(index, 5, digest);
const indexOf = (metrics: unknown, dataset: unknown = { name: 'GLUE', type: 'glue', split: 'test' }) => [
  { name: 'm', results: [{ task: { type: 'text-classification' }, dataset, metrics }] },
];

describe('figures of a model card', () => {
  it('reads a card of ours back', () => {
    const { text } = makeCard(makeCardRecord(), '', digest);
    const { figures, leftOut } = read(readMetadata(text)['model-index']);
    assert.equal(leftOut, 0);
    const [figure] = figures;
    assert.deepEqual(
      [figures.length, figure?.metric, figure?.value, figure?.low, figure?.high, figure?.n, figure?.datasetDigest],
      [1, 'accuracy', 0.8125, 0.775, 0.845, 480, 'd'.repeat(64)],
    );
    assert.deepEqual([figure?.tool, figure?.scope, figure?.unit], ['model card', 'baseline', 'ratio']);
  });

  it('reads numbers as people write them, and leaves out what is none', () => {
    const { figures, leftOut } = read(
      indexOf([
        { type: 'accuracy', value: '91.2 %' },
        { type: 'wer', value: '20.0 ± 1.2', name: 'Test WER' },
        { type: 'f1', value: 'see paper' },
        { type: 'f1', value: Number.NaN },
        { type: 'perplexity', value: 0.5 },
        { value: 1 },
        null,
      ]),
    );
    assert.deepEqual(
      figures.map(({ metric, value, unit, direction }) => [metric, value, unit, direction]),
      [
        ['accuracy', 91.2, 'points', 'higher'],
        ['wer', 20, 'points', 'lower'],
        ['perplexity', 0.5, 'score', 'lower'],
      ],
    );
    assert.equal(leftOut, 4);
    assert.equal(figures[0]?.task, 'GLUE.test');
  });

  it('gives the same figures for the same card, so that they are added once', () => {
    const names = (): readonly string[] =>
      read(indexOf([{ type: 'accuracy', value: 1 }])).figures.map(({ name }) => name);
    assert.deepEqual(names(), names());
    assert.notDeepEqual(
      names(),
      read(indexOf([{ type: 'accuracy', value: 0 }])).figures.map(({ name }) => name),
    );
  });

  it('has none without a model-index, and refuses one of another shape', () => {
    assert.deepEqual(read(undefined), { figures: [], leftOut: 0 });
    for (const index of ['text', [{ name: 'm' }], [{ results: [{}] }], { name: 'm' }])
      assert.throws(
        () => read(index),
        (error: unknown) => error instanceof WorkbenchError && error.code === 'file-invalid',
      );
  });
});
