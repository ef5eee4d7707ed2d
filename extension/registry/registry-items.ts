import type {
  Artifact,
  AssessmentSummary,
  Lineage,
  MetricArtifact,
  VersionDetails,
  VersionStatus,
} from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { escapeMarkdown } from '../base/markdown.ts';
import { formatFigure, formatMoment } from '../runs/format.ts';
import { formatBytes } from '../trees/words.ts';
import type { ModelEntry, VersionEntry } from './registry-book.ts';
import { stepsOf } from './steps.ts';
import {
  approvalWords,
  describeAssessment,
  gateWords,
  newestAssessment,
  scoreWords,
  shortDigest,
  statusWords,
  versionName,
} from './words.ts';

/** What a click on a row opens. */
export type OpenTarget =
  | { readonly kind: 'version' }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'assessment'; readonly assessmentId: string }
  | { readonly kind: 'file'; readonly path: string };

/** A row of the Registry view, without VS Code's classes. */
export interface RegistryItem {
  readonly label: string;
  readonly description: string;
  readonly icon: string;
  /** A theme colour, absent for the plain foreground. */
  readonly color?: string;
  readonly contextValue: string;
  /** Markdown in which every foreign text is escaped. */
  readonly tooltip: string;
  readonly open?: OpenTarget;
}

export type VersionGroup = 'assessments' | 'figures' | 'artifacts' | 'lineage';

const statusIcons: Record<VersionStatus, string> = {
  untracked: 'circle-outline',
  candidate: 'circle-large',
  evaluated: 'beaker',
  assessed: 'checklist',
  approved: 'verified',
  baseline: 'lock',
  production: 'rocket',
  retired: 'history',
  revoked: 'circle-slash',
};

const gateColors: Record<AssessmentSummary['gate'], string> = {
  passed: 'testing.iconPassed',
  failed: 'testing.iconFailed',
  'not-computed': 'list.warningForeground',
};

const gateIcons: Record<AssessmentSummary['gate'], string> = {
  passed: 'pass',
  failed: 'error',
  'not-computed': 'question',
};

/** Aliases of a model on one line, production first: `production → 3, candidate → 4`. */
function describeAliases(aliases: Readonly<Record<string, string>>): string {
  const names = Object.keys(aliases).sort((a, b) => Number(b === 'production') - Number(a === 'production'));
  return names.map(name => `${name} → ${aliases[name] ?? ''}`).join(', ');
}

export function registeredModelItem({ details: { model } }: ModelEntry): RegistryItem {
  const count = model.versions === 1 ? t('1 version') : t('{0} versions', model.versions);
  const parts = [count, describeAliases(model.aliases)].filter(part => part !== '');
  const isArchived = model.state === 'ARCHIVED';
  if (isArchived) parts.push(t('archived'));
  return {
    label: model.name,
    description: parts.join(' · '),
    icon: isArchived ? 'archive' : 'package',
    contextValue: `aiwbRegisteredModel ${isArchived ? 'archived' : 'kept'}`,
    tooltip: facts(model.name, [
      [undefined, model.description],
      [t('Owner'), model.owner],
      [t('Licence'), model.license],
      [t('Tasks'), model.tasks?.join(', ')],
      [t('Aliases'), describeAliases(model.aliases)],
      ...Object.entries(model.customProperties).map(([key, value]): Fact => [key, String(value)]),
    ]),
  };
}

export function versionItem({ details }: VersionEntry): RegistryItem {
  const { version, approval } = details;
  const newest = newestAssessment(details);
  const words = [
    statusWords(version.status),
    gateWords(newest?.gate),
    approvalWords(approval) ?? '',
    // Last, for narrow views cut the end off, and the model's row names the aliases too.
    version.aliases
      .filter(alias => alias !== version.status)
      .map(alias => `@${alias}`)
      .join(' '),
  ];
  const color = newest === undefined ? undefined : gateColors[newest.gate];
  return {
    label: t('Version {0}', version.version),
    description: words.filter(word => word !== '').join(' · '),
    icon: statusIcons[version.status],
    ...(color === undefined ? {} : { color }),
    contextValue: versionContext(details),
    tooltip: facts(versionName(details), [
      [undefined, version.description],
      [t('Status'), statusWords(version.status)],
      [t('Gate'), newest === undefined ? gateWords(undefined) : `${gateWords(newest.gate)}, ${scoreWords(newest)}`],
      [t('Approval'), approval.sentence],
      [t('Registered'), `${formatMoment(version.createdAt)}, ${version.author.email}`],
      [t('Weights'), shortDigest(version.weightsDigest)],
    ]),
    open: { kind: 'version' },
  };
}

/** Words that menus' `when` clauses look for. */
export function versionContext(details: VersionDetails): string {
  const words = ['aiwbVersion', details.version.status, details.assessments.length > 0 ? 'assessed' : 'unassessed'];
  return [...words, ...stepsOf(details)].join(' ');
}

/** The groups under a version that hold something; lineage always does. */
export function versionGroups(details: VersionDetails): VersionGroup[] {
  const groups: VersionGroup[] = ['assessments', 'figures', 'artifacts', 'lineage'];
  return groups.filter(group => group === 'lineage' || countOf(group, details) > 0);
}

export function groupItem(group: VersionGroup, details: VersionDetails): RegistryItem {
  const names: Record<VersionGroup, [label: string, icon: string]> = {
    assessments: [t('Assessments'), 'checklist'],
    figures: [t('Figures'), 'graph'],
    artifacts: [t('Artifacts'), 'files'],
    lineage: [t('Lineage'), 'type-hierarchy'],
  };
  const [label, icon] = names[group];
  const description = group === 'lineage' ? '' : String(countOf(group, details));
  return { label, description, icon, contextValue: `aiwbVersionGroup ${group}`, tooltip: '' };
}

function countOf(group: VersionGroup, details: VersionDetails): number {
  if (group === 'assessments') return details.assessments.length;
  return details.artifacts.filter(artifact => groupOfArtifact(artifact) === group).length;
}

function groupOfArtifact({ artifactType }: Artifact): VersionGroup {
  if (artifactType === 'metric') return 'figures';
  return artifactType === 'parameter' ? 'lineage' : 'artifacts';
}

/** The rows of one group under a version. */
export function groupRows(group: VersionGroup, details: VersionDetails, now: number): RegistryItem[] {
  if (group === 'assessments') return details.assessments.map(assessment => assessmentItem(assessment, now));
  if (group === 'lineage') return lineageItems(details.version.lineage);
  return details.artifacts.filter(artifact => groupOfArtifact(artifact) === group).map(artifactItem);
}

function assessmentItem(assessment: AssessmentSummary, now: number): RegistryItem {
  return {
    label: formatMoment(assessment.assessedAt),
    description: describeAssessment(assessment, now),
    icon: gateIcons[assessment.gate],
    color: gateColors[assessment.gate],
    contextValue: 'aiwbAssessment',
    tooltip: facts(gateWords(assessment.gate), [
      [t('Score'), scoreWords(assessment)],
      [t('Policies'), assessment.policies.join(', ')],
      [t('Assessed by'), assessment.assessor.email],
      [t('Record'), shortDigest(assessment.digest)],
    ]),
    open: { kind: 'assessment', assessmentId: assessment.id },
  };
}

function artifactItem(artifact: Artifact): RegistryItem {
  switch (artifact.artifactType) {
    case 'metric':
      return figureItem(artifact);
    case 'parameter':
      return plainItem(artifact.name, String(artifact.value), 'symbol-numeric');
    case 'dataset-artifact':
      return plainItem(
        artifact.name,
        [artifact.role, artifact.rows === undefined ? undefined : t('{0} rows', artifact.rows)]
          .filter(Boolean)
          .join(' · '),
        'database',
      );
    case 'model-artifact': {
      const format = [artifact.modelFormatName, artifact.modelFormatVersion].filter(Boolean).join(' ');
      return plainItem(artifact.name, [format, bytesOf(artifact)].filter(Boolean).join(' · '), 'symbol-field');
    }
    case 'doc-artifact': {
      const item = plainItem(artifact.name, artifact.path ?? bytesOf(artifact), 'book');
      return artifact.path === undefined ? item : { ...item, open: { kind: 'file', path: artifact.path } };
    }
  }
}

function figureItem(artifact: MetricArtifact): RegistryItem {
  const { label, value, unit, low, high, n, task, runId } = artifact;
  const interval =
    low === undefined || high === undefined ? '' : ` [${formatFigure(low, unit)}, ${formatFigure(high, unit)}]`;
  const words = [`${formatFigure(value, unit)}${interval}`, task];
  if (n !== undefined) words.push(`n = ${n.toLocaleString('en-US')}`);
  return {
    label,
    description: words.join(' · '),
    icon: 'symbol-numeric',
    contextValue: 'aiwbFigure',
    tooltip: facts(label, [
      [t('Task'), task],
      [t('Run'), runId],
      [t('Dataset'), artifact.datasetDigest === undefined ? undefined : shortDigest(artifact.datasetDigest)],
      [t('Measured'), formatMoment(artifact.timestamp)],
    ]),
    open: { kind: 'run', runId },
  };
}

function lineageItems(lineage: Lineage): RegistryItem[] {
  const rows: RegistryItem[] = [];
  if (lineage.runId !== undefined) {
    const epoch = lineage.epoch === undefined ? '' : t('epoch {0}', lineage.epoch);
    const run = plainItem(t('Tuning run'), [lineage.runId, epoch].filter(Boolean).join(' · '), 'mortar-board');
    rows.push({ ...run, open: { kind: 'run', runId: lineage.runId } });
  }
  if (lineage.file !== undefined) {
    rows.push({
      ...plainItem(t('Tuning job'), lineage.file, 'go-to-file'),
      open: { kind: 'file', path: lineage.file },
    });
  }
  if (lineage.base !== undefined) rows.push(plainItem(t('Base model'), lineage.base.name, 'circuit-board'));
  if (lineage.parentVersion !== undefined) {
    rows.push(plainItem(t('Tuned from'), t('Version {0}', lineage.parentVersion), 'git-branch'));
  }
  if (lineage.trainer !== undefined) rows.push(plainItem(t('Trained by'), lineage.trainer.email, 'account'));
  for (const dataset of lineage.datasets) {
    const words = [dataset.role, dataset.aspect, t('{0} rows', dataset.rows)].filter(Boolean).join(' · ');
    rows.push({ ...plainItem(dataset.path, words, 'database'), open: besideJob(dataset.path, lineage) });
  }
  for (const { path } of lineage.prompts) {
    rows.push({ ...plainItem(path, '', 'comment'), open: besideJob(path, lineage) });
  }
  return rows;
}

/** Paths in a job start from its own folder. */
function besideJob(path: string, { file = '' }: Lineage): OpenTarget {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
  return { kind: 'file', path: folder + path };
}

function plainItem(label: string, description: string, icon: string): RegistryItem {
  return { label, description, icon, contextValue: 'aiwbVersionFact', tooltip: '' };
}

function bytesOf({ bytes }: { readonly bytes?: number }): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

type Fact = readonly [name: string | undefined, value: string | undefined];

/** A tooltip: the title, then one line a fact that is known. */
function facts(title: string, lines: readonly Fact[]): string {
  const known = lines.flatMap(([name, value]) => {
    if (value === undefined || value === '') return [];
    return [name === undefined ? escapeMarkdown(value) : `${escapeMarkdown(name)}: ${escapeMarkdown(value)}`];
  });
  return [`**${escapeMarkdown(title)}**`, ...known].join('\n\n');
}
