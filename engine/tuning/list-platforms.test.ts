import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import type { RunSpec } from '../ports/run-spec.ts';
import { makeJob } from '../../test/fakes/tuning.ts';
import { platformsFor } from './list-platforms.ts';

const embedded = 'the embedded model trains on this machine only';

describe('platformsFor', () => {
  it('lists this machine and what is declared, with what is rented there', () => {
    const text = `compute:
  pod: {type: runpod, apiKey: {env: KEY}, gpu: [NVIDIA L40S, NVIDIA A100 80GB PCIe], storage: {type: s3, bucket: b, accessKey: {env: A}, secretKey: {env: B}}}
  service: {type: openai, connection: gpt}
connections: {gpt: {provider: openai, model: gpt-4o, apiKey: {env: KEY}}}
`;
    const parsed = parseDocument('workbench', text);
    assert.ok(parsed.value, JSON.stringify(parsed.diagnostics));
    assert.deepEqual(platformsFor(makeJob('platform: pod\n'), { config: parsed.value }), {
      own: 'pod',
      base: 'embedded:linear',
      platforms: [
        { name: 'local', type: 'local' },
        { name: 'pod', type: 'runpod', hardware: 'NVIDIA L40S, NVIDIA A100 80GB PCIe', unfit: embedded },
        { name: 'service', type: 'openai', unfit: embedded },
      ],
    });
  });

  it('says which cannot train the base, of earlier weights as far as it is known what they are', () => {
    const config = { compute: { service: { type: 'openai' as const, connection: 'gpt' } } };
    const unfit = (base: string, trained?: RunSpec['trained']): readonly (string | undefined)[] =>
      platformsFor(makeJob().replace('embedded:linear', base), { config }, trained).platforms.map(each => each.unfit);
    assert.deepEqual(unfit('hub:org/model'), [undefined, 'that service tunes its own models only']);
    assert.deepEqual(unfit('service:gpt-4o-mini'), ['a service tunes its models itself', undefined]);
    assert.deepEqual(unfit('checkpoint:other'), [undefined, undefined]);
    const weightsDigest = 'a'.repeat(64);
    assert.deepEqual(unfit('checkpoint:other', { 'checkpoint:other': { weightsDigest } }), [undefined, embedded]);
    const adapter = { weightsDigest, format: 'peft' as const };
    assert.deepEqual(unfit('checkpoint:other', { 'checkpoint:other': adapter }), unfit('hub:org/model'));
  });

  it('lists a declared local platform once, and takes it where a job names none', () => {
    const config = { compute: { local: { type: 'local' as const } } };
    assert.deepEqual(platformsFor(makeJob(), { config }), {
      own: 'local',
      base: 'embedded:linear',
      platforms: [{ name: 'local', type: 'local' }],
    });
  });
});
