import assert from 'node:assert/strict';
import { compareScorecards } from '../../schemas/compare-scorecards.ts';
import { controlIn } from '../../test/fakes/assessed.ts';
import { makeRecord } from '../../test/fakes/records.ts';
import { renderComparison } from './comparison-text.ts';

describe('a comparison as text', () => {
  const policy = (id: string, version: string, digest: string) => ({
    id,
    version,
    level: 'corporate' as const,
    title: id,
    digest,
    extends: [],
  });
  const before = makeRecord([controlIn(['pass'], { id: 'A' }), controlIn(['pass'], { id: 'B' })], {
    policies: [
      policy('same', '1.0.0', 'd1'),
      policy('newer', '1.0.0', 'd2'),
      policy('text', '1.0.0', 'd3'),
      policy('gone', '1.0.0', 'd4'),
    ],
  });
  const after = makeRecord(
    [controlIn(['fail'], { id: 'A', title: 'No\u001b[31m red' }), controlIn(['pass'], { id: 'B' })],
    {
      policies: [
        policy('same', '1.0.0', 'd1'),
        policy('newer', '1.1.0', 'd5'),
        policy('text', '1.0.0', 'd6'),
        policy('new', '1.0.0', 'd7'),
      ],
    },
  );
  const comparison = compareScorecards({ record: before, digest: 'x' }, { record: after, digest: 'y' });

  it('is told in words, in which nothing steers a terminal', () => {
    const text = renderComparison(comparison);
    assert.match(text, /A \(high\) No \[31m red: compliant, now not compliant/);
    assert.match(text, /1 control came out differently, 1 alike/);
    assert.match(text, /Policy gone: 1\.0\.0, then not asked/);
    assert.ok(!text.includes('\u001b'));
  });
});
