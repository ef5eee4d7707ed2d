import type { RunOutput } from '../../schemas/generated/messages.ts';
import { isEnded } from '../runs/states.ts';

export const runMime = 'application/vnd.aiwb.run+json';

/** The part of an output that says which run it belongs to. */
export interface RunMark {
  readonly runId: string;
  /** How the cell calls its result. */
  readonly as: string | undefined;
  readonly ended: boolean;
}

/** Reads the run's mark from an output item of our type; absent when it is none. Notebooks come from anywhere. */
export function readRunMark(data: Uint8Array): RunMark | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { version, runId, state, as } = value as Partial<Record<keyof RunOutput, unknown>>;
  if (version !== 1 || typeof runId !== 'string' || typeof state !== 'string') return undefined;
  return { runId, as: typeof as === 'string' ? as : undefined, ended: isEnded(state as RunOutput['state']) };
}
