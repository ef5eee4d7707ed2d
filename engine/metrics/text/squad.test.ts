import assert from 'node:assert/strict';
import { readGolden } from '../../../test/golden/read.ts';
import { isSquadMatch, normalizeAnswer, squadF1 } from './squad.ts';

interface Golden {
  readonly cases: readonly (readonly [string, readonly string[], normal: string, match: number, f1: number])[];
}

describe("exact match and F1 against SQuAD's script", () => {
  it('every pair', () => {
    const { cases } = readGolden('squad.json') as Golden;
    assert.ok(cases.length > 200);
    for (const [answer, targets, normal, match, f1] of cases) {
      assert.equal(normalizeAnswer(answer), normal);
      assert.equal(Number(isSquadMatch(answer, targets)), match, JSON.stringify([answer, targets]));
      assert.equal(squadF1(answer, targets), f1, JSON.stringify([answer, targets]));
    }
  });
});
