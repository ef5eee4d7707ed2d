import assert from 'node:assert/strict';
import { openGoverned, signal, type Governed } from '../../test/fakes/governed.ts';
import { approved, ready, requested, takeStep, type Step } from '../../test/fakes/release-steps.ts';
import type { Approval, ModelVersion } from '../../schemas/generated/messages.ts';
import { verifyAudit } from '../audit/verify.ts';
import { WorkbenchError } from '../base/errors.ts';
import { describeVersion } from '../versions/details.ts';

interface Outcome {
  readonly approval: Approval['state'];
  readonly status: ModelVersion['status'];
  readonly aliases?: readonly string[];
}

const candidate = { approval: 'none', status: 'candidate', aliases: ['candidate'] } as const;
const assessed = { ...candidate, status: 'assessed' } as const;

const stories: readonly [what: string, steps: readonly Step[], outcome: Outcome][] = [
  ['is put up once it is measured and assessed', requested, { approval: 'requested', status: 'assessed' }],
  [
    'may be measured by a benchmark without a gate',
    [{ do: 'measure' }, { do: 'assess' }, { do: 'request' }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not put up without an assessment',
    [{ do: 'measure' }, { do: 'request', fails: 'gate-not-met', message: /not been assessed/ }],
    candidate,
  ],
  [
    'is not put up without a benchmark',
    [{ do: 'assess' }, { do: 'request', fails: 'gate-not-met', message: /No benchmark/ }],
    assessed,
  ],
  [
    'is not put up on a benchmark that asked some of its rows only',
    [
      { do: 'measure some rows' },
      { do: 'assess' },
      { do: 'request', fails: 'gate-not-met', message: /No benchmark has measured it on all its rows/ },
    ],
    assessed,
  ],
  [
    'is not put up with a failed policy gate, and every reason is named',
    [
      { do: 'measure, gate not met' },
      { do: 'assess, gate failed' },
      { do: 'request', fails: 'gate-not-met', message: /policy gate .*gate of core is not met/ },
    ],
    assessed,
  ],
  [
    'is not put up with the newer of two assessments failed',
    [...ready, { do: 'assess, gate failed' }, { do: 'request', fails: 'gate-not-met' }],
    assessed,
  ],
  [
    'is not put up while a benchmark gate is not met',
    [...ready, { do: 'measure, gate not met' }, { do: 'request', fails: 'gate-not-met' }],
    assessed,
  ],
  [
    'is put up when the newest run of the benchmark meets its gate',
    [{ do: 'measure, gate not met' }, ...requested],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not put up on expired evidence',
    [...ready, { do: 'wait a month' }, { do: 'request', fails: 'gate-not-met', message: /expired on/ }],
    assessed,
  ],
  [
    'is not put up on an assessment of other weights',
    [{ do: 'measure' }, { do: 'assess, other weights' }, { do: 'request', fails: 'gate-not-met', message: /weights/ }],
    assessed,
  ],
  [
    'is put up once, however often that is asked',
    [...requested, { by: 'somebody', do: 'request' }],
    { approval: 'requested', status: 'assessed' },
  ],

  [
    'is approved by another person',
    approved,
    { approval: 'approved', status: 'approved', aliases: ['approved', 'candidate'] },
  ],
  ['is not approved unasked', [...ready, { by: 'approver', do: 'approve', fails: 'approval-missing' }], assessed],
  [
    'is not approved by its author',
    [...requested, { by: 'author', do: 'approve', fails: 'separation-of-duties', message: /is the author of/ }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not approved by its author, written otherwise',
    [...requested, { by: 'AUTHOR', do: 'approve', fails: 'separation-of-duties' }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not approved by its trainer',
    [...requested, { by: 'trainer', do: 'approve', fails: 'separation-of-duties', message: /is the trainer of/ }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not approved by its assessor',
    [...requested, { by: 'assessor', do: 'approve', fails: 'separation-of-duties', message: /is the assessor of/ }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not approved by its requester',
    [...requested, { by: 'requester', do: 'approve', fails: 'separation-of-duties', message: /is the requester of/ }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not approved on a request for an earlier assessment',
    [
      ...requested,
      { by: 'assessor', do: 'assess' },
      { by: 'approver', do: 'approve', fails: 'approval-missing', message: /assessed again/ },
    ],
    assessed,
  ],
  [
    'is not approved when a benchmark gate broke meanwhile',
    [...requested, { do: 'measure, gate not met' }, { by: 'approver', do: 'approve', fails: 'gate-not-met' }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is not approved on evidence that expired meanwhile',
    [...requested, { do: 'wait a month' }, { by: 'approver', do: 'approve', fails: 'gate-not-met' }],
    { approval: 'requested', status: 'assessed' },
  ],
  ['is approved once', [...approved, { by: 'author', do: 'approve' }], { approval: 'approved', status: 'approved' }],

  [
    'loses its approval when it is assessed again',
    [...approved, { by: 'assessor', do: 'assess' }],
    { approval: 'void', status: 'approved' },
  ],
  [
    'is not locked on a void approval',
    [...approved, { do: 'assess' }, { do: 'baseline', fails: 'approval-missing', message: /Void/ }],
    { approval: 'void', status: 'approved' },
  ],
  [
    'is not promoted on a void approval',
    [...approved, { do: 'assess' }, { do: 'promote', fails: 'approval-missing', message: /Void/ }],
    { approval: 'void', status: 'approved' },
  ],
  [
    'is put up again after its approval became void',
    [...approved, { by: 'assessor', do: 'assess' }, { by: 'requester', do: 'request' }],
    { approval: 'requested', status: 'approved' },
  ],
  [
    'is approved again after its approval became void',
    [
      ...approved,
      { by: 'assessor', do: 'assess' },
      { by: 'requester', do: 'request' },
      { by: 'approver', do: 'approve' },
    ],
    { approval: 'approved', status: 'approved' },
  ],

  [
    'is not locked before it is approved',
    [...requested, { do: 'baseline', fails: 'approval-missing' }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is locked once it is approved',
    [...approved, { do: 'baseline' }],
    { approval: 'approved', status: 'baseline', aliases: ['approved', 'baseline', 'candidate'] },
  ],
  [
    'is locked once',
    [...approved, { do: 'baseline' }, { do: 'baseline', fails: 'baseline-exists' }],
    { approval: 'approved', status: 'baseline' },
  ],
  [
    'is not locked on expired evidence',
    [...approved, { do: 'wait a month' }, { do: 'baseline', fails: 'gate-not-met' }],
    { approval: 'approved', status: 'approved' },
  ],
  [
    'keeps its status when it is approved again after it was locked',
    [
      ...approved,
      { do: 'baseline' },
      { by: 'assessor', do: 'assess' },
      { by: 'requester', do: 'request' },
      { by: 'approver', do: 'approve' },
    ],
    { approval: 'approved', status: 'baseline' },
  ],

  ['is not promoted before it is assessed', [{ do: 'promote', fails: 'approval-missing' }], candidate],
  [
    'is not promoted before it is approved',
    [...requested, { do: 'promote', fails: 'approval-missing' }],
    { approval: 'requested', status: 'assessed' },
  ],
  [
    'is promoted, and locked in passing',
    [...approved, { do: 'promote' }],
    { approval: 'approved', status: 'production', aliases: ['approved', 'baseline', 'candidate', 'production'] },
  ],
  [
    'is promoted after it was locked',
    [...approved, { do: 'baseline' }, { do: 'promote' }],
    { approval: 'approved', status: 'production' },
  ],
  [
    'is promoted once',
    [...approved, { do: 'promote' }, { do: 'promote' }],
    { approval: 'approved', status: 'production' },
  ],
  [
    'is not promoted on expired evidence',
    [...approved, { do: 'wait a month' }, { do: 'promote', fails: 'gate-not-met' }],
    { approval: 'approved', status: 'approved' },
  ],
  [
    'stays in production when it is assessed again',
    [...approved, { do: 'promote' }, { do: 'assess' }],
    { approval: 'void', status: 'production' },
  ],
];

describe('a version on its way to production', () => {
  let world: Governed;
  beforeEach(async () => (world = await openGoverned()));
  afterEach(() => world.close());

  for (const [what, steps, outcome] of stories) {
    it(what, async () => {
      const subject = await world.register('w1');
      for (const step of steps) {
        if (step.fails === undefined) await takeStep(world, step, subject);
        else {
          await assert.rejects(takeStep(world, step, subject), (error: unknown) => {
            assert.ok(error instanceof WorkbenchError, String(error));
            assert.equal(error.code, step.fails, error.message);
            assert.ok(error.remedy !== undefined);
            if (step.message !== undefined) assert.match(error.message, step.message);
            return true;
          });
        }
      }
      const { version, approval } = await describeVersion('triage', '1', world.ports.store, signal);
      assert.equal(approval.state, outcome.approval, approval.sentence);
      assert.equal(version.status, outcome.status);
      assert.equal(version.customProperties['aiw.status'], outcome.status);
      if (outcome.aliases !== undefined) assert.deepEqual(version.aliases, outcome.aliases);
      const audit = await verifyAudit(world.ports.store, world.ports.digest, signal);
      assert.deepEqual(audit.faults, []);
    });
  }
});
