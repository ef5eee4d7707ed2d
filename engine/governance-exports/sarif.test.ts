import assert from 'node:assert/strict';
import { makeSource } from '../../test/fakes/scorecards.ts';
import { renderGovernanceSarif } from './sarif.ts';

interface Result {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: string;
  readonly message: { readonly text: string };
  readonly locations: readonly {
    readonly physicalLocation?: { readonly artifactLocation: { readonly uri: string }; readonly region?: unknown };
  }[];
  readonly relatedLocations?: readonly unknown[];
  readonly suppressions?: readonly { readonly status: string; readonly justification: string }[];
  readonly partialFingerprints: Readonly<Record<string, string>>;
}

function resultsOf(source = makeSource()): readonly Result[] {
  const log = JSON.parse(renderGovernanceSarif(source)) as {
    runs: [{ results: Result[]; tool: { driver: { rules: { id: string }[] } } }];
  };
  const [run] = log.runs;
  for (const { ruleId, ruleIndex } of run.results) assert.equal(run.tool.driver.rules[ruleIndex]?.id, ruleId);
  return run.results;
}

describe('an assessment as SARIF', () => {
  it('has one result for each control that failed or was not assessed, worst first', () => {
    assert.deepEqual(
      resultsOf().map(({ ruleId, level }) => [ruleId, level]),
      [
        ['INJ', 'error'],
        ['CARD', 'error'],
        ['LOOK', 'note'],
      ],
    );
  });

  it('points at the line of the policy where it is known, else at its file', () => {
    const [inj, card] = resultsOf();
    assert.deepEqual(card?.locations[0]?.physicalLocation, {
      artifactLocation: { uri: 'policies/corp.policy.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 14, startColumn: 9 },
    });
    assert.deepEqual(inj?.locations[0]?.physicalLocation, {
      artifactLocation: { uri: 'policies/team.policy.yaml', uriBaseId: '%SRCROOT%' },
    });
    assert.equal(card.relatedLocations?.length, 2);
  });

  it('suppresses what is waived, with the reason and until when', () => {
    const [inj, card] = resultsOf();
    assert.equal(inj?.suppressions?.[0]?.status, 'accepted');
    assert.match(inj.suppressions[0].justification, /Known, and small\. Until 2026-10-11, approved by bea/);
    assert.equal(card?.suppressions, undefined);
  });

  it('knows a finding again in the next version of the model', () => {
    const next = { ...makeSource().view.scorecard.record.subject, version: '4' };
    const print = (results: readonly Result[]) => results.map(each => each.partialFingerprints['aiwbControl/v1']);
    assert.deepEqual(print(resultsOf()), print(resultsOf(makeSource({ subject: next }))));
    assert.equal(new Set(print(resultsOf())).size, 3);
  });
});
