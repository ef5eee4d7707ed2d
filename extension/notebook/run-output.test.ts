import assert from 'node:assert/strict';
import type { RunSummary } from '../../schemas/generated/messages.ts';
import { validateRunOutput } from '../../schemas/generated/validators.js';
import { createRunOutput, readRunMark } from './run-output.ts';

const run: RunSummary = {
  id: 'r1',
  name: 'triage',
  kind: 'benchmark',
  file: 'nb.ipynb',
  state: 'failed',
  origin: 'notebook',
  createdAt: 1,
  endedAt: 2,
  archived: false,
  host: 'here',
  progress: { total: 1, done: 0, failed: 0, reused: 0, errors: {}, variants: [] },
  headlines: [],
  failure: { code: 'internal', message: 'No.' },
};
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('run output', () => {
  it('fits its schema and reads back', () => {
    const output = createRunOutput(run);
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors));
    assert.deepEqual(readRunMark(bytes(JSON.stringify(output))), { runId: 'r1', ended: true });
  });

  it('is unfinished while the run goes on', () => {
    const mark = readRunMark(bytes(JSON.stringify(createRunOutput({ ...run, state: 'running' }))));
    assert.deepEqual(mark, { runId: 'r1', ended: false });
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
