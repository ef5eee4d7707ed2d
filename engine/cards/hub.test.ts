import assert from 'node:assert/strict';
import { awkwardCardRecord, makeCardRecord } from '../../test/fakes/cards.ts';
import { readGolden } from '../../test/golden/read.ts';
import { createDigest } from '../../platform/host/digest.ts';
import { figuresOf } from './card-figures.ts';
import { makeCard, readMetadata } from './make-card.ts';
import { metadataFaults } from './metadata-faults.ts';

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

describe('front matter that the Hub does not accept', () => {
  it('is none of what is made here', () => {
    for (const record of Object.values(records))
      assert.deepEqual(metadataFaults(readMetadata(makeCard(record, '', createDigest()).text)), []);
  });

  it('is told where people wrote it, and kept', () => {
    const index = '[{name: m, results: [{task: {type: t}, dataset: {name: d}, metrics: []}]}]';
    const yaml = [
      'license: Apache License 2.0',
      'language: [en, English]',
      'pipeline_tag: 3',
      'tags: {a: b}',
      'base_model: /content/model',
      `model-index: ${index}`,
      'anything: {else: 1}',
    ];
    const { text, notes } = makeCard(makeCardRecord(), `---\n${yaml.join('\n')}\n---\n`, createDigest());
    for (const line of yaml) assert.ok(text.includes(`\n${line}\n`), line);
    const told = notes.flatMap(note => /does not accept this front matter: `([\w-]+)`/.exec(note)?.[1] ?? []);
    assert.deepEqual(told, ['license', 'language', 'pipeline_tag', 'tags', 'base_model', 'model-index']);
  });

  it('takes the forms that cards on the Hub have', () => {
    for (const metadata of [
      { license: ['mit', 'apache-2.0'], language: 'en', tags: 'one' },
      { license: 'other', license_name: 'acme', license_link: 'LICENSE', language: ['multilingual', 'zh-Hant'] },
      { base_model: ['acme/a', 'bert-base-uncased'], datasets: 'squad', pipeline_tag: 'image-text-to-text' },
      { license: null, extra: [1] },
    ])
      assert.deepEqual(metadataFaults(metadata), []);
    assert.equal(metadataFaults({ license: 'other' }).length, 1);
    assert.equal(metadataFaults({ language: false }).length, 1);
  });
});
