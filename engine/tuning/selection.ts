import type { Checkpoint, EpochPoint, TuningReport } from '../../schemas/generated/messages.ts';
import type { BlobFacts } from '../ports/blobs.ts';
import type { Interval } from './platform.ts';

export type Selection = TuningReport['selection'];

/** The figure that chooses the best checkpoint, at one epoch; undefined where the epoch was not measured. */
export function selectedFigure(point: EpochPoint, { aspect, metric }: Selection): number | undefined {
  const measured = point.aspects.find(candidate => candidate.aspect === aspect);
  if (measured === undefined) return undefined;
  return metric === 'loss' ? measured.loss : measured.scores[metric];
}

/** The trained epochs that were measured, in order. Epoch 0 is the base and no checkpoint. */
function measuredEpochs(points: readonly EpochPoint[], selection: Selection): { epoch: number; figure: number }[] {
  return points.flatMap(point => {
    const figure = selectedFigure(point, selection);
    return figure === undefined || point.epoch === 0 ? [] : [{ epoch: point.epoch, figure }];
  });
}

/** The epoch with the best selected figure, the earliest among equals; the last epoch while none was measured. Undefined before the first. */
export function bestEpoch(points: readonly EpochPoint[], selection: Selection): number | undefined {
  const measured = measuredEpochs(points, selection);
  const [first] = measured;
  if (first === undefined) return points.findLast(({ epoch }) => epoch > 0)?.epoch;
  return measured.reduce(
    (best, candidate) => (isBetter(candidate.figure, best.figure, selection) ? candidate : best),
    first,
  ).epoch;
}

function isBetter(figure: number, than: number, { direction }: Selection): boolean {
  return direction === 'higher' ? figure > than : figure < than;
}

/** Measurements after the best one so far. */
export function measurementsSinceBest(points: readonly EpochPoint[], selection: Selection): number {
  const best = bestEpoch(points, selection);
  return measuredEpochs(points, selection).filter(({ epoch }) => best !== undefined && epoch > best).length;
}

/** The checkpoints kept once an epoch has ended: the best, the last, and each `every`-th. */
export function keepCheckpoints(
  kept: readonly Checkpoint[],
  epoch: number,
  weights: BlobFacts,
  points: readonly EpochPoint[],
  selection: Selection,
  every: Interval | undefined,
): Checkpoint[] {
  const best = bestEpoch(points, selection);
  const earlier = kept.filter(checkpoint => checkpoint.epoch < epoch);
  return [...earlier, { epoch, digest: weights.digest, bytes: weights.bytes }]
    .map(checkpoint => ({ ...checkpoint, best: checkpoint.epoch === best, last: checkpoint.epoch === epoch }))
    .filter(({ epoch: at, best: isBest, last }) => isBest || last || isDue(at, every));
}

function isDue(epoch: number, every: Interval | undefined): boolean {
  return every?.epochs !== undefined && epoch % every.epochs === 0;
}
