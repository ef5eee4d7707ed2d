import type { Metric, Observation } from './metric.ts';

/** An answer's scores by every metric that has one, beside what was measured already. A number that is not finite is no score. */
export function scoreObservation(
  observation: Observation,
  metrics: readonly Metric[],
  leading: Metric,
): Readonly<Record<string, number>> {
  const scores: Record<string, number> = { ...observation.scores };
  for (const metric of metrics) addScores(metric, observation, scores);
  if (scores[leading.id] === undefined) addScores(leading, observation, scores);
  return scores;
}

function addScores(metric: Metric, observation: Observation, scores: Record<string, number>): void {
  const taken = metric.take?.(observation);
  for (const key in taken) {
    const value = taken[key];
    if (value !== undefined && Number.isFinite(value)) scores[key] = value;
  }
  const score = metric.score?.(taken === undefined ? observation : { ...observation, scores });
  if (score !== undefined && Number.isFinite(score)) scores[metric.id] = score;
}
