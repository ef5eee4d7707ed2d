import type { Store } from '../../engine/ports/store.ts';
import type { Waiver } from '../../schemas/generated/messages.ts';
import { validateAssessmentRecord } from '../../schemas/generated/validators.js';

/** What to say where no newest assessment of the waiver's versions knows its control: its id may be misspelt. */
export async function noteUnknownControl(
  { control, model, versions }: Pick<Waiver, 'control' | 'model' | 'versions'>,
  { ledger }: Pick<Store, 'ledger'>,
): Promise<string | undefined> {
  const known = new Set<string>();
  for (const version of versions) {
    const [record] = await ledger.list({ kind: 'assessment', model, version, limit: 1 });
    const payload = record?.payload;
    if (validateAssessmentRecord(payload)) for (const { id } of payload.controls) known.add(id);
  }
  if (known.size === 0 || known.has(control)) return undefined;
  return `The newest assessment has no control ${control}; the waiver counts only where a policy has one. It has: ${[...known].sort().join(', ')}.`;
}
