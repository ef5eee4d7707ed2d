import type { RetrievalParameters } from '../../schemas/generated/files.ts';
import {
  averagePrecisionAt,
  gradeRanking,
  ndcgAt,
  precisionAt,
  recallAt,
  reciprocalRank,
  type Ranking,
} from '../statistics/retrieval.ts';
import { averageSamples, joinFigures } from './figure.ts';
import { identify, ownSuffix } from './identity.ts';
import { rememberLast } from './memo.ts';
import type { Metric, MetricDefinition, Observation } from './metric.ts';
import { readGrades, readRankedIds } from './ranked-ids.ts';
import { shareRange } from './range.ts';

const defaultDepths: readonly number[] = [1, 5, 10];

export const retrieval: MetricDefinition = {
  id: 'retrieval',
  title: 'Retrieval',
  description:
    'How well a ranked list of ids finds the relevant ones. The answer is a JSON list of ids, or one a line; the target a JSON list of relevant ids, or a mapping of ids to grades.',
  formula:
    'ndcg@k: Σ grade ÷ log₂(rank + 1) over the first k ÷ that of the best order; recall@k: relevant ones found ÷ relevant ones; precision@k: relevant ones found ÷ k; mrr: mean of 1 ÷ rank of the first relevant one; map@k: mean precision at each relevant one',
  source: 'trec_eval: ndcg_cut, recall, P, recip_rank, map_cut; rows without relevant ids count in none.',
  kind: 'quality',
  unit: 'ratio',
  direction: 'higher',
  figures: figuresAt('retrieval', defaultDepths).map(({ id }) => id),
  streams: false,
  create: parameters => createRetrieval(parameters),
};

interface RetrievalFigure {
  readonly id: string;
  readonly label: string;
  readonly compute: (ranking: Ranking) => number | undefined;
}

/** The leading figure is nDCG at the greatest depth. */
function figuresAt(id: string, depths: readonly number[]): [RetrievalFigure, ...RetrievalFigure[]] {
  const sorted = depths.toSorted((a, b) => a - b);
  const deepest = sorted.at(-1) ?? 10;
  const at = (
    name: string,
    label: string,
    compute: (ranking: Ranking, k: number) => number | undefined,
    k: number,
  ) => ({
    id: `${id}.${name}@${k}`,
    label: `${label}@${k}`,
    compute: (ranking: Ranking) => compute(ranking, k),
  });
  return [
    at('ndcg', 'nDCG', ndcgAt, deepest),
    ...sorted.slice(0, -1).map(k => at('ndcg', 'nDCG', ndcgAt, k)),
    ...sorted.map(k => at('recall', 'Recall', recallAt, k)),
    ...sorted.map(k => at('precision', 'Precision', precisionAt, k)),
    { id: `${id}.mrr`, label: 'MRR', compute: ranking => reciprocalRank(ranking) },
    at('map', 'MAP', averagePrecisionAt, deepest),
  ];
}

function createRetrieval(parameters: RetrievalParameters): Metric {
  const identity = identify('retrieval', 'Retrieval', { ...parameters });
  const { id } = identity;
  const figures = figuresAt(id, parameters.k ?? defaultDepths);
  const [leading, ...others] = figures;
  const rank = rememberLast((output, target) => gradeRanking(readRankedIds(output), readGrades(target)));
  const scoreOf = (figure: RetrievalFigure) => (observation: Observation) => figure.compute(rank(observation));
  const figureOf = (figure: RetrievalFigure) =>
    averageSamples(
      {
        metric: figure.id,
        label: `${figure.label}${ownSuffix(identity)}`,
        kind: 'quality',
        unit: 'ratio',
        direction: 'higher',
      },
      {
        read: scoreOf(figure),
        range: shareRange,
        kind: 'mean',
        missing: 'belong to rows without relevant ids',
      },
    );
  return {
    ...identity,
    kind: 'quality',
    unit: 'ratio',
    direction: 'higher',
    figures: figures.map(figure => figure.id),
    score: scoreOf(leading),
    startAggregate: () => joinFigures([figureOf(leading), ...others.map(figureOf)]),
  };
}
