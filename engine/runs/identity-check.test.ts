import assert from 'node:assert/strict';
import type { ServedWeights } from '../models/served-weights.ts';
import { emptyDigests } from '../models/served-digests.ts';
import { judgeIdentity, weaker } from './identity-check.ts';
import type { RegisteredModelReference } from '../ports/run-spec.ts';

const [a, b, c] = ['a', 'b', 'c'].map(letter => letter.repeat(64)) as [string, string, string];

describe('the identity of a registered version', () => {
  const registered: RegisteredModelReference = {
    registry: 'shared',
    model: 'm',
    version: '1',
    weightsDigest: a,
    modelDigest: b,
  };
  const cases: readonly (readonly [
    string,
    Partial<ServedWeights> | undefined,
    Partial<RegisteredModelReference>,
    string,
    RegExp,
  ])[] = [
    ['the same weights', { weights: [a] }, {}, 'verified', /says that it serves weights of the digest/],
    ['the same model digest', { models: [b] }, {}, 'verified', /digest/],
    ['the same digest of something', { loose: [a] }, {}, 'verified', /digest/],
    ['other weights', { weights: [c] }, {}, 'mismatch', /aaaaaaaaaaaa….*cccccccccccc…/],
    ['another digest of something', { loose: [c] }, {}, 'unverified', /tells no digest/],
    ['the same weights with an adapter', { weights: [a], adapter: true }, {}, 'unverified', /adapter/],
    [
      'the same weights, another tokenizer',
      { weights: [a], tokenizers: [c] },
      { tokenizerDigest: b },
      'mismatch',
      /tokenizer/,
    ],
    ['the same weights and tokenizer', { weights: [a], tokenizers: [b] }, { tokenizerDigest: b }, 'verified', /digest/],
    ['nothing', { silence: 'It did not answer.', says: 'granite' }, {}, 'unverified', /did not answer.*"granite"/],
    ['nothing, as nothing is registered', undefined, {}, 'unverified', /Shared tells no digest/],
  ];
  for (const [what, served, change, state, sentence] of cases) {
    it(`is ${state} where the endpoint tells ${what}`, () => {
      const told = served === undefined ? undefined : { ...emptyDigests, ...served };
      const found = judgeIdentity({ ...registered, ...change }, 'vllm', told);
      assert.equal(found.state, state);
      assert.match(found.sentence, sentence);
    });
  }

  it('of all a run’s answers is the weaker of what was found before a resume and after', () => {
    const facts = { name: 'registry:m@1', model: 'm', version: '1', by: 'connection', sentence: 's' } as const;
    const verified = { ...facts, state: 'verified' } as const;
    const unverified = { ...facts, state: 'unverified' } as const;
    const before = (identity: typeof verified | typeof unverified) => ({
      environment: {
        workbench: '1',
        node: '',
        platform: '',
        host: '',
        seed: 1,
        fileDigest: '',
        identities: [identity],
      },
    });
    assert.equal(weaker(verified, before(unverified)).state, 'unverified');
    assert.equal(weaker(unverified, before(verified)).state, 'unverified');
    assert.equal(weaker(verified, before(verified)).state, 'verified');
    assert.equal(weaker(verified, {}).state, 'verified');
  });
});
