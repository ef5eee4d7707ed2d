import assert from 'node:assert/strict';
import { namedResults, toNamedResult } from './named-results.ts';
import { factsOfContent, isBehind, readOutputFacts, runMime, type OutputFacts } from './output-facts.ts';

const bytes = (value: unknown): Uint8Array =>
  new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value));

const run = { version: 1, as: 'first', runId: 'r1', name: 'triage', state: 'succeeded', createdAt: 1, endedAt: 5 };

function figure(value: number | null, changes: object = {}) {
  const metric = { metric: 'accuracy', label: 'Accuracy', kind: 'quality', unit: 'ratio', direction: 'higher', n: 40 };
  return { ...metric, value, ...changes };
}

describe('facts of an output', () => {
  it('tell the run, its name and whether it ended', () => {
    const facts = readOutputFacts(runMime, bytes(run));
    assert.deepEqual(
      [facts?.kind, facts?.id, facts?.as, facts?.state, facts?.createdAt],
      ['benchmark', 'r1', 'first', 'succeeded', 1],
    );
    assert.equal(readOutputFacts(runMime, bytes({ ...run, kind: 'tune' }))?.kind, 'tune');
    assert.equal(readOutputFacts(runMime, bytes({ ...run, as: undefined }))?.as, undefined);
  });

  it('have the best figure of the leading metric, with n', () => {
    const variants = [
      { metrics: [figure(0.7), figure(0.99, { metric: 'f1', label: 'F1' })] },
      { metrics: [figure(0.9, { n: 38 })] },
      { metrics: [figure(null)] },
    ];
    const report = { leading: 'accuracy', variants, gates: [{ outcome: 'met' }, { outcome: 'not-met' }] };
    const facts = readOutputFacts(runMime, bytes({ ...run, report }));
    assert.deepEqual(facts?.headline, { value: 0.9, unit: 'ratio', label: 'Accuracy' });
    assert.deepEqual([facts.n, facts.gate], [38, 'not-met']);
    const latency = { metric: 'latency.p95', label: 'Latency', unit: 'ms', direction: 'lower' };
    const timed = { variants: [{ metrics: [figure(20, latency)] }, { metrics: [figure(9, latency)] }], gates: [] };
    const faster = readOutputFacts(runMime, bytes({ ...run, report: timed }));
    assert.deepEqual([faster?.headline?.value, faster?.gate], [9, undefined]);
  });

  it('have of a tuning run what chose its checkpoint', () => {
    const tuning = {
      selection: { aspect: 'core', metric: 'f1' },
      aspects: [
        { aspect: 'robustness', metrics: [figure(0.1)] },
        { aspect: 'core', metrics: [figure(0.2), figure(0.3, { metric: 'f1', label: 'F1' })] },
      ],
    };
    const facts = readOutputFacts(runMime, bytes({ ...run, kind: 'tune', tuning }));
    assert.deepEqual(facts?.headline, { value: 0.3, unit: 'ratio', label: 'F1, core' });
  });

  it('have of a search its trials, and its name means the best one', () => {
    const search = { best: 'r2', trials: [{ trial: 1, runId: 'r1' }, { trial: 2, runId: 'r2' }, { trial: 3 }] };
    const facts = readOutputFacts(runMime, bytes({ ...run, kind: 'tune', search }));
    assert.deepEqual([facts?.id, facts?.trials, facts?.best], ['r1', ['r1', 'r2'], 'r2']);
    assert.equal(facts === undefined ? undefined : toNamedResult(facts)?.id, 'r2');
    assert.equal(readOutputFacts(runMime, bytes(run))?.trials, undefined);
    assert.deepEqual(readOutputFacts(runMime, bytes({ ...run, search: { trials: 'x', best: 3 } }))?.trials, []);
  });

  it('are read of assessments and comparisons too', () => {
    const record = {
      id: 'a1',
      assessedAt: 7,
      score: 81,
      subject: { model: 'triage', version: '3' },
      gate: { outcome: 'failed' },
      controls: [{}, {}],
    };
    const assessed = { version: 1, as: 'card', view: { scorecard: { record } } };
    const facts = factsOfContent('application/vnd.aiwb.assessment+json', assessed);
    assert.deepEqual(
      [facts?.kind, facts?.id, facts?.title, facts?.gate, facts?.n],
      ['assessment', 'a1', 'triage@3', 'not-met', 2],
    );
    const compared = { version: 1, as: 'both', runIds: ['r1', 'r2'], names: ['one', 'two'], createdAt: 9 };
    const comparison = factsOfContent('application/vnd.aiwb.comparison+json', compared);
    assert.deepEqual([comparison?.kind, comparison?.id, comparison?.title], ['comparison', 'r1 r2', 'one, two']);
  });

  it('are read of nothing else, whatever it holds', () => {
    const bad = ['', '{', 'null', '[]', '7', { version: 2, runId: 'a', state: 'running' }, { version: 1, runId: 7 }];
    for (const value of bad) assert.equal(readOutputFacts(runMime, bytes(value)), undefined);
    assert.equal(readOutputFacts(runMime, bytes({ ...run, state: 'sleeping' })), undefined);
    assert.equal(readOutputFacts('text/plain', bytes(run)), undefined);
    for (const mime of ['application/vnd.aiwb.assessment+json', 'application/vnd.aiwb.comparison+json'])
      for (const value of [{ version: 1 }, { version: 1, view: 3, runIds: 'x' }])
        assert.equal(readOutputFacts(mime, bytes(value)), undefined);
    const odd = { ...run, as: '', report: { variants: 'none', gates: [null] }, name: 4 };
    const facts = readOutputFacts(runMime, bytes(odd));
    assert.deepEqual([facts?.as, facts?.headline, facts?.title], [undefined, undefined, '']);
    assert.equal(readOutputFacts(runMime, bytes({ ...run, as: 'x'.repeat(10_000) }))?.as, undefined);
  });

  it('are behind a run that ended, or was resumed, after the output was written', () => {
    const ended = { state: 'succeeded', endedAt: 5 } as const;
    assert.ok(isBehind({ state: 'running', endedAt: undefined }, ended));
    assert.ok(!isBehind(ended, ended));
    assert.ok(isBehind({ state: 'lost', endedAt: undefined }, { state: 'running' }));
    assert.ok(isBehind({ state: 'cancelled', endedAt: 5 }, { state: 'cancelled', endedAt: 9 }));
  });
});

describe('named results', () => {
  const entry = (as: string | undefined, createdAt: number): { facts: OutputFacts } => {
    const facts = factsOfContent(runMime, { ...run, as, createdAt, runId: `r${createdAt}` });
    assert.ok(facts);
    return { facts };
  };

  it('are the newest of each name, in the order of the notebook', () => {
    const cells = [entry('b', 2), entry('a', 9), entry(undefined, 3), entry('b', 5), entry('a', 1)];
    const found = namedResults(cells).map(({ facts }) => toNamedResult(facts));
    assert.deepEqual(found, [
      { name: 'a', kind: 'benchmark', id: 'r9', createdAt: 9 },
      { name: 'b', kind: 'benchmark', id: 'r5', createdAt: 5 },
    ]);
  });
});
