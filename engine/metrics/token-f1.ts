import type { TokenF1Parameters } from '../../schemas/generated/files.ts';
import { createExtractor } from './extract.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { rememberLast } from './memo.ts';
import type { Metric, MetricDefinition, Observation } from './metric.ts';
import { shareRange } from './range.ts';
import { readScore } from './score-metric.ts';
import { targetReader } from './targets.ts';
import { isSquadMatch, squadF1 } from './text/squad.ts';
import { compareTexts } from './too-long.ts';

export const tokenF1: MetricDefinition = {
  id: 'token-f1',
  title: 'Token F1',
  description:
    'Overlap of the words of answer and target, without case, punctuation and articles; the best of several targets counts. `em` is the share that is equal after that.',
  formula: 'mean over answers of 2 · P · R ÷ (P + R) over words',
  source:
    'Evaluation script of SQuAD 2.0 (Rajpurkar et al. 2018); an empty target, or an empty list, wants an empty answer.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: ['token-f1', 'token-f1.em'],
  streams: false,
  create: parameters => createTokenF1(parameters),
};

function createTokenF1(parameters: TokenF1Parameters): Metric {
  const identity = identify('token-f1', 'Token F1', { ...parameters });
  const { id } = identity;
  const find = createExtractor(parameters.extract);
  const readTargets = targetReader(parameters.severalTargets);
  const compareOne = (output: string, target: string) => {
    const answer = find === undefined ? output : (find(output) ?? '');
    const targets = target.trim() === '[]' && parameters.severalTargets !== false ? [] : readTargets(target);
    return { f1: squadF1(answer, targets), equal: isSquadMatch(answer, targets) ? 1 : 0 };
  };
  const compare = rememberLast((output, target) => compareTexts(compareOne, output, target));
  const score = (observation: Observation) => compare(observation)?.f1;
  const shape = { kind: 'quality', unit: 'ratio', direction: 'higher' } as const;
  const label = `Token exact match${ownSuffix(identity)}`;
  const missing = 'are too long to compare with their targets';
  return {
    ...identity,
    ...shape,
    figures: [id, `${id}.em`],
    score,
    right: { isRight: f1 => f1 >= 1, binary: false },
    startAggregate: () =>
      joinFigures([
        averageSamples(
          { ...shape, metric: id, label: identity.label },
          { read: readScore(id, score), range: shareRange, kind: 'mean', missing },
        ),
        averageSamples(
          { ...shape, metric: `${id}.em`, label },
          { read: observation => compare(observation)?.equal, range: shareRange, kind: 'share', missing },
        ),
      ]),
  };
}
