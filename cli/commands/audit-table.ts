import type { AuditEntry } from '../../schemas/generated/messages.ts';
import type { Cell } from '../../engine/reports/table.ts';

/** The column that a narrow terminal may shorten. */
export const whoHeader = 'Who (self-asserted)';

export const entryHeader: readonly Cell[] = ['Entry', 'When (UTC)', whoHeader, 'What', 'Of'].map(text => ({ text }));

/** An entry of the audit log as a row under `entryHeader`. */
export function entryCells({
  sequence,
  at,
  actor,
  action,
  subject,
}: Pick<AuditEntry, 'sequence' | 'at' | 'actor' | 'action' | 'subject'>): readonly Cell[] {
  return [
    { text: String(sequence), align: 'right' },
    { text: new Date(at).toISOString().slice(0, 19).replace('T', ' ') },
    { text: actor },
    { text: action },
    { text: subject },
  ];
}
