import type { HostToRenderer, RunSummary } from '../schemas/generated/messages.ts';

/** Puts a run's epochs together again: after the first message only new ones travel. */
export function createEpochJoiner(): (message: HostToRenderer) => HostToRenderer {
  const known = new Map<string, NonNullable<RunSummary['progress']['epochs']>>();
  return message => {
    if (message.type !== 'run') return message;
    const { epochsBefore = 0, run } = message;
    if (run.progress.epochs === undefined) return message;
    const epochs = [...(known.get(run.id) ?? []).slice(0, epochsBefore), ...run.progress.epochs];
    known.set(run.id, epochs);
    return { type: 'run', run: { ...run, progress: { ...run.progress, epochs } } };
  };
}
