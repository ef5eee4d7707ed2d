import assert from 'node:assert/strict';
import type { RunOutput } from '../../schemas/generated/messages.ts';
import { readRunMark } from './run-mark.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const output: RunOutput = { version: 1, as: 'first', runId: 'r1', name: 'triage', state: 'succeeded', createdAt: 1 };

describe('readRunMark', () => {
  it('tells the run, its name and whether it ended', () => {
    assert.deepEqual(readRunMark(bytes(JSON.stringify(output))), { runId: 'r1', as: 'first', ended: true });
    const running = readRunMark(bytes(JSON.stringify({ ...output, as: undefined, state: 'running' })));
    assert.deepEqual(running, { runId: 'r1', as: undefined, ended: false });
  });

  it('is not read from anything else', () => {
    for (const text of [
      '',
      '{',
      'null',
      '[]',
      '{"version":2,"runId":"a","state":"running"}',
      '{"version":1,"runId":7}',
    ]) {
      assert.equal(readRunMark(bytes(text)), undefined);
    }
  });
});
