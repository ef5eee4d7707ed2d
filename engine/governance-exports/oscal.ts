import type { ControlResult, Waiver } from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import { formatPercent } from '../reports/format.ts';
import { orderControls, wordOutcome } from '../governance/order.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { describePerson } from '../people/describe-person.ts';
import { observationId, observationsOf, resourcesOf } from './oscal-evidence.ts';
import {
  createContext,
  embedded,
  list,
  metadata,
  moment,
  oscalNamespace,
  partyId,
  prose,
  props,
  type OscalContext,
} from './oscal-parts.ts';
import { assetsOf, componentOf, objectiveId, planOf, reviewedControls } from './oscal-plan.ts';
import type { ExportSource } from './source.ts';
import { caution, describeSource, describeWaiver, isFailure } from '../governance/describe.ts';

/**
 * An assessment as OSCAL assessment results in JSON: a finding for each control that applies, an observation for each check, a risk for
 * each failure and each waiver. The plan it follows, the system security plan and the policies as a catalogue lie inside. Throws `usage`
 * for an assessment without controls: OSCAL has no form for one.
 */
export function renderOscal({ view, sha256 }: ExportSource): string {
  const { scorecard } = view;
  const { record } = scorecard;
  if (record.controls.length === 0) {
    throw new WorkbenchError('usage', `The assessment ${record.id} has no controls, and OSCAL has no form for that.`, {
      remedy: 'Assess by a policy with controls, or export the scorecard as JSON.',
    });
  }
  const context = createContext(scorecard, sha256);
  const { uuid } = context;
  const plan = uuid('plan', 'resource');
  const name = nameOfVersion(record.subject);
  const controls = orderControls(record.controls).map((control, at) => ({ control, at }));
  const applicable = controls.filter(({ control }) => control.outcome !== 'not-applicable');
  const risky = applicable.filter(({ control }) => isFailure(control) || control.waiver !== undefined);
  const results = {
    'assessment-results': {
      uuid: uuid('results'),
      metadata: metadata(context, `Assessment of ${name}`),
      'import-ap': { href: `#${plan}` },
      results: [
        {
          uuid: uuid('result'),
          title: prose(`Assessment of ${name}`),
          description: prose(`${record.gate.sentence} ${caution}`),
          start: moment(record.assessedAt),
          end: moment(record.assessedAt),
          ...props({
            gate: record.gate.outcome,
            score: record.score === null ? 'none' : formatPercent(record.score),
            'evidence-coverage': formatPercent(record.coverage),
            waived: record.waived,
            'record-id': record.id,
            'record-sha256': scorecard.digest,
            'policy-set-sha256': record.policySetDigest,
            'result-sha256': record.resultDigest,
            'valid-until': record.validUntil === undefined ? undefined : moment(record.validUntil),
            verification: view.verification.sentence,
            approval: scorecard.approval.sentence,
          }),
          'local-definitions': {
            components: [componentOf(context, 'software')],
            'assessment-assets': assetsOf(context),
          },
          'reviewed-controls': reviewedControls(context),
          ...list('attestations', attestationsOf(context)),
          ...list(
            'observations',
            applicable.flatMap(({ control, at }) => observationsOf(control, at, context)),
          ),
          ...list(
            'risks',
            risky.map(({ control, at }) => riskOf(control, at, context)),
          ),
          ...list(
            'findings',
            applicable.map(({ control, at }) => findingOf(control, at, context)),
          ),
        },
      ],
      'back-matter': {
        resources: [
          embedded(plan, 'Assessment plan', 'assessment-plan.json', planOf(context)),
          ...resourcesOf(context),
        ],
      },
    },
  };
  return `${JSON.stringify(results, undefined, 2)}\n`;
}

const reasons: Readonly<Record<ControlResult['outcome'], 'pass' | 'fail' | 'other'>> = {
  compliant: 'pass',
  partial: 'fail',
  'non-compliant': 'fail',
  'not-assessed': 'other',
  'not-applicable': 'other',
};

function findingOf(control: ControlResult, at: number, context: OscalContext) {
  const { id, title, severity, policy, outcome, value, waiver, reason, checks } = control;
  const { uuid } = context;
  return {
    uuid: uuid('finding', at),
    title: prose(`${id}: ${title}`),
    description: prose(reason),
    ...props({ 'control-id': id, outcome, severity, policy, value, waiver, source: describeSource(control) }),
    target: {
      type: 'objective-id',
      'target-id': objectiveId(control, context),
      status: {
        state: outcome === 'compliant' ? 'satisfied' : 'not-satisfied',
        reason: reasons[outcome],
        remarks: prose(`${wordOutcome(control)}: ${reason}`),
      },
    },
    ...list(
      'related-observations',
      checks.map((_, check) => ({ 'observation-uuid': observationId([at, check], context) })),
    ),
    ...list('related-risks', isFailure(control) || waiver !== undefined ? [{ 'risk-uuid': uuid('risk', at) }] : []),
  };
}

function riskOf(control: ControlResult, at: number, context: OscalContext) {
  const { id, title, severity, reason, remediation, waiver: waiverId, checks } = control;
  const { uuid, record, ids } = context;
  const waiver = record.waivers.find(each => each.id === waiverId);
  const tool = [{ actors: [{ type: 'tool', 'actor-uuid': ids.tool }] }];
  const remediations = [
    ...(remediation === undefined
      ? []
      : [
          {
            uuid: uuid('remediation', at),
            lifecycle: 'recommendation',
            title: 'What the policy says to do',
            description: prose(remediation),
            origins: tool,
          },
        ]),
    ...(waiver === undefined ? [] : [acceptanceOf(waiver, at, context)]),
  ];
  return {
    uuid: uuid('risk', at),
    title: prose(`${id}: ${title}`),
    description: prose(reason),
    statement: prose(`The control is ${wordOutcome(control)}.`),
    ...props({ 'control-id': id, waiver: waiverId }),
    status: waiverId === undefined ? 'open' : 'deviation-approved',
    origins: tool,
    characterizations: [{ origin: tool[0], facets: [{ name: 'severity', system: oscalNamespace, value: severity }] }],
    ...list(
      'mitigating-factors',
      (waiver?.compensatingControls ?? []).map((text, index) => ({
        uuid: uuid('mitigation', at, index),
        description: prose(text),
      })),
    ),
    ...(waiver === undefined ? {} : { deadline: moment(waiver.expiresAt) }),
    ...list('remediations', remediations),
    ...list(
      'related-observations',
      checks.map((_, check) => ({ 'observation-uuid': observationId([at, check], context) })),
    ),
  };
}

/** A waiver is a decision by named people to live with a failure for a time. */
function acceptanceOf(waiver: Waiver, at: number, { uuid }: OscalContext) {
  const people = [...new Set(waiver.approvals.map(({ by }) => partyId(by, uuid)))];
  return {
    uuid: uuid('waiver', at),
    lifecycle: 'completed',
    title: 'Waived',
    description: prose(describeWaiver(waiver)),
    props: [
      { name: 'type', value: 'accept' },
      ...(props({
        'waiver-id': waiver.id,
        'expires-at': moment(waiver.expiresAt),
        'requested-by': describePerson(waiver.requestedBy),
      }).props ?? []),
    ],
    ...list(
      'origins',
      people.length === 0
        ? []
        : [
            {
              actors: people.map(party => ({ type: 'party', 'actor-uuid': party, 'role-id': 'waiver-approver' })),
            },
          ],
    ),
  };
}

/** What people stated, each statement with who made it. */
function attestationsOf({ record, uuid }: OscalContext) {
  const checks = record.controls.flatMap(control => control.checks.map(check => ({ control, check })));
  return checks.flatMap(({ control, check }) => {
    const { attest, evidence } = check;
    if (attest === undefined) return [];
    return evidence.flatMap(({ by, digest }) =>
      by === undefined
        ? []
        : [
            {
              'responsible-parties': [{ 'role-id': 'attester', 'party-uuids': [partyId(by, uuid)] }],
              parts: [
                {
                  name: 'objective',
                  title: prose(`${control.id}: ${check.title}`),
                  props: [
                    { name: 'method', value: 'INTERVIEW' },
                    ...(props({ 'control-id': control.id, 'check-id': check.id, role: attest.role, sha256: digest })
                      .props ?? []),
                  ],
                  prose: prose(attest.statement),
                },
              ],
            },
          ],
    );
  });
}
