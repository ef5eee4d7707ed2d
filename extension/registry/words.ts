import type {
  AssessmentSummary,
  HeadlineFigure,
  ModelVersion,
  RegistryEntry,
  VersionDetails,
  VersionStatus,
} from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatAgo, formatFigure, toInline } from '../runs/format.ts';
import { localRegistry, nameOfPlace } from './registry-book.ts';

/** A gate's verdict as lists say it. */
export function gateWords(gate: AssessmentSummary['gate'] | undefined): string {
  switch (gate) {
    case 'passed':
      return t('gate passed');
    case 'failed':
      return t('gate not passed');
    case 'not-computed':
      return t('gate not computed');
    case undefined:
      return t('not assessed');
  }
}

export function statusWords(status: VersionStatus): string {
  switch (status) {
    case 'untracked':
      return t('no status');
    case 'candidate':
      return t('candidate');
    case 'evaluated':
      return t('evaluated');
    case 'assessed':
      return t('assessed');
    case 'approved':
      return t('approved');
    case 'baseline':
      return t('baseline');
    case 'production':
      return t('production');
    case 'retired':
      return t('retired');
    case 'revoked':
      return t('revoked');
  }
}

/** `score 92, coverage 100 %`; a score that could not be computed is said to be none. */
export function scoreWords({
  score,
  coverage,
  waived,
}: Pick<AssessmentSummary, 'score' | 'coverage' | 'waived'>): string {
  const parts = [
    score === null ? t('no score') : t('score {0}', formatPoints(score)),
    t('coverage {0} %', formatPoints(coverage)),
  ];
  if (waived > 0) parts.push(t('{0} waived', waived));
  return parts.join(', ');
}

/** One line of an assessment: verdict, score and age. */
export function describeAssessment(assessment: AssessmentSummary, now: number): string {
  return [gateWords(assessment.gate), scoreWords(assessment), formatAgo(assessment.assessedAt, now)].join(' · ');
}

/** `ticket-triage@3`, as commands and the command line name a version; `shared/ticket-triage@3` where another registry has it. */
export function versionName({ version }: Pick<VersionDetails, 'version'>): string {
  return nameOfPlace(version);
}

type NamedVersion = Pick<ModelVersion, 'model' | 'version' | 'aliases' | 'registry'>;

/**
 * What benchmarks and tuning jobs write for a version: by an alias where there is one, for that is what moves with releases,
 * `production` first.
 */
export function modelNameOf({ model, version, aliases, registry }: NamedVersion): string {
  const alias = aliases.includes('production') ? 'production' : aliases[0];
  return `registry:${nameOfPlace({ model, version: alias ?? version, ...(registry === undefined ? {} : { registry }) })}`;
}

/** `Version 3` where versions are numbered, else the name they have. */
export function versionLabel(version: string): string {
  return /^\d+$/.test(version) ? t('Version {0}', version) : version;
}

/** What a registry is called in lists. */
export function registryLabel(name: string): string {
  return name === localRegistry ? t('Local Registry') : name;
}

export function registryTypeWords(type: RegistryEntry['type']): string {
  switch (type) {
    case 'local':
      return t('Kept in the store of this workspace');
    case 'kubeflow':
      return t('Kubeflow Model Registry');
    case 'mlflow':
      return t('MLflow');
  }
}

/** How old what is shown of a registry is: `read 5 min ago`; the local one is always as it is. */
export function ageWords({ type, cache }: Pick<RegistryEntry, 'type' | 'cache'>, now: number): string | undefined {
  if (type === 'local') return undefined;
  const { syncing, syncedAt, failure } = cache;
  if (syncing === true) return t('reading…');
  if (failure !== undefined) {
    return syncedAt === undefined ? t('offline, never read') : t('offline, read {0}', formatAgo(syncedAt, now));
  }
  return syncedAt === undefined ? t('not read yet') : t('read {0}', formatAgo(syncedAt, now));
}

/** `182 ms TTFT p90`, as rows say a figure: what is cut off where there is little room is its name. */
export function figureWords({ label, value, unit }: Pick<HeadlineFigure, 'label' | 'value' | 'unit'>): string {
  return `${formatFigure(value, unit)} ${toInline(label)}`;
}

/** What a figure may be compared by: `8 × NVIDIA H100 · dataset clauses 3f2a… · n = 1,000`. */
export function figureGround({
  hardware,
  dataset,
  datasetDigest,
  n,
}: Pick<HeadlineFigure, 'hardware' | 'dataset' | 'datasetDigest' | 'n'>): string {
  const digest = shortDigest(datasetDigest);
  return [
    hardware ?? t('hardware not recorded'),
    dataset === undefined && digest === ''
      ? t('dataset not recorded')
      : t('dataset {0}', [dataset, digest].filter(Boolean).join(' ')),
    ...(n === undefined ? [] : [`n = ${n.toLocaleString('en-US')}`]),
  ].join(' · ');
}

/** The start of a digest, enough to tell two apart. */
export function shortDigest(digest: string | undefined): string {
  return digest === undefined ? '' : digest.replace(/^sha256:/, '').slice(0, 12);
}

/** Rounded down, as on the scorecard: what is shown as 85 has reached 85. Sums of weights are rarely exact in binary. */
function formatPoints(points: number): string {
  const value = Math.floor((points + 1e-9) * 10) / 10;
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}
