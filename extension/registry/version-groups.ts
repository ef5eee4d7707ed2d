import type {
  Artifact,
  AssessmentSummary,
  Lineage,
  MetricArtifact,
  Publication,
  VersionDetails,
} from '../../schemas/generated/messages.ts';
import { describeFailure } from '../base/failure.ts';
import { t } from '../base/translate.ts';
import { formatAgo, formatFigure, formatMoment } from '../runs/format.ts';
import { formatBytes, formatCount } from '../trees/words.ts';
import { factsTooltip, plainItem, webAddress, type OpenTarget, type RegistryItem } from './item.ts';
import { gateColors } from './registry-items.ts';
import { describeAssessment, figureGround, gateWords, scoreWords, shortDigest } from './words.ts';

export type VersionGroup = 'baselines' | 'custom' | 'tuning' | 'governance' | 'lineage' | 'artifacts' | 'published';

/** The groups under a version that hold something; what led to it is asked for when it is opened up. */
export function versionGroups(details: VersionDetails, now: number): VersionGroup[] {
  const groups: VersionGroup[] = ['baselines', 'custom', 'tuning', 'governance', 'lineage', 'artifacts', 'published'];
  return groups.filter(group => group === 'lineage' || groupRows(group, details, now).length > 0);
}

export function groupItem(group: VersionGroup, details: VersionDetails, now: number): RegistryItem {
  const names: Record<VersionGroup, [label: string, icon: string]> = {
    baselines: [t('Baselines'), 'graph'],
    custom: [t('Custom Evaluations'), 'beaker'],
    tuning: [t('Tuning'), 'mortar-board'],
    governance: [t('Governance'), 'law'],
    lineage: [t('Lineage'), 'type-hierarchy'],
    artifacts: [t('Artifacts'), 'files'],
    published: [t('Published'), 'cloud-upload'],
  };
  const [label, icon] = names[group];
  const description = group === 'lineage' ? '' : formatCount(groupRows(group, details, now).length);
  return { label, description, icon, contextValue: `aiwbVersionGroup ${group}`, tooltip: '' };
}

/** The rows of one group under a version; what led to it is no part of its details. */
export function groupRows(group: VersionGroup, details: VersionDetails, now: number): readonly RegistryItem[] {
  const { artifacts, version } = details;
  switch (group) {
    case 'baselines':
      return taskItems(figuresOf(artifacts, 'baseline'), artifacts);
    case 'custom':
      return taskItems(figuresOf(artifacts, 'custom'), artifacts);
    case 'tuning':
      return [
        ...tuningItems(version.lineage),
        ...taskItems(figuresOf(artifacts, 'tuning'), artifacts),
        ...artifacts.flatMap(artifact =>
          artifact.artifactType === 'parameter'
            ? [plainItem(artifact.name, String(artifact.value), 'symbol-numeric')]
            : [],
        ),
      ];
    case 'governance':
      return governanceItems(details, now);
    case 'artifacts':
      return artifacts.flatMap(artifactItem);
    case 'published':
      return (details.publications ?? []).map(publication => publicationItem(publication, now));
    case 'lineage':
      return [];
  }
}

function figuresOf(artifacts: readonly Artifact[], scope: MetricArtifact['scope']): MetricArtifact[] {
  return artifacts.filter(
    (artifact): artifact is MetricArtifact => artifact.artifactType === 'metric' && artifact.scope === scope,
  );
}

/** A row a task as one run measured it, with its figures below. */
function taskItems(figures: readonly MetricArtifact[], artifacts: readonly Artifact[]): RegistryItem[] {
  const datasets = new Map(
    artifacts.flatMap(artifact =>
      artifact.artifactType === 'dataset-artifact' && artifact.digest !== undefined
        ? [[artifact.digest, artifact.name] as const]
        : [],
    ),
  );
  const tasks = new Map<string, MetricArtifact[]>();
  for (const figure of figures) {
    const key = JSON.stringify([figure.task, figure.runId, figure.datasetDigest ?? null, hardwareOf(figure) ?? null]);
    const own = tasks.get(key);
    if (own === undefined) tasks.set(key, [figure]);
    else own.push(figure);
  }
  return [...tasks.values()].flatMap(own => {
    const [first] = own;
    return first === undefined ? [] : [taskItem(first, own, datasets.get(first.datasetDigest ?? ''))];
  });
}

function taskItem(
  first: MetricArtifact,
  figures: readonly MetricArtifact[],
  dataset: string | undefined,
): RegistryItem {
  const counts = figures.flatMap(({ n }) => n ?? []);
  const ground = groundOf(first, counts.length === 0 ? undefined : Math.max(...counts), dataset);
  return {
    label: first.task,
    description: [first.useCase, ground].filter(Boolean).join(' · '),
    icon: 'target',
    contextValue: 'aiwbTaskFigures',
    tooltip: factsTooltip(first.task, [
      [t('Use case'), first.useCase],
      [t('Hardware'), hardwareOf(first) ?? t('not recorded')],
      [t('Dataset'), [dataset, shortDigest(first.datasetDigest)].filter(Boolean).join(', ') || t('not recorded')],
      [t('Run'), first.runId],
      [t('Measured by'), [first.tool, first.toolVersion].filter(Boolean).join(' ')],
      [t('Measured'), formatMoment(first.timestamp)],
    ]),
    children: figures.map(figureItem),
  };
}

function groundOf(figure: MetricArtifact, n: number | undefined, dataset?: string): string {
  const hardware = hardwareOf(figure);
  return figureGround({
    ...(hardware === undefined ? {} : { hardware }),
    ...(dataset === undefined ? {} : { dataset }),
    ...(figure.datasetDigest === undefined ? {} : { datasetDigest: figure.datasetDigest }),
    ...(n === undefined ? {} : { n }),
  });
}

function hardwareOf({ hardwareType, hardwareCount }: MetricArtifact): string | undefined {
  if (hardwareType === undefined) return undefined;
  return hardwareCount === undefined ? hardwareType : `${String(hardwareCount)} × ${hardwareType}`;
}

function figureItem(artifact: MetricArtifact): RegistryItem {
  const { label, value, unit, low, high, n, task, runId } = artifact;
  const interval =
    low === undefined || high === undefined ? '' : ` [${formatFigure(low, unit)}, ${formatFigure(high, unit)}]`;
  return {
    label,
    description: `${formatFigure(value, unit)}${interval}`,
    icon: 'symbol-numeric',
    contextValue: 'aiwbFigure',
    tooltip: factsTooltip(label, [
      [t('Task'), task],
      [undefined, groundOf(artifact, n)],
      [t('Run'), runId],
      [t('Measured'), formatMoment(artifact.timestamp)],
    ]),
    ...(runId === '' ? {} : { open: { kind: 'run', runId } }),
  };
}

function tuningItems(lineage: Lineage): RegistryItem[] {
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
    const words = [dataset.role, dataset.aspect, t('{0} rows', formatCount(dataset.rows))].filter(Boolean).join(' · ');
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

const gateIcons: Record<AssessmentSummary['gate'], string> = {
  passed: 'pass',
  failed: 'error',
  'not-computed': 'question',
};

function governanceItems({ assessments, approval, baseline }: VersionDetails, now: number): RegistryItem[] {
  const rows = assessments.map((assessment): RegistryItem => ({
    label: formatMoment(assessment.assessedAt),
    description: describeAssessment(assessment, now),
    icon: gateIcons[assessment.gate],
    color: gateColors[assessment.gate],
    contextValue: 'aiwbAssessment',
    tooltip: factsTooltip(gateWords(assessment.gate), [
      [t('Score'), scoreWords(assessment)],
      [t('Policies'), assessment.policies.join(', ')],
      [t('Assessed by'), assessment.assessor.email],
      [t('Record'), shortDigest(assessment.digest)],
    ]),
    open: { kind: 'assessment', assessmentId: assessment.id },
  }));
  if (approval.state !== 'none') {
    const icon = approval.state === 'approved' ? 'verified' : approval.state === 'void' ? 'circle-slash' : 'clock';
    const item = plainItem(t('Approval'), approval.sentence, icon);
    rows.push({ ...item, tooltip: factsTooltip(t('Approval'), [[undefined, approval.sentence]]) });
  }
  if (baseline !== undefined) {
    const words = [formatMoment(baseline.lockedAt), baseline.lockedBy.email].join(' · ');
    rows.push({
      ...plainItem(t('Baseline record'), words, 'lock'),
      tooltip: factsTooltip(t('Baseline record'), [
        [t('Locked by'), baseline.lockedBy.email],
        [t('Approved by'), baseline.approvedBy.email],
        [t('Digest'), shortDigest(baseline.digest)],
      ]),
    });
  }
  return rows;
}

function artifactItem(artifact: Artifact): RegistryItem[] {
  switch (artifact.artifactType) {
    case 'metric':
    case 'parameter':
      return [];
    case 'dataset-artifact': {
      const rows = artifact.rows === undefined ? undefined : t('{0} rows', formatCount(artifact.rows));
      const words = [artifact.role, rows, artifact.private === true ? t('content not published') : undefined];
      return [withAddress(plainItem(artifact.name, words.filter(Boolean).join(' · '), 'database'), artifact)];
    }
    case 'model-artifact': {
      const format = [artifact.modelFormatName, artifact.modelFormatVersion].filter(Boolean).join(' ');
      const words = [format, bytesOf(artifact)].filter(Boolean).join(' · ');
      return [withAddress(plainItem(artifact.name, words, 'symbol-field'), artifact)];
    }
    case 'doc-artifact': {
      const item = plainItem(artifact.name, artifact.path ?? bytesOf(artifact), 'book');
      if (artifact.path === undefined) return [withAddress(item, artifact)];
      return [{ ...item, open: { kind: 'file', path: artifact.path } }];
    }
  }
}

/** Where it lies, which a browser can open where that is in the web. */
function withAddress(item: RegistryItem, artifact: { readonly uri?: string; readonly digest?: string }): RegistryItem {
  const { uri, digest } = artifact;
  const isInStore = uri?.startsWith('blob:') === true;
  const tooltip = factsTooltip(item.label, [
    [t('Address'), isInStore ? t('in the store of this workspace') : uri],
    [t('Digest'), shortDigest(digest)],
  ]);
  const url = webAddress(uri);
  return { ...item, tooltip, ...(url === undefined ? {} : { open: { kind: 'url', url } }) };
}

function bytesOf({ bytes }: { readonly bytes?: number }): string {
  return bytes === undefined ? '' : formatBytes(bytes);
}

function publicationItem(publication: Publication, now: number): RegistryItem {
  const { registry, model, version, kind, state, at, attempts, failure, runId } = publication;
  const what = {
    version: t('the version'),
    run: t('figures of run {0}', runId ?? ''),
    status: t('its status'),
  }[kind];
  const states = {
    done: [t('published {0}', formatAgo(at, now)), 'pass', undefined],
    pending: [t('waiting to be published'), 'clock', undefined],
    failed: [t('failed {0}', formatAgo(at, now)), 'error', 'list.errorForeground'],
  } as const;
  const [words, icon, color] = states[state];
  const url = webAddress(publication.url);
  return {
    label: registry,
    description: [words, what].join(' · '),
    icon,
    ...(color === undefined ? {} : { color }),
    contextValue: `aiwbPublication ${state === 'done' ? 'done' : 'open'}`,
    tooltip: factsTooltip(`${registry}/${model}@${version}`, [
      [undefined, `${what}, ${words}`],
      [t('Attempts'), attempts === undefined ? undefined : String(attempts)],
      [undefined, failure === undefined ? undefined : describeFailure(failure)],
    ]),
    ...(url === undefined ? {} : { open: { kind: 'url', url } }),
    subject: { registry, kind, ...(runId === undefined ? {} : { runId }) },
  };
}
