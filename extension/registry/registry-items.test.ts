import assert from 'node:assert/strict';
import type { Artifact } from '../../schemas/generated/messages.ts';
import { makeAssessmentSummary, makeModel, makeModelDetails, makeVersion } from '../../test/fakes/versions.ts';
import {
  groupItem,
  groupRows,
  registeredModelItem,
  versionContext,
  versionGroups,
  versionItem,
} from './registry-items.ts';

const now = 10 * 60_000;
const figure: Artifact = {
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

describe('registeredModelItem', () => {
  it('says where its aliases point, production first', () => {
    const model = makeModel({ versions: 3, aliases: { candidate: '3', production: '2' } });
    const item = registeredModelItem({ folder: '/w', details: makeModelDetails(model) });
    assert.equal(item.description, '3 versions · production → 2, candidate → 3');
    assert.equal(item.contextValue, 'aiwbRegisteredModel kept');
  });

  it('says that it is archived', () => {
    const item = registeredModelItem({ folder: '/w', details: makeModelDetails(makeModel({ state: 'ARCHIVED' })) });
    assert.equal(item.description, '1 version · archived');
    assert.equal(item.contextValue, 'aiwbRegisteredModel archived');
  });

  it('lets no foreign text become Markdown', () => {
    const model = makeModel({ description: '[x](command:evil) <img src=x> **y**' });
    const { tooltip } = registeredModelItem({ folder: '/w', details: makeModelDetails(model) });
    assert.ok(!/[^\\]\[x/.test(tooltip), tooltip);
    assert.ok(!tooltip.includes('<img'));
  });
});

describe('versionItem', () => {
  it('says status, aliases, verdict and what is pending in words', () => {
    const details = makeVersion(
      { version: '3', aliases: ['candidate', 'shadow'] },
      { assessments: [makeAssessmentSummary()], approval: { state: 'requested', sentence: 'Requested by Ada.' } },
    );
    const item = versionItem({ folder: '/w', model: makeModel(), details });
    assert.equal(item.label, 'Version 3');
    assert.equal(item.description, 'candidate · gate passed · approval requested · @shadow');
    assert.match(item.tooltip, /score 92\.5, coverage 100 %/);
    assert.match(item.tooltip, /Requested by Ada/);
  });

  it('says that nothing was assessed', () => {
    const item = versionItem({ folder: '/w', model: makeModel(), details: makeVersion() });
    assert.equal(item.description, 'candidate · not assessed');
    assert.equal(item.color, undefined);
  });
});

describe('versionContext', () => {
  it('names what menus may offer', () => {
    assert.equal(versionContext(makeVersion()), 'aiwbVersion candidate unassessed');
    const details = makeVersion({}, { assessments: [makeAssessmentSummary()] });
    assert.equal(versionContext(details), 'aiwbVersion candidate assessed requestApproval');
  });
});

describe('what lies under a version', () => {
  const details = makeVersion(
    {
      lineage: {
        runId: 'r0',
        epoch: 15,
        file: 'jobs/a.tune.yaml',
        base: { name: 'embedded:linear' },
        datasets: [{ role: 'train', aspect: 'robustness', path: '../data/noisy.jsonl', digest: 'd', rows: 720 }],
        prompts: [],
      },
    },
    {
      artifacts: [
        figure,
        card,
        { artifactType: 'model-artifact', name: 'weights', uri: 'blob:sha256:2', digest: '2', bytes: 2 * 1024 * 1024 },
      ],
      assessments: [makeAssessmentSummary({ assessedAt: 0, gate: 'failed', score: null, waived: 1 })],
    },
  );

  it('is grouped, with empty groups left out', () => {
    assert.deepEqual(versionGroups(details), ['assessments', 'figures', 'artifacts', 'lineage']);
    assert.deepEqual(versionGroups(makeVersion()), ['lineage']);
    assert.equal(groupItem('artifacts', details).description, '2');
  });

  it('leads from figures to their run', () => {
    const [row] = groupRows('figures', details, now);
    assert.equal(row?.description, '82.5 % [78.8 %, 85.6 %] · triage-core · n = 480');
    assert.deepEqual(row.open, { kind: 'run', runId: 'r1' });
  });

  it('leads from assessments to their scorecard', () => {
    const [row] = groupRows('assessments', details, now);
    assert.equal(row?.description, 'gate not passed · no score, coverage 100 %, 1 waived · 10 min ago');
    assert.deepEqual(row.open, { kind: 'assessment', assessmentId: 'a1' });
  });

  it('leads from documents to their file', () => {
    const rows = groupRows('artifacts', details, now);
    assert.deepEqual(
      rows.map(({ label, description }) => [label, description]),
      [
        ['model-card', 'cards/triage.md'],
        ['weights', '2.0 MiB'],
      ],
    );
    assert.deepEqual(rows[0]!.open, { kind: 'file', path: 'cards/triage.md' });
    assert.equal(rows[1]!.open, undefined);
  });

  it('tells where the version comes from', () => {
    assert.deepEqual(
      groupRows('lineage', details, now).map(({ label, description }) => [label, description]),
      [
        ['Tuning run', 'r0 · epoch 15'],
        ['Tuning job', 'jobs/a.tune.yaml'],
        ['Base model', 'embedded:linear'],
        ['../data/noisy.jsonl', 'train · robustness · 720 rows'],
      ],
    );
    const dataset = groupRows('lineage', details, now).at(-1);
    assert.deepEqual(dataset?.open, { kind: 'file', path: 'jobs/../data/noisy.jsonl' });
  });
});
