import assert from 'node:assert/strict';
import type { Approval, AssessmentSummary, ModelVersion, VersionDetails } from '../../schemas/generated/messages.ts';
import { nextStep } from './next-step.ts';

const ada = { email: 'ada@marlo.example', assurance: 'self-asserted' as const };

interface Situation {
  readonly status?: ModelVersion['status'];
  readonly archived?: boolean;
  readonly gates?: readonly AssessmentSummary['gate'][];
  readonly approval?: Approval['state'];
  readonly locked?: boolean;
}

function detailsOf({
  status = 'candidate',
  archived = false,
  gates = [],
  approval = 'none',
  locked = false,
}: Situation): VersionDetails {
  const reference = { model: 'ticket-triage', version: '2' };
  return {
    version: {
      ...reference,
      state: archived ? 'ARCHIVED' : 'LIVE',
      status,
      author: ada,
      createdAt: 0,
      weightsDigest: 'w',
      modelDigest: 'm',
      aliases: [],
      lineage: { datasets: [], prompts: [] },
      customProperties: {},
    },
    artifacts: [],
    approval: { state: approval, sentence: 'As it stands.' },
    assessments: gates.map((gate, index) => ({
      ...reference,
      id: `assessment-${String(index)}`,
      assessedAt: 0,
      assessor: ada,
      digest: 'd',
      gate,
      score: 90,
      coverage: 100,
      waived: 0,
      policies: [],
    })),
    ...(locked
      ? {
          baseline: {
            ...reference,
            weightsDigest: 'w',
            recordDigest: 'd',
            lockedAt: 0,
            lockedBy: ada,
            approvedBy: ada,
            metrics: [],
            digest: 'b',
          },
        }
      : {}),
  };
}

describe('the next step of a version', () => {
  const cases: readonly [Situation, command: string | undefined, reason: RegExp][] = [
    [{}, 'assess', /not been assessed/],
    [{ gates: ['failed'] }, 'assess', /did not pass the gate/],
    [{ gates: ['not-computed'] }, 'assess', /could not be computed/],
    // Only the newest assessment counts.
    [{ gates: ['failed', 'passed'], approval: 'void' }, 'assess', /did not pass/],
    [{ gates: ['passed', 'failed'] }, 'requestApproval', /Put it up/],
    [{ gates: ['passed'], approval: 'requested' }, 'approve', /not its author, trainer, assessor or requester/],
    [{ gates: ['passed'], approval: 'void', status: 'approved' }, 'requestApproval', /no longer counts/],
    [{ gates: ['passed'], approval: 'approved', status: 'approved' }, 'baseline', /Lock/],
    [{ gates: ['passed'], approval: 'approved', status: 'baseline', locked: true }, 'promote', /approved and locked/],
    [
      { gates: ['passed'], approval: 'approved', status: 'production', locked: true },
      undefined,
      /in production, assessed/,
    ],
    [{ gates: ['failed'], approval: 'void', status: 'production', locked: true }, 'assess', /in production, but/],
    [{ gates: ['passed'], approval: 'void', status: 'production', locked: true }, 'requestApproval', /not approved/],
    [{ gates: ['passed'], approval: 'requested', status: 'production', locked: true }, 'approve', /waits/],
    [{ gates: ['passed'], approval: 'approved', status: 'retired', locked: true }, 'promote', /can come back/],
    [{ gates: ['passed'], approval: 'approved', locked: true, archived: true }, undefined, /archived/],
  ];
  for (const [situation, command, reason] of cases) {
    it(`is ${command ?? 'none'} for ${JSON.stringify(situation)}`, () => {
      const next = nextStep(detailsOf(situation));
      assert.equal(next.command, command);
      assert.equal(next.label === undefined, command === undefined);
      assert.match(next.reason, reason);
    });
  }
});
