import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunSummary, TuningComparison } from '../../schemas/generated/messages.ts';
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

  it('carries the report of a tuning run under its own name', () => {
    const fixture = path.join(import.meta.dirname, '../../test/fixtures/tuning/finished.json');
    const { reports } = JSON.parse(readFileSync(fixture, 'utf8')) as TuningComparison;
    const [tuning] = reports;
    assert.ok(tuning);
    const output = createRunOutput({ ...run, kind: 'tune', state: 'succeeded' }, { tuning });
    assert.equal(output.kind, 'tune');
    assert.equal(output.report, undefined);
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors));
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
