import path from 'node:path';
import type {
  AssessmentSummary,
  PolicyControl,
  PolicyDetails,
  PolicyEntry,
  PolicyLevel,
} from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { describeAssessment, gateWords } from '../registry/words.ts';
import type { FilterFacts, FilterTag } from '../trees/filter.ts';
import type { Row } from '../trees/row.ts';
import { formatCount } from '../trees/words.ts';
import { dueFacts, dueRows, isExpired, isOverdue } from './due-rows.ts';

/** Asks for what a policy file holds. */
export type DescribePolicy = (policy: PolicyEntry) => Promise<PolicyDetails>;

const levels: readonly PolicyLevel[] = ['country', 'industry', 'corporate', 'team'];

const levelIcons: Record<PolicyLevel, string> = {
  country: 'globe',
  industry: 'briefcase',
  corporate: 'organization',
  team: 'person',
};

/** Each severity of a finding and how it is drawn. */
const findingIcons: Record<PolicyDetails['findings'][number]['severity'], { icon: string; color?: string }> = {
  error: { icon: 'error', color: 'list.errorForeground' },
  warning: { icon: 'warning', color: 'list.warningForeground' },
  information: { icon: 'info' },
  hint: { icon: 'lightbulb' },
};

const gateIcons: Record<AssessmentSummary['gate'], { icon: string; color: string }> = {
  passed: { icon: 'pass', color: 'testing.iconPassed' },
  failed: { icon: 'error', color: 'testing.iconFailed' },
  'not-computed': { icon: 'question', color: 'list.warningForeground' },
};

export function policyTags(): FilterTag[] {
  return [
    ...levels.map(level => ({ tag: level, group: 'level', label: levelWords(level) })),
    { tag: 'passed', group: 'gate', label: t('Gate passed in the last assessment') },
    { tag: 'not-passed', group: 'gate', label: t('Gate not passed in the last assessment') },
    { tag: 'not-assessed', group: 'gate', label: t('Never assessed by') },
    { tag: 'broken', group: 'state', label: t('With errors') },
    { tag: 'draft', group: 'state', label: t('Draft, not approved') },
    { tag: 'overdue', group: 'state', label: t('Review overdue') },
  ];
}

export function policyFacts(policy: PolicyEntry): FilterFacts {
  const { path: file, id = '', title = '', level, last, diagnostics, approval } = policy;
  return {
    text: [file, id, title, last === undefined ? '' : `${last.model}@${last.version}`].join('\n'),
    tags: [
      ...(level === undefined ? [] : [level]),
      last === undefined ? 'not-assessed' : last.gate === 'passed' ? 'passed' : 'not-passed',
      ...(diagnostics > 0 ? ['broken'] : []),
      ...(approval?.state === 'draft' ? ['draft'] : []),
      ...(isOverdue(policy, Date.now()) ? ['overdue'] : []),
    ],
  };
}

/** Policies under their levels, widest first; those whose level cannot be read come last. */
export function policyRows(
  folder: string,
  policies: readonly PolicyEntry[],
  describe: DescribePolicy,
  now: number,
): Row[] {
  const groups: readonly (PolicyLevel | undefined)[] = [...levels, undefined];
  return groups.flatMap((level): Row[] => {
    const own = policies.filter(policy => policy.level === level);
    if (own.length === 0) return [];
    return [
      {
        key: `level ${folder}\n${level ?? ''}`,
        label: level === undefined ? t('Level not readable') : levelWords(level),
        description: formatCount(own.length),
        icon: level === undefined ? 'warning' : levelIcons[level],
        contextValue: 'aiwbPolicyLevel',
        isOpen: true,
        children: () => own.map(policy => policyRow(folder, policy, policies, describe, now)),
      },
    ];
  });
}

function levelWords(level: PolicyLevel): string {
  const words: Record<PolicyLevel, string> = {
    country: t('Country'),
    industry: t('Industry'),
    corporate: t('Corporate'),
    team: t('Team'),
  };
  return words[level];
}

function policyRow(
  folder: string,
  policy: PolicyEntry,
  all: readonly PolicyEntry[],
  describe: DescribePolicy,
  now: number,
): Row {
  const { path: file, id, version, title, controls, diagnostics, last } = policy;
  const key = `policy ${folder}\n${file}`;
  const facts = [
    ...(policy.approval?.state === 'draft' ? [t('draft, not approved')] : []),
    ...(isOverdue(policy, now) ? [t('review overdue since {0}', policy.reviewBy ?? '')] : []),
    ...(isExpired(policy, now) ? [t('expired: assess again')] : []),
    ...(diagnostics === 0 ? [] : [diagnostics === 1 ? t('1 error') : t('{0} errors', diagnostics)]),
    ...(last === undefined ? [] : [`${last.model}@${last.version}: ${gateWords(last.gate)}`]),
    ...(controls === undefined ? [] : [controls === 1 ? t('1 control') : t('{0} controls', controls)]),
  ];
  const label = title ?? id ?? file;
  const drawn = diagnostics > 0 ? findingIcons.error : last === undefined ? { icon: 'law' } : gateIcons[last.gate];
  return {
    key,
    label,
    description: facts.join(' · '),
    ...drawn,
    contextValue: `aiwbPolicy ${diagnostics > 0 ? 'broken' : 'valid'}`,
    tooltip: [
      label,
      ...(id === undefined ? [] : [version === undefined ? id : `${id} ${version}`]),
      file,
      ...facts,
      ...dueFacts(policy),
      ...(last === undefined ? [t('Nothing was assessed by it yet.')] : [describeAssessment(last, now)]),
    ].join('\n'),
    accessibleLabel: [label, version ?? '', ...facts, file].filter(Boolean).join(', '),
    open: { kind: 'file', path: path.resolve(folder, file) },
    children: async () => detailRows(key, folder, policy, all, await describe(policy), now),
    subject: { kind: 'policy', folder, path: file },
  };
}

function detailRows(
  key: string,
  folder: string,
  policy: PolicyEntry,
  all: readonly PolicyEntry[],
  { controls, findings, assessments }: PolicyDetails,
  now: number,
): Row[] {
  const { path: file, id, version, extends: parents = [] } = policy;
  const absolute = path.resolve(folder, file);
  const rows: Row[] = [];
  if (id !== undefined) {
    rows.push({ key: `${key}\nid`, label: id, description: version ?? '', icon: 'tag', tooltip: file });
  }
  rows.push(...dueRows(key, policy, absolute, now));
  for (const [index, { severity, code, message, line }] of findings.entries()) {
    rows.push({
      key: `${key}\nfinding ${index}`,
      label: message,
      description: code,
      ...findingIcons[severity],
      tooltip: message,
      accessibleLabel: t('{0} in line {1}: {2}', severity, line, message),
      open: { kind: 'file', path: absolute, line },
    });
  }
  if (parents.length > 0) {
    rows.push(
      groupRow(key, 'parents', t('Builds On'), 'type-hierarchy-super', parents.length, true, () =>
        parents.map(parent => parentRow(key, folder, parent, all)),
      ),
    );
  }
  const children = id === undefined ? [] : all.filter(other => other.extends?.includes(id) === true);
  if (children.length > 0) {
    rows.push(
      groupRow(key, 'children', t('Built On By'), 'type-hierarchy-sub', children.length, true, () =>
        children.map(child => linkRow(`${key}\nchild ${child.path}`, folder, child)),
      ),
    );
  }
  if (controls.length > 0) {
    rows.push(
      groupRow(key, 'controls', t('Controls'), 'checklist', controls.length, false, () =>
        controls.map((control, index) => controlRow(`${key}\ncontrol ${index}`, absolute, control)),
      ),
    );
  }
  if (assessments.length > 0) {
    rows.push(
      groupRow(key, 'assessments', t('Last Assessments'), 'verified', assessments.length, true, () =>
        assessments.map(assessment => assessmentRow(key, assessment, now)),
      ),
    );
  }
  return rows;
}

function groupRow(
  key: string,
  name: string,
  label: string,
  icon: string,
  count: number,
  isOpen: boolean,
  children: () => Row[],
): Row {
  return { key: `${key}\n${name}`, label, description: formatCount(count), icon, isOpen, children };
}

function parentRow(key: string, folder: string, id: string, all: readonly PolicyEntry[]): Row {
  const found = all.find(other => other.id === id);
  if (found !== undefined) return linkRow(`${key}\nparent ${id}`, folder, found);
  return {
    key: `${key}\nparent ${id}`,
    label: id,
    description: t('not there'),
    icon: 'warning',
    color: 'list.warningForeground',
    tooltip: t('No policy of this workspace has the id {0}.', id),
  };
}

function linkRow(key: string, folder: string, { path: file, id, title, level }: PolicyEntry): Row {
  return {
    key,
    label: title ?? id ?? file,
    description: [level === undefined ? '' : levelWords(level), file].filter(Boolean).join(' · '),
    icon: 'law',
    open: { kind: 'file', path: path.resolve(folder, file) },
  };
}

function controlRow(key: string, file: string, { id, title, severity, line, checks }: PolicyControl): Row {
  const parts = [severity, checks === 1 ? t('1 check') : t('{0} checks', checks)].filter(part => part !== undefined);
  return {
    key,
    label: title === undefined ? id : `${id}: ${title}`,
    description: parts.join(' · '),
    icon: 'tasklist',
    ...(title === undefined ? { tooltip: t('Changes a control of a policy that this one builds on.') } : {}),
    open: { kind: 'file', path: file, line },
  };
}

function assessmentRow(key: string, assessment: AssessmentSummary, now: number): Row {
  const { id, model, version, gate } = assessment;
  return {
    key: `${key}\nassessment ${id}`,
    label: `${model}@${version}`,
    description: describeAssessment(assessment, now),
    ...gateIcons[gate],
    contextValue: 'aiwbPolicyAssessment',
    open: { kind: 'command', command: 'aiwb.openScorecard', title: t('Open Scorecard'), arguments: [id] },
  };
}
