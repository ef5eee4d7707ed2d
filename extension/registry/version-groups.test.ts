import assert from 'node:assert/strict';
import type { Artifact, MetricArtifact, Publication } from '../../schemas/generated/messages.ts';
import { makeAssessmentSummary, makeVersion } from '../../test/fakes/versions.ts';
import { groupItem, groupRows, versionGroups } from './version-groups.ts';

const now = 10 * 60_000;
const figure: MetricArtifact = {
  artifactType: 'metric',
  name: 'r1/triage-core/accuracy',
  metric: 'accuracy',
  label: 'Accuracy',
  value: 0.825,
  unit: 'ratio',
  direction: 'higher',
  n: 480,
  low: 0.788,
  high: 0.856,
  runId: 'r1',
  task: 'triage-core',
  scope: 'custom',
  timestamp: 1,
};
const card: Artifact = {
  artifactType: 'doc-artifact',
  name: 'model-card',
  uri: 'blob:sha256:1',
  digest: '1',
  path: 'cards/triage.md',
};
const publication: Publication = {
  registry: 'shared',
  model: 'triage',
  version: '4',
  kind: 'version',
  state: 'done',
  at: 0,
  url: 'https://dash.example/m/1',
};

describe('what lies under a version', () => {
  const details = makeVersion(
    {
      lineage: {
        runId: 'r0',
        epoch: 15,
        file: 'jobs/a.tune.yaml',
        base: { name: 'embedded:linear' },
        datasets: [{ role: 'train', aspect: 'robustness', path: '../data/noisy.jsonl', digest: 'd', rows: 7200 }],
        prompts: [],
      },
    },
    {
      artifacts: [
        figure,
        { ...figure, name: 'r1/triage-core/f1', label: 'F1' },
        {
          ...figure,
          name: 'b',
          scope: 'baseline',
          task: 'chat',
          hardwareType: 'NVIDIA H100',
          hardwareCount: 8,
          datasetDigest: 'd1',
        },
        { ...figure, name: 'c', scope: 'baseline', task: 'chat', hardwareType: 'NVIDIA L4', datasetDigest: 'd1' },
        { artifactType: 'dataset-artifact', name: 'sharegpt', digest: 'd1', rows: 1000, private: true },
        card,
        { artifactType: 'model-artifact', name: 'weights', uri: 'blob:sha256:2', digest: '2', bytes: 2 * 1024 * 1024 },
        { artifactType: 'model-artifact', name: 'hub', uri: 'https://hub.example/m' },
        { artifactType: 'doc-artifact', name: 'odd', uri: 'javascript:alert(1)' },
      ],
      assessments: [makeAssessmentSummary({ assessedAt: 0, gate: 'failed', score: null, waived: 1 })],
      approval: { state: 'requested', sentence: 'Requested by Ada.' },
      publications: [
        publication,
        {
          ...publication,
          kind: 'run',
          runId: 'r1',
          state: 'failed',
          attempts: 3,
          failure: { code: 'registry-unreachable', message: 'No answer.' },
        },
      ],
    },
  );
  const rows = (group: Parameters<typeof groupRows>[0]) =>
    groupRows(group, details, now).map(({ label, description }) => [label, description]);

  it('is grouped, with empty groups left out', () => {
    assert.deepEqual(versionGroups(details, now), [
      'baselines',
      'custom',
      'tuning',
      'governance',
      'lineage',
      'artifacts',
      'published',
    ]);
    assert.deepEqual(versionGroups(makeVersion(), now), ['lineage']);
    assert.equal(groupItem('artifacts', details, now).description, '5');
  });

  it('puts figures under their task, apart where hardware differs', () => {
    assert.deepEqual(rows('baselines'), [
      ['chat', '8 × NVIDIA H100 · dataset sharegpt d1 · n = 480'],
      ['chat', 'NVIDIA L4 · dataset sharegpt d1 · n = 480'],
    ]);
    assert.deepEqual(rows('custom'), [['triage-core', 'hardware not recorded · dataset not recorded · n = 480']]);
    const [task] = groupRows('custom', details, now);
    assert.deepEqual(
      task?.children?.map(({ label, description, open }) => [label, description, open]),
      [
        ['Accuracy', '82.5 % [78.8 %, 85.6 %]', { kind: 'run', runId: 'r1' }],
        ['F1', '82.5 % [78.8 %, 85.6 %]', { kind: 'run', runId: 'r1' }],
      ],
    );
  });

  it('leads from assessments to their scorecard', () => {
    const [row, approval] = groupRows('governance', details, now);
    assert.equal(row?.description, 'gate not passed · no score, coverage 100 %, 1 waived · 10 min ago');
    assert.deepEqual(row.open, { kind: 'assessment', assessmentId: 'a1' });
    assert.equal(approval?.description, 'Requested by Ada.');
  });

  it('leads from artifacts to their file or address, and nowhere else', () => {
    assert.deepEqual(
      groupRows('artifacts', details, now).map(({ label, description, open }) => [label, description, open]),
      [
        ['sharegpt', '1,000 rows · content not published', undefined],
        ['model-card', 'cards/triage.md', { kind: 'file', path: 'cards/triage.md' }],
        ['weights', '2.0 MiB', undefined],
        ['hub', '', { kind: 'url', url: 'https://hub.example/m' }],
        ['odd', '', undefined],
      ],
    );
  });

  it('tells what was published and what is still to be, with why', () => {
    const [done, failed] = groupRows('published', details, now);
    assert.deepEqual([done?.label, done?.description], ['shared', 'published 10 min ago · the version']);
    assert.deepEqual(done?.open, { kind: 'url', url: 'https://dash.example/m/1' });
    assert.equal(done.contextValue, 'aiwbPublication done');
    assert.equal(failed?.description, 'failed 10 min ago · figures of run r1');
    assert.match(failed.tooltip, /No answer\./);
    assert.equal(failed.contextValue, 'aiwbPublication open');
    assert.deepEqual(failed.subject, { registry: 'shared', kind: 'run', runId: 'r1' });
  });

  it('tells how the version was tuned', () => {
    assert.deepEqual(rows('tuning'), [
      ['Tuning run', 'r0 · epoch 15'],
      ['Tuning job', 'jobs/a.tune.yaml'],
      ['Base model', 'embedded:linear'],
      ['../data/noisy.jsonl', 'train · robustness · 7,200 rows'],
    ]);
    const dataset = groupRows('tuning', details, now).at(-1);
    assert.deepEqual(dataset?.open, { kind: 'file', path: 'jobs/../data/noisy.jsonl' });
  });
});
