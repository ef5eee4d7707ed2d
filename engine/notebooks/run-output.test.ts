import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { RunSummary, TuningComparison } from '../../schemas/generated/messages.ts';
import { validateRunOutput } from '../../schemas/generated/validators.js';
import { createRunOutput } from './run-output.ts';

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

describe('createRunOutput', () => {
  it('fits its schema', () => {
    const output = createRunOutput(run, 'first');
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors));
    assert.equal(output.as, 'first');
  });

  it('carries the report of a tuning run under its own name', () => {
    const fixture = path.join(import.meta.dirname, '../../test/fixtures/tuning/finished.json');
    const { reports } = JSON.parse(readFileSync(fixture, 'utf8')) as TuningComparison;
    const [tuning] = reports;
    assert.ok(tuning);
    const output = createRunOutput({ ...run, kind: 'tune', state: 'succeeded' }, undefined, { tuning });
    assert.equal(output.kind, 'tune');
    assert.equal(output.report, undefined);
    assert.ok(validateRunOutput(output), JSON.stringify(validateRunOutput.errors));
  });
});
