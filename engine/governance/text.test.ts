import assert from 'node:assert/strict';
import { controlIn, now, person } from '../../test/fakes/assessed.ts';
import type { AssessmentRecord, ControlResult, ScorecardView } from '../../schemas/generated/messages.ts';
import { renderAssessmentMarkdown, renderAssessmentText } from './text.ts';

function view(controls: readonly ControlResult[], changes: Partial<AssessmentRecord> = {}): ScorecardView {
  const record: AssessmentRecord = {
    schemaVersion: 1,
    id: 'assessment-1',
    subject: { model: 'triage', version: '3', weightsDigest: 'w' },
    assessedAt: now,
    assessor: person('ada'),
    workbench: '0.1.0',
    policies: [],
    policySetDigest: 'p',
    score: null,
    coverage: 0,
    waived: 0,
    gate: { outcome: 'not-computed', sentence: 'Not computed: no control applies to this version.', conditions: [] },
    controls: [...controls],
    waivers: [],
    frameworks: [],
    ...changes,
  };
  return {
    scorecard: { schemaVersion: 1, record, digest: 'd', approval: { state: 'none', sentence: 'Not put up.' } },
    verification: { state: 'verified', sentence: 'Unchanged.' },
    source: 'store',
    history: [],
  };
}

describe('an assessment as text', () => {
  it('shows failures first, then what is open, by severity', () => {
    const controls = [
      controlIn(['pass'], { id: 'A-PASS', severity: 'critical' }),
      controlIn(['missing'], { id: 'B-OPEN', severity: 'critical' }),
      controlIn(['fail'], { id: 'C-LOW', severity: 'low' }),
      controlIn(['fail'], { id: 'D-HIGH', waiver: 'w' }),
      controlIn(['not-applicable'], { id: 'E-AWAY' }),
    ];
    for (const text of [renderAssessmentText(view(controls)), renderAssessmentMarkdown(view(controls))]) {
      const places = ['D-HIGH', 'C-LOW', 'B-OPEN', 'A-PASS', 'E-AWAY'].map(id => text.indexOf(id));
      assert.deepEqual(
        places,
        [...places].sort((a, b) => a - b),
      );
      assert.ok(places.every(place => place > 0));
      assert.match(text, /not compliant, waived/);
    }
  });

  it('gives the three numbers together, also where there is no score', () => {
    assert.match(renderAssessmentText(view([])), /Score none; evidence coverage 0 %; waived controls 0/);
    assert.match(renderAssessmentText(view([])), /gate not computed/);
  });

  it('lets nothing from a policy steer a terminal or Markdown', () => {
    const hostile = controlIn(['fail'], {
      title: '\u001b[2J| <img src=x> [a](javascript:b)\u0007',
      reason: 'One\u001b]0;title\u0007',
    });
    const text = renderAssessmentText(view([hostile]));
    assert.doesNotMatch(text.replaceAll('\n', ''), /\p{Cc}/u);
    const markdown = renderAssessmentMarkdown(view([hostile]));
    assert.doesNotMatch(markdown, /<img|[^\\]\[a\]\(/);
  });
});
