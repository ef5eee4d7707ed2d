import type { TuningComparison, TuningReport } from '../../../schemas/generated/messages.ts';
import { aspectWords } from '../../tuning/rows.ts';
import { headFacts, partsOf } from '../../tuning/text.ts';
import type { Block } from './block.ts';
import type { Curve } from './chart-curves.ts';
import { listBlock } from './list-block.ts';

/** Tuning runs, one or several side by side. */
export function describeTuning(comparison: TuningComparison): readonly Block[] {
  const { figures, differences, facts } = partsOf(comparison);
  const { reports } = comparison;
  return [
    ...reports.map(report => ({ kind: 'head', strong: report.run.name, rest: headFacts(report) }) as const),
    ...(figures.rows.length === 0 ? [] : [{ kind: 'table', caption: 'Test rows', ...figures } as const]),
    ...(differences === undefined ? [] : [{ kind: 'table', caption: 'Settings that differ', ...differences } as const]),
    ...curvesOf(reports),
    ...listBlock(undefined, facts),
  ];
}

/** The losses of one run, or the training losses of several. */
function curvesOf(reports: readonly TuningReport[]): readonly Block[] {
  const [report] = reports;
  if (report === undefined) return [];
  const namesDiffer = new Set(reports.map(({ run }) => run.name)).size === reports.length;
  const curves =
    reports.length === 1
      ? lossesOf(report)
      : reports.map(({ run, epochs }) => ({
          name: namesDiffer ? run.name : run.id,
          points: epochs.map(({ epoch, trainingLoss }) => ({ at: epoch, value: trainingLoss })),
        }));
  if (!curves.some(({ points }) => points.length > 1)) return [];
  const chosen = reports.length === 1 ? report.checkpoints.find(({ best }) => best)?.epoch : undefined;
  const title = reports.length === 1 ? 'Loss by epoch, in nats a row' : 'Training loss by epoch, in nats a row';
  return [{ kind: 'chart', chart: { kind: 'curves', title, across: 'epoch', curves, chosen } }];
}

function lossesOf({ epochs }: TuningReport): readonly Curve[] {
  const aspects = [...new Set(epochs.flatMap(epoch => epoch.aspects.map(({ aspect }) => aspect)))];
  return [
    { name: 'training', points: epochs.map(({ epoch, trainingLoss }) => ({ at: epoch, value: trainingLoss })) },
    ...aspects.map(aspect => ({
      name: aspectWords(aspect),
      points: epochs.flatMap(epoch => {
        const own = epoch.aspects.find(candidate => candidate.aspect === aspect);
        return own === undefined ? [] : [{ at: epoch.epoch, value: own.loss }];
      }),
    })),
  ];
}
