import type { AppliedPolicy, CheckKind, CheckResult, ControlResult } from '../../schemas/generated/messages.ts';
import { nameOfVersion } from '../base/version-name.ts';
import { isSha256 } from './identifiers.ts';
import { embedded, list, metadata, prose, props, type OscalContext } from './oscal-parts.ts';
import { describeSource, plainLine } from '../governance/describe.ts';

/** How a check finds out, in NIST's three words. */
export const methodOf: Readonly<Record<CheckKind, 'TEST' | 'EXAMINE' | 'INTERVIEW'>> = {
  metric: 'TEST',
  scan: 'TEST',
  'model-card': 'EXAMINE',
  lineage: 'EXAMINE',
  document: 'EXAMINE',
  attestation: 'INTERVIEW',
};

/** Id of what is to be found out about a control. */
export function objectiveId(control: ControlResult, { token }: OscalContext): string {
  return `${token(control.id)}_obj`;
}

/** The assessment plan, with the system security plan it rests on inside, and in that the policies as a catalogue of controls. */
export function planOf(context: OscalContext) {
  const { uuid, ids, record } = context;
  const plan = uuid('ssp', 'resource');
  return {
    'assessment-plan': {
      uuid: uuid('plan'),
      metadata: metadata(context, `Plan of the assessment of ${nameOfVersion(record.subject)}`),
      'import-ssp': { href: `#${plan}` },
      'reviewed-controls': reviewedControls(context),
      'assessment-subjects': [
        { type: 'component', 'include-subjects': [{ 'subject-uuid': ids.model, type: 'component' }] },
      ],
      'assessment-assets': assetsOf(context),
      'back-matter': {
        resources: [embedded(plan, 'System security plan', 'system-security-plan.json', systemPlanOf(context))],
      },
    },
  };
}

/** What was looked at: every control that applies. Those that do not are named as left out. */
export function reviewedControls(context: OscalContext) {
  const { record, token } = context;
  const applies = record.controls.filter(({ outcome }) => outcome !== 'not-applicable');
  const excluded = record.controls
    .filter(({ outcome }) => outcome === 'not-applicable')
    .map(({ id }) => ({ 'control-id': token(id) }));
  const selection =
    applies.length === 0
      ? { 'include-all': {} }
      : { 'include-controls': applies.map(({ id }) => ({ 'control-id': token(id) })) };
  return {
    'control-selections': [{ ...selection, ...list('exclude-controls', excluded) }],
    ...list(
      'control-objective-selections',
      applies.length === 0
        ? []
        : [{ 'include-objectives': applies.map(control => ({ 'objective-id': objectiveId(control, context) })) }],
    ),
  };
}

/** The workbench, as the tool that assessed. */
export function assetsOf({ ids, record }: OscalContext) {
  return {
    components: [
      {
        uuid: ids.tool,
        type: 'software',
        title: 'AI Workbench',
        description: 'Gathers evidence about a model version, holds it against the policies and keeps the record.',
        ...props({ version: record.workbench }),
        status: { state: 'operational' },
      },
    ],
    'assessment-platforms': [{ uuid: ids.platform, 'uses-components': [{ 'component-uuid': ids.tool }] }],
  };
}

/** The model version as a component. */
export function componentOf({ ids, record }: OscalContext, type: 'software' | 'this-system') {
  const { model, version, weightsDigest, runId } = record.subject;
  return {
    uuid: ids.model,
    type,
    title: prose(nameOfVersion(record.subject)),
    description: prose(`Version ${version} of the model ${model}.`),
    ...props({ model, version, 'weights-sha256': weightsDigest, 'run-id': runId }),
    status: { state: 'operational' },
  };
}

function systemPlanOf(context: OscalContext) {
  const { uuid, ids, record, token } = context;
  const catalogue = uuid('catalogue', 'resource');
  const { model } = record.subject;
  const name = nameOfVersion(record.subject);
  return {
    'system-security-plan': {
      uuid: uuid('ssp'),
      metadata: metadata(context, `System security plan of ${name}`),
      'import-profile': { href: `#${catalogue}` },
      'system-characteristics': {
        'system-ids': [{ 'identifier-type': 'https://ietf.org/rfc/rfc4122', id: uuid('system') }],
        'system-name': plainLine(name) || 'model',
        description: prose(`The model version ${name}, for itself, without the system it is used in.`),
        'system-information': {
          'information-types': [
            {
              uuid: uuid('information'),
              title: 'Answers of a model',
              description: 'What the model is asked and answers.',
            },
          ],
        },
        status: { state: 'other', remarks: 'The workbench keeps the state of a model version, not of a system.' },
        'authorization-boundary': {
          description: prose(`The weights of ${name}, with the SHA-256 that the component ${model} names.`),
        },
      },
      'system-implementation': {
        users: [{ uuid: uuid('user'), title: 'Whoever asks the model', 'role-ids': ['assessor'] }],
        components: [componentOf(context, 'this-system')],
      },
      'control-implementation': {
        description: 'What the policies ask of the model version. Whether it is so is in the assessment results.',
        'implemented-requirements': record.controls.map(({ id }, index) => ({
          uuid: uuid('requirement', index),
          'control-id': token(id),
          // NIST's constraints ask for one, though its schema does not.
          'by-components': [
            {
              'component-uuid': ids.model,
              uuid: uuid('by-component', index),
              description: 'See the finding about this control in the assessment results.',
            },
          ],
        })),
      },
      'back-matter': {
        resources: [embedded(catalogue, 'Policies as a catalogue', 'catalog.json', catalogueOf(context))],
      },
    },
  };
}

function catalogueOf(context: OscalContext) {
  const { record, uuid, token } = context;
  const groups = record.policies.map((policy, index) => groupOf(policy, index, context));
  const named = new Set(record.policies.map(({ id }) => id));
  const others = record.controls.filter(({ policy }) => !named.has(policy));
  return {
    catalog: {
      uuid: uuid('catalogue'),
      metadata: metadata(context, `Policies of ${nameOfVersion(record.subject)}`),
      ...list(
        'controls',
        others.map(control => controlOf(control, context)),
      ),
      ...list(
        'groups',
        groups.map(group => ({ ...group, id: token(group.id) })),
      ),
    },
  };
}

function groupOf(policy: AppliedPolicy, index: number, context: OscalContext) {
  const { id, version, level, title, owner, reviewBy, digest, path } = policy;
  const own = context.record.controls.filter(control => control.policy === id);
  return {
    id: `policy-${String(index + 1)}`,
    class: 'policy',
    title: prose(title),
    ...props({
      policy: id,
      version,
      level,
      owner,
      'review-by': reviewBy,
      path,
      extends: policy.extends.join(' '),
      sha256: isSha256(digest) ? digest : undefined,
    }),
    ...list(
      'controls',
      own.map(control => controlOf(control, context)),
    ),
  };
}

function controlOf(control: ControlResult, context: OscalContext) {
  const { id, title, description, severity, weight, tightenedBy = [], mappings, checks } = control;
  const token = context.token(id);
  const own = {
    'control-id': id,
    severity,
    weight,
    'tightened-by': tightenedBy.join(' '),
    source: describeSource(control),
  };
  const mapped = mappings.map(({ framework, version, id: target, relation }) => ({
    mapping: `${relation} ${framework} ${version} ${target}`,
  }));
  return {
    id: token,
    title: prose(title),
    ...list(
      'props',
      [own, ...mapped].flatMap(values => props(values).props ?? []),
    ),
    parts: [
      { id: `${token}_smt`, name: 'statement', prose: prose(description ?? title) },
      {
        id: objectiveId(control, context),
        name: 'assessment-objective',
        prose: prose(title),
        ...list(
          'parts',
          checks.map((check, index) => checkPartOf(check, `${token}_obj.${String(index + 1)}`)),
        ),
      },
    ],
  };
}

function checkPartOf(check: CheckResult, id: string) {
  const { title, required, kind } = check;
  return {
    id,
    name: 'assessment-objective',
    ...props({ 'check-id': check.id, kind, required }),
    prose: prose(required === undefined ? title : `${title}: ${required}`),
  };
}
