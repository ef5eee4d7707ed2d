import type { TuningReport } from '../../../schemas/generated/messages.ts';
import { bestEpoch, selectedFigure } from '../selection.ts';

/** A trial's selected figure on the validation rows, at its best measurement. */
export interface MeasuredTrial {
  readonly report: TuningReport;
  /** Undefined where it measured nothing. */
  readonly figure: number | undefined;
}

export function measureTrial(report: TuningReport): MeasuredTrial {
  const { epochs, selection } = report;
  const best = bestEpoch(epochs, selection);
  const point = epochs.find(({ epoch }) => epoch === best);
  return { report, figure: point === undefined ? undefined : selectedFigure(point, selection) };
}

/**
 * The best of a search's trials that succeeded: by the figure that chooses their checkpoints, on the validation rows. The test rows choose
 * nothing. Among equals the earlier trial; undefined while none has succeeded.
 */
export function chooseTrial(trials: readonly MeasuredTrial[]): MeasuredTrial | undefined {
  const finished = trials
    .filter(({ report }) => report.run.state === 'succeeded')
    .toSorted((a, b) => (a.report.trial?.trial ?? 0) - (b.report.trial?.trial ?? 0));
  return finished.reduce<MeasuredTrial | undefined>((best, trial) => {
    if (best === undefined) return trial;
    return isBetter(trial, best) ? trial : best;
  }, undefined);
}

function isBetter({ figure, report }: MeasuredTrial, than: MeasuredTrial): boolean {
  if (figure === undefined || Number.isNaN(figure)) return false;
  if (than.figure === undefined || Number.isNaN(than.figure)) return true;
  return report.selection.direction === 'higher' ? figure > than.figure : figure < than.figure;
}
