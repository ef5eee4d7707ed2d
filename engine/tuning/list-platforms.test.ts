import assert from 'node:assert/strict';
import { parseDocument } from '../documents/parse.ts';
import { makeJob } from '../../test/fakes/tuning.ts';
import { platformsFor } from './list-platforms.ts';

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
      platforms: [
        { name: 'local', type: 'local' },
        { name: 'pod', type: 'runpod', hardware: 'NVIDIA L40S, NVIDIA A100 80GB PCIe' },
        { name: 'service', type: 'openai' },
      ],
    });
  });

  it('lists a declared local platform once, and takes it where a job names none', () => {
    const config = { compute: { local: { type: 'local' as const } } };
    assert.deepEqual(platformsFor(makeJob(), { config }), {
      own: 'local',
      platforms: [{ name: 'local', type: 'local' }],
    });
  });
});
