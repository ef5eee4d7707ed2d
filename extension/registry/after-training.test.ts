import assert from 'node:assert/strict';
import type { RunSummary, VersionDetails } from '../../schemas/generated/messages.ts';
import { nextSteps } from './after-training.ts';

const run = (changes: Partial<RunSummary>): RunSummary => ({
  id: '01',
  name: 'triage',
  kind: 'tune',
  file: 'triage.tune.yaml',
  state: 'succeeded',
  origin: 'editor',
  createdAt: 0,
  archived: false,
  progress: { total: 3, done: 3, failed: 0, reused: 0, errors: {}, variants: [] },
  headlines: [],
  ...changes,
});

describe('what can be done after training', () => {
  const cases: [string, Partial<RunSummary>, Pick<VersionDetails, 'baseline'> | undefined, string[]][] = [
    ['nothing but a comparison while it trains', { state: 'running' }, undefined, ['compare']],
    ['evaluation and registration once it succeeded', {}, undefined, ['evaluate', 'register', 'compare']],
    ['going on where it stopped', { state: 'failed' }, undefined, ['resume', 'evaluate', 'compare']],
    [
      'the way of the version once it is registered',
      {},
      {},
      ['evaluate', 'openVersion', 'assess', 'baseline', 'compare'],
    ],
    [
      'no second baseline',
      {},
      { baseline: {} as NonNullable<VersionDetails['baseline']> },
      ['evaluate', 'openVersion', 'assess', 'compare'],
    ],
  ];
  for (const [name, changes, version, steps] of cases) {
    it(name, () => assert.deepEqual(nextSteps(run(changes), version), steps));
  }
});
