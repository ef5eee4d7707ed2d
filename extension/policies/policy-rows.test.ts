import assert from 'node:assert/strict';
import type { AssessmentSummary, PolicyDetails, PolicyEntry } from '../../schemas/generated/messages.ts';
import { rowsBelow } from '../../test/fakes/rows.ts';
import { policyFacts, policyRows } from './policy-rows.ts';

const last: AssessmentSummary = {
  id: 'as1',
  model: 'm',
  version: '2',
  assessedAt: 0,
  assessor: { email: 'a@b.example', assurance: 'self-asserted' },
  digest: 'd',
  gate: 'failed',
  score: 60,
  coverage: 90,
  waived: 0,
  policies: ['corp 1.0.0'],
};
const country: PolicyEntry = {
  path: 'c.policy.yaml',
  id: 'country',
  version: '1.0.0',
  title: 'Law',
  level: 'country',
  controls: 1,
  extends: [],
  diagnostics: 0,
};
const corporate: PolicyEntry = {
  path: 'p/corp.policy.yaml',
  id: 'corp',
  version: '1.0.0',
  title: 'House',
  level: 'corporate',
  controls: 2,
  extends: ['country', 'gone'],
  diagnostics: 0,
  last,
};
const broken: PolicyEntry = { path: 'x.policy.yaml', diagnostics: 1 };
const details: PolicyDetails = {
  path: 'p/corp.policy.yaml',
  controls: [
    { id: 'A', title: 'Right', severity: 'high', line: 4, checks: 1 },
    { id: 'B', line: 9, checks: 2 },
  ],
  findings: [{ severity: 'warning', code: 'unknown-policy', message: 'No such policy.', line: 6 }],
  assessments: [last],
};

describe('rows of the Policies view', () => {
  it('stand under their levels, widest first, and the unreadable last', async () => {
    const rows = policyRows('/w', [broken, corporate, country], async () => details, 0);
    assert.deepEqual(
      rows.map(({ label, description }) => [label, description]),
      [
        ['Country', '1'],
        ['Corporate', '1'],
        ['Level not readable', '1'],
      ],
    );
    const [house] = await rowsBelow(rows[1]);
    assert.deepEqual([house?.icon, house?.description], ['error', 'm@2: gate not passed · 2 controls']);
    const [unreadable] = await rowsBelow(rows[2]);
    assert.deepEqual([unreadable?.label, unreadable?.description], ['x.policy.yaml', '1 error']);
  });

  it('open up into findings, inheritance, controls and outcomes', async () => {
    const [, level] = policyRows('/w', [corporate, country], async () => details, 60_000);
    const [house] = await rowsBelow(level);
    const rows = await rowsBelow(house);
    assert.deepEqual(
      rows.map(({ label }) => label),
      ['corp', 'No such policy.', 'Builds On', 'Controls', 'Last Assessments'],
    );
    assert.deepEqual(rows[1]?.open, { kind: 'file', path: '/w/p/corp.policy.yaml', line: 6 });
    assert.match(rows[1].accessibleLabel ?? '', /warning in line 6: No such policy/);
    const parents = await rowsBelow(rows[2]);
    assert.deepEqual(
      parents.map(({ label, icon }) => [label, icon]),
      [
        ['Law', 'law'],
        ['gone', 'warning'],
      ],
    );
    const controls = await rowsBelow(rows[3]);
    assert.deepEqual(
      controls.map(({ label, description }) => [label, description]),
      [
        ['A: Right', 'high · 1 check'],
        ['B', '2 checks'],
      ],
    );
    const [outcome] = await rowsBelow(rows[4]);
    assert.match(outcome?.description ?? '', /gate not passed · score 60, coverage 90 % · 1 min ago/);
  });

  it('show from below what builds on them', async () => {
    const [level] = policyRows(
      '/w',
      [corporate, country],
      async () => ({ ...details, findings: [], assessments: [] }),
      0,
    );
    const [law] = await rowsBelow(level);
    const rows = await rowsBelow(law);
    assert.ok(rows.some(({ label }) => label === 'Built On By'));
  });

  it('show what is due: a review, expired evidence, a draft that nobody has approved', async () => {
    const now = Date.UTC(2026, 5, 1);
    const due: PolicyEntry = {
      ...corporate,
      owner: 'risk@x.example',
      reviewBy: '2026-05-31',
      approval: { state: 'draft' },
      last: { ...last, validUntil: now },
    };
    const [level] = policyRows('/w', [due], async () => ({ ...details, findings: [], assessments: [] }), now);
    const [house] = await rowsBelow(level);
    assert.match(house?.description ?? '', /^draft, not approved · review overdue since 2026-05-31 · expired: assess/);
    assert.match(house?.tooltip ?? '', /Owner: risk@x\.example/);
    const rows = await rowsBelow(house);
    assert.deepEqual(
      rows.slice(1, 4).map(({ label, description, icon }) => [label, description, icon]),
      [
        ['Draft, not approved', '', 'warning'],
        ['Review overdue', '2026-05-31', 'warning'],
        ['Evidence expired', '2026-06-01', 'warning'],
      ],
    );
    assert.deepEqual(policyFacts(due).tags.slice(-2), ['draft', 'overdue']);
    const calm: PolicyEntry = {
      ...due,
      reviewBy: '2026-06-01',
      approval: { state: 'approved', by: last.assessor, at: 1 },
      last: { ...last, validUntil: now + 1 },
    };
    const [other] = policyRows('/w', [calm], async () => ({ ...details, findings: [], assessments: [] }), now);
    const [calmHouse] = await rowsBelow(other);
    assert.doesNotMatch(calmHouse?.description ?? '', /draft|overdue|expired/);
    const calmRows = await rowsBelow(calmHouse);
    assert.deepEqual(
      calmRows.slice(1, 4).map(({ label, icon }) => [label, icon]),
      [
        ['Approved', 'pass'],
        ['To be reviewed', 'calendar'],
        ['Evidence begins to expire', 'history'],
      ],
    );
  });

  it('are found by level and outcome', () => {
    assert.deepEqual(policyFacts(corporate).tags, ['corporate', 'not-passed']);
    assert.deepEqual(policyFacts(broken).tags, ['not-assessed', 'broken']);
  });
});
