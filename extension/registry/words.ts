import type { AssessmentSummary, Approval, VersionDetails, VersionStatus } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { formatAgo } from '../runs/format.ts';

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

/** A step towards approval that its status does not say yet. */
export function approvalWords({ state }: Approval): string | undefined {
  if (state === 'requested') return t('approval requested');
  return state === 'void' ? t('approval void') : undefined;
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

/** The newest assessment of a version. */
export function newestAssessment({ assessments }: VersionDetails): AssessmentSummary | undefined {
  return assessments[0];
}

/** `ticket-triage@3`, as commands and the command line name a version. */
export function versionName({ version: { model, version } }: VersionDetails): string {
  return `${model}@${version}`;
}

/**
 * What benchmarks and tuning jobs write for a version: by an alias where there is one, for that is what moves with releases,
 * `production` first.
 */
export function modelNameOf({ version: { model, version, aliases } }: VersionDetails): string {
  const alias = aliases.includes('production') ? 'production' : aliases[0];
  return `registry:${model}@${alias ?? version}`;
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
