import assert from 'node:assert/strict';
import { connectionPlaces } from './connections-text.ts';

describe('connectionPlaces', () => {
  it('finds each connection, and where its key comes from', () => {
    const text = [
      '# connections:',
      'judge: gpt',
      'connections: # ours',
      '  # a server',
      '  local:',
      '    provider: openai',
      '    limits: {concurrency: 4}',
      '',
      '  gpt: {provider: openai, apiKey: {env: OPENAI_API_KEY}}',
      '  "house":',
      '    apiKey:',
      '      # saved',
      '      secret: house-key # kept',
      '  half',
      '  typed:',
      'compute:',
      '  other: {apiKey: {secret: x}}',
    ].join('\r\n');
    assert.deepEqual(connectionPlaces(text), [
      { name: 'local', line: 4, character: 2, key: undefined },
      { name: 'gpt', line: 8, character: 2, key: { kind: 'env', name: 'OPENAI_API_KEY' } },
      { name: 'house', line: 9, character: 3, key: { kind: 'secret', name: 'house-key' } },
      { name: 'typed', line: 14, character: 2, key: undefined },
    ]);
  });

  it('finds none where there is no block mapping of them', () => {
    for (const text of ['', 'connections:', 'connections: {a: {}}', 'connections:\nother:\n  a: 1'])
      assert.deepEqual(connectionPlaces(text), [], text);
  });
});
