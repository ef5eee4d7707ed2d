import type { ControlHistory } from '../../schemas/generated/messages.ts';
import type { GovernancePorts } from '../ports/governance.ts';
import { readAssessments } from './stored-assessments.ts';

/**
 * How a control came out in a model's assessments, newest first; assessments that did not ask for it are left out. Empty for a control
 * that none asked for.
 */
export async function readControlHistory(
  { model, control }: { readonly model: string; readonly control: string },
  { store }: { readonly store: Pick<GovernancePorts['store'], 'ledger'> },
  signal: AbortSignal,
): Promise<ControlHistory> {
  const entries: ControlHistory['entries'] = [];
  for await (const { record } of readAssessments({ model }, store.ledger)) {
    signal.throwIfAborted();
    const found = record.controls.find(({ id }) => id === control);
    if (found === undefined) continue;
    entries.push({
      assessmentId: record.id,
      version: record.subject.version,
      assessedAt: record.assessedAt,
      outcome: found.outcome,
      reason: found.reason,
      waived: found.waiver !== undefined,
    });
  }
  return { control, entries };
}
