import type { Identity, Waiver } from '../../schemas/generated/messages.ts';
import type { Remembered, RememberedRun } from '../../engine/diagnostics/remembered.ts';

const day = 24 * 60 * 60 * 1000;
export const now = Date.UTC(2026, 5, 1);
const person = (name: string): Identity => ({ name, email: `${name}@example.com`, assurance: 'self-asserted' });

/** A waiver of `FAIR-01` with the approvals it needs, which ends `days` from now. */
export function waiverEnding(days: number, model = 'ticket-triage'): Waiver {
  const requestedAt = now - 90 * day;
  return {
    id: `waiver-${model}-${String(days)}`,
    control: 'FAIR-01',
    model,
    versions: ['3'],
    reason: 'More data is being collected.',
    requestedBy: person('ada'),
    requestedAt,
    expiresAt: now + days * day,
    approvals: ['grace', 'linus'].map(name => ({ by: person(name), at: requestedAt + day })),
  };
}

const lastRun: RememberedRun = {
  id: '20260101-120000-abcde',
  createdAt: Date.UTC(2026, 0, 1),
  text: 'name: triage\ndataset: {path: tickets.jsonl, input: text, target: label}\nmodels: [gpt]\n',
  dataset: { path: 'tickets.jsonl', digest: '0'.repeat(64), rows: 5, trainingRows: 0 },
};

/** A store's memory: a registered model, an ended waiver, and a run over other rows than there are now. */
export const remembering: Remembered = {
  now: () => now,
  models: () => Promise.resolve([{ name: 'ticket-triage', aliases: { production: '2' } }]),
  versions: model => Promise.resolve(model === 'ticket-triage' ? ['3', '2', '1'] : []),
  elsewhere: () => Promise.resolve(undefined),
  hasTrained: () => Promise.resolve(false),
  waivers: () => Promise.resolve([waiverEnding(-10)]),
  lastRun: name => Promise.resolve(name === 'triage' ? lastRun : undefined),
};
