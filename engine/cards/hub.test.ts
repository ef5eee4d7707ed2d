import assert from 'node:assert/strict';
import { awkwardCardRecord, makeCardRecord } from '../../test/fakes/cards.ts';
import { readGolden } from '../../test/golden/read.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { figuresOf } from './card-figures.ts';
import { makeCard, readMetadata } from './make-card.ts';

/** What the Hub's own client read of each text, as make_model_card.py wrote it. */
interface Golden {
  readonly cases: readonly {
    readonly text: string;
    /** `metadata_load(…)` */
    readonly metadata: Readonly<Record<string, unknown>>;
    /** `ModelCard.load(…).data.eval_results` */
    readonly results: readonly {
      readonly metric_type: string;
      readonly metric_value: unknown;
      readonly dataset_name: string;
    }[];
  }[];
}

const records = { plain: makeCardRecord(), awkward: awkwardCardRecord() };

describe('a model card as the Hub’s client reads it', () => {
  const { cases } = readGolden('model-card.json') as Golden;
  for (const [index, [name, record]] of Object.entries(records).entries()) {
    it(`says the same to it: ${name}`, () => {
      const { text } = makeCard(record, '', createDigest());
      const known = cases[index];
      assert.ok(known !== undefined);
      assert.equal(text, known.text, 'make the golden file anew: test/golden/tools/make_model_card.py');
      assert.deepEqual(known.metadata, readMetadata(text));
      const { figures } = figuresOf(known.metadata['model-index'], 0, createDigest());
      assert.deepEqual(
        known.results.map(({ metric_type, metric_value }) => [metric_type, metric_value]),
        figures.map(({ metric, value }) => [metric, value]),
      );
    });
  }
});
