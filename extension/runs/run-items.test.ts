import assert from 'node:assert/strict';
import type { RunSummary, SearchReport } from '../../schemas/generated/messages.ts';
import { groupDescription, groupRuns, runContext, runFacts, runItem } from './run-items.ts';

function run(id: string, changes: Partial<RunSummary> = {}): RunSummary {
  return {
    id,
    name: 'triage',
    kind: 'benchmark',
    file: 'triage.bench.yaml',
    state: 'succeeded',
    origin: 'terminal',
    createdAt: 1,
    archived: false,
    progress: { total: 4, done: 4, failed: 0, reused: 0, errors: {}, variants: [] },
    headlines: [],
    ...changes,
  };
}

describe('groupRuns', () => {
  const entries = [
    { folder: '/w', run: run('3') },
    { folder: '/w', run: run('2', { file: 'other.bench.yaml', archived: true }) },
    { folder: '/w', run: run('1') },
    { folder: '/v', run: run('0') },
  ];

  it('keeps the order of the entries and separates folders', () => {
    const groups = groupRuns(entries, false);
    assert.deepEqual(
      groups.map(group => [group.folder, group.file, group.runs.map(({ id }) => id)]),
      [
        ['/w', 'triage.bench.yaml', ['3', '1']],
        ['/v', 'triage.bench.yaml', ['0']],
      ],
    );
  });

  it('tells the cells of a notebook apart by name and kind, and the runs of a file not at all', () => {
    const notebook = { file: 'nb.ipynb' };
    const groups = groupRuns(
      [
        { folder: '/w', run: run('5', { ...notebook, name: 'core' }) },
        { folder: '/w', run: run('4', { ...notebook, name: 'core', kind: 'tune' }) },
        { folder: '/w', run: run('3', { ...notebook, name: 'noisy' }) },
        { folder: '/w', run: run('2', { name: 'renamed' }) },
        { folder: '/w', run: run('1') },
      ],
      false,
    );
    assert.deepEqual(
      groups.map(({ name, kind, runs }) => [name, kind, runs.length]),
      [
        ['core', 'benchmark', 1],
        ['core', 'tune', 1],
        ['noisy', 'benchmark', 1],
        ['renamed', 'benchmark', 2],
      ],
    );
  });

  it('shows archived runs when asked', () => {
    assert.equal(groupRuns(entries, true).length, 3);
  });

  it('counts in words', () => {
    const [first, second] = groupRuns(entries, false);
    assert.equal(first && groupDescription(first), '2 runs · triage.bench.yaml');
    assert.equal(second && groupDescription(second), '1 run · triage.bench.yaml');
  });
});

describe('runContext', () => {
  it('names what menus may offer', () => {
    assert.equal(runContext(run('1', { state: 'running' })), 'aiwbRun active cancellable kept');
    assert.equal(runContext(run('1', { state: 'cancelling' })), 'aiwbRun active kept');
    assert.equal(
      runContext(run('1', { state: 'failed', archived: true })),
      'aiwbRun ended resumable archived extendable',
    );
    assert.equal(runContext(run('1', { state: 'failed', resumable: false })), 'aiwbRun ended kept extendable');
    assert.equal(runContext(run('1', { kind: 'tune' })), 'aiwbRun ended kept tuning evaluable registrable');
    assert.equal(runContext(run('1')), 'aiwbRun ended kept extendable publishable');
  });
});

describe('an imported run', () => {
  it('says what it was imported from, by its group, its icon and aloud', () => {
    const imported = run('1', { origin: 'import', file: 'out/promptfoo.json' });
    const [group] = groupRuns([{ folder: '/w', run: imported }], false);
    assert.equal(group && groupDescription(group), '1 run · imported from promptfoo.json');
    const { icon, accessibleLabel } = runItem(imported, 0);
    assert.equal(icon, 'cloud-download');
    assert.match(accessibleLabel, /imported from promptfoo\.json$/);
    assert.equal(runContext(imported), 'aiwbRun ended kept publishable');
    assert.match(runFacts(imported).join('\n'), /Imported: /);
  });
});

describe('runItem', () => {
  it('tells a missed gate from a pass by its icon and in words', () => {
    assert.equal(runItem(run('1'), 2).icon, 'pass');
    const missed = runItem(run('1', { gate: 'not-met' }), 2);
    assert.equal(missed.icon, 'warning');
    assert.match(missed.description, /gate not met/);
  });

  it('stands for the search that stopped after it', () => {
    const stopped = (state: 'lost' | 'cancelled'): SearchReport =>
      ({
        run: { ...run('s'), state },
        trials: [{ trial: 1, runId: 's' }, { trial: 2, runId: '1' }, { trial: 3 }],
      }) as unknown as SearchReport;
    const trial = run('1', { kind: 'tune' });
    const lost = runItem(trial, 2, stopped('lost'));
    assert.equal(lost.icon, 'debug-disconnect');
    assert.match(lost.description, /^search lost after 2 of 3 trials · /);
    assert.match(lost.contextValue, /\bresumable\b/);
    assert.match(runItem(trial, 2, stopped('cancelled')).description, /^search cancelled after 2 of 3 trials · /);
    assert.ok(runFacts(trial, stopped('lost')).includes('Its search has stopped: Resume goes on with trial 3'));
    assert.doesNotMatch(runItem(trial, 2).contextValue, /resumable/);
  });

  it('reads the state aloud', () => {
    assert.match(runItem(run('1', { state: 'lost' }), 2).accessibleLabel, /lost/);
  });
});

describe('runFacts', () => {
  it('counts epochs of a tuning run and samples of a benchmark', () => {
    assert.ok(runFacts(run('1', { kind: 'tune' })).includes('Epochs: 4 of 4'));
    assert.ok(runFacts(run('1')).includes('Samples: 4 of 4'));
  });

  it('tells why a run failed and what to do', () => {
    const failure = { code: 'tls-invalid', message: 'The certificate has expired.', remedy: 'Renew it.' };
    assert.ok(runFacts(run('1', { state: 'failed', failure })).includes('The certificate has expired. Renew it.'));
  });
});
