import type { PreflightFinding } from '../../../schemas/generated/messages.ts';
import { groupDigits } from '../../reports/format.ts';
import type { Clock } from '../../ports/clock.ts';
import { estimateNote, inspectTuningData } from '../data/inspect.ts';
import type { TuningPlan } from '../plan.ts';

const shownNotes = 5;

/** What stands out in the rows: how many tokens they have, what is cut, repeated, contradictory or personal. */
export async function checkData(
  { aspects, job, task, base, hyperparameters }: TuningPlan,
  clock: Clock,
  signal: AbortSignal,
): Promise<readonly PreflightFinding[]> {
  const { epochs, maxLength } = hyperparameters;
  const report = await inspectTuningData(
    aspects,
    {
      ...{ name: job.name, task, epochs, breathe: () => clock.sleep(0, signal) },
      ...(base.kind === 'service' || maxLength === undefined ? {} : { maxLength }),
    },
    signal,
  );
  const { trainingTokens, notes, problems } = report;
  const shown = [...problems.map(({ message }) => message), ...notes.filter(note => note !== estimateNote)];
  const findings: PreflightFinding[] = shown
    .slice(0, shownNotes)
    .map(message => ({ check: 'data', level: 'warning', message }));
  if (shown.length > shownNotes)
    findings.push({
      ...{ check: 'data', level: 'warning' },
      message: `${String(shown.length - shownNotes)} more remarks on the rows.`,
      remedy: 'See them with `aiwb tune data`.',
    });
  // A service counts what its format adds as well, with the price.
  if (trainingTokens !== undefined && base.kind !== 'service')
    findings.push({
      ...{ check: 'data', level: 'ok' },
      message: `The training rows have about ${groupDigits(trainingTokens)} tokens (an estimate), learnt from ${String(epochs)} times.`,
    });
  return findings;
}
