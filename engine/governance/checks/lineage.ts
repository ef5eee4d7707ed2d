import type { LineageCheck } from '../../../schemas/generated/files.ts';
import type { CheckResult, CheckState, DatasetLineage, Evidence } from '../../../schemas/generated/messages.ts';
import { nameOfVersion } from '../../base/version-name.ts';
import { describeDate } from '../../base/dates.ts';
import type { Subject } from '../subject.ts';
import { joinWords } from '../words.ts';
import { conclude, evidenceTimes, expiryOf } from './check.ts';

/** What the store knows of the tuning run that a version's lineage names. */
export type TrainingEvidence =
  | { readonly state: 'recorded'; readonly endedAt: number; readonly checkpoints: readonly string[] }
  | { readonly state: 'unfinished' }
  | { readonly state: 'unknown' };

type Requirement = LineageCheck['require'][number];

interface Found {
  readonly state: CheckState;
  readonly reason: string;
}

/**
 * What a version's lineage shows. The lineage is what the registrant wrote down; a training run counts only when its record is in this
 * store and one of its checkpoints has this version's weights.
 */
export function checkLineage(
  check: LineageCheck,
  subject: Subject,
  training: TrainingEvidence | undefined,
  now: number,
): CheckResult {
  const { version } = subject;
  const expiresAt = expiryOf(version.createdAt, check.freshness);
  const evidence = collectEvidence(check, subject, training, expiresAt);
  const required = check.require.map(requirement => asked[requirement]).join('; ');
  if (expiresAt !== undefined && now > expiresAt) {
    const reason = `The lineage was written down on ${describeDate(version.createdAt)} and counted until ${describeDate(expiresAt)}.`;
    return conclude(check, 'stale', reason, { required, evidence });
  }
  const found = check.require.map(requirement => judge(requirement, subject, training));
  const state = worstFirst.find(candidate => found.some(each => each.state === candidate)) ?? 'error';
  const telling = found.filter(each => (state === 'pass' ? true : each.state !== 'pass'));
  return conclude(check, state, [...new Set(telling.map(({ reason }) => reason))].join(' '), { required, evidence });
}

const worstFirst: readonly CheckState[] = ['fail', 'error', 'missing', 'needs-review', 'pass'];

const asked: Readonly<Record<Requirement, string>> = {
  'training-run': 'a recorded training run',
  'dataset-card': 'a card of every training dataset',
  license: 'a licence of every training dataset',
  'pii-review': 'a review for personal data of every training dataset',
  'leakage-free': 'no test row trained on',
};

function judge(requirement: Requirement, { version }: Subject, training: TrainingEvidence | undefined): Found {
  const sets = version.lineage.datasets.filter(({ role }) => role === 'train');
  switch (requirement) {
    case 'training-run':
      return judgeTraining(version.weightsDigest, nameOfVersion(version), training);
    case 'leakage-free': {
      const found = judgeTraining(version.weightsDigest, nameOfVersion(version), training);
      if (found.state !== 'pass') return found;
      return { state: 'pass', reason: 'Its training run refuses to train on rows that it tests.' };
    }
    case 'dataset-card':
      return judgeDatasets(sets, 'card', ({ card }) => card !== undefined);
    case 'license':
      return judgeDatasets(sets, 'licence in its card', ({ card }) => (card?.license ?? '').trim() !== '');
    case 'pii-review':
      return judgeDatasets(sets, 'review for personal data in its card', ({ card }) => card?.piiReview !== undefined);
  }
}

function judgeTraining(weightsDigest: string, name: string, training: TrainingEvidence | undefined): Found {
  if (training === undefined)
    return { state: 'missing', reason: `${name} names no training run. Register a checkpoint of a tuning run.` };
  switch (training.state) {
    case 'unknown':
      return {
        state: 'needs-review',
        reason: 'The training run it names is not in this store: somebody must look where it is.',
      };
    case 'unfinished':
      return { state: 'needs-review', reason: 'The training run it names has not finished with a report.' };
    case 'recorded':
      return training.checkpoints.includes(weightsDigest)
        ? { state: 'pass', reason: 'It came out of a recorded training run.' }
        : { state: 'fail', reason: 'The training run it names has no checkpoint with these weights.' };
  }
}

function judgeDatasets(sets: readonly DatasetLineage[], what: string, has: (set: DatasetLineage) => boolean): Found {
  if (sets.length === 0) return { state: 'missing', reason: 'Its lineage names no training dataset.' };
  const lacking = [...new Set(sets.filter(set => !has(set)).map(({ path }) => path))];
  if (lacking.length === 0) return { state: 'pass', reason: `Every training dataset has a ${what}.` };
  return { state: 'fail', reason: `${joinWords(lacking, 5)} ${lacking.length === 1 ? 'has' : 'have'} no ${what}.` };
}

function collectEvidence(
  { require }: LineageCheck,
  { version }: Subject,
  training: TrainingEvidence | undefined,
  expiresAt: number | undefined,
): Evidence[] {
  const times = evidenceTimes(version.createdAt, expiresAt);
  const { runId, datasets } = version.lineage;
  const evidence: Evidence[] = [];
  if (runId !== undefined && require.some(each => each === 'training-run' || each === 'leakage-free')) {
    const title = training?.state === 'recorded' ? `Training run ${runId}` : `Training run ${runId}, not in this store`;
    evidence.push({ kind: 'lineage', title, digest: version.weightsDigest, ...times, runId });
  }
  if (require.some(each => each === 'dataset-card' || each === 'license' || each === 'pii-review')) {
    for (const { role, path, digest, card } of datasets) {
      if (role !== 'train') continue;
      if (card === undefined)
        evidence.push({ kind: 'lineage', title: `Training dataset ${path}`, digest, ...times, path });
      else
        evidence.push({
          kind: 'dataset-card',
          title: `Card of ${path}`,
          digest: card.digest,
          ...times,
          path: card.path,
          ...quoteCard(card),
        });
    }
  }
  return evidence;
}

function quoteCard({ license, piiReview }: NonNullable<DatasetLineage['card']>): { readonly quote?: string } {
  const parts = [
    ...(license === undefined ? [] : [`license: ${license}`]),
    ...(piiReview === undefined ? [] : [`pii_review: ${piiReview.result} (${piiReview.by}, ${piiReview.on})`]),
  ];
  return parts.length === 0 ? {} : { quote: parts.join('; ').slice(0, 300) };
}
