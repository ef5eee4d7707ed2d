import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Report, RunSummary, ScorecardView, TuningComparison } from '../../schemas/generated/messages.ts';
import { bundleAssessment } from './bundles.ts';
import { readNotebook, type Notebook } from './ipynb.ts';
import { runMime } from './output-types.ts';
import { namedResults, readResults } from './results.ts';
import { createRunOutput } from './run-output.ts';

const fixtures = path.join(import.meta.dirname, '../../test/fixtures');
const read = (name: string): unknown => JSON.parse(readFileSync(path.join(fixtures, `${name}.json`), 'utf8'));

function notebookOf(...bundles: readonly unknown[]): Notebook {
  const cells = bundles.map(data => ({
    cell_type: 'code',
    metadata: {},
    source: [],
    outputs: [{ output_type: 'display_data', metadata: {}, data }],
  }));
  return readNotebook('/w/a.ipynb', JSON.stringify({ cells, nbformat: 4 }));
}

const report = read('reports/full') as Report;
const [run] = report.runs as [RunSummary];

describe('results of a notebook', () => {
  it('have a kind, a state, an n and a leading figure', () => {
    const [tuning] = (read('tuning/finished') as TuningComparison).reports;
    assert.ok(tuning);
    const results = readResults(
      notebookOf(
        { [runMime]: createRunOutput(run, 'first', { report }) },
        { [runMime]: createRunOutput(tuning.run, 'tuned', { tuning }) },
        bundleAssessment({ view: read('scorecards/failed') as ScorecardView }, 'card'),
        { 'text/plain': 'nothing of ours' },
      ),
    );
    assert.deepEqual(
      results.map(({ name, kind, state, n, headline, cell }) => [name, kind, state, n, headline, cell]),
      [
        ['first', 'benchmark', 'succeeded', 480, 'embedded:linear: Accuracy 0.825', 0],
        ['tuned', 'tune', 'succeeded', tuning.aspects[0]?.metrics[0]?.n, results[1]?.headline, 1],
        ['card', 'assessment', 'gate failed', results[2]?.n, results[2]?.headline, 2],
      ],
    );
    assert.match(results[1]?.headline ?? '', /^Accuracy, core performance 0\.\d{3}$/);
    assert.match(results[2]?.headline ?? '', /: score \d/);
  });

  it('of one name are the newest, and unnamed ones have none', () => {
    const older = { [runMime]: createRunOutput({ ...run, id: 'old', createdAt: 1 }, 'a') };
    const newer = { [runMime]: createRunOutput({ ...run, id: 'new', createdAt: 2 }, 'a') };
    const unnamed = { [runMime]: createRunOutput({ ...run, id: 'none' }, undefined) };
    for (const order of [
      [older, newer, unnamed],
      [newer, unnamed, older],
    ])
      assert.deepEqual(
        namedResults(notebookOf(...order)).map(({ id }) => id),
        ['new'],
      );
  });

  it('are not read from what does not fit the schema', () => {
    const output = createRunOutput(run, 'a');
    assert.deepEqual(
      readResults(notebookOf({ [runMime]: { ...output, version: 2 } }, { [runMime]: null }, { [runMime]: 'x' })),
      [],
    );
  });
});
