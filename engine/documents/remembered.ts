import type { DatasetFacts, Waiver } from '../../schemas/generated/messages.ts';
import { toWorkbenchError } from '../base/errors.ts';
import { readWaivers } from '../governance/waivers.ts';
import type { Digest } from '../ports/digest.ts';
import type { RunRecord, Store } from '../ports/store.ts';

/**
 * What the workspace's store remembers, as far as checks ask. Checks that need it are left out where there is none. Rejects only with the
 * signal's reason.
 */
export interface Remembered {
  /** Wall clock, milliseconds since the epoch. */
  now(): number;
  /** Registered models, with what aliases stand for; absent where nothing is remembered. */
  models(signal: AbortSignal): Promise<readonly RememberedModel[] | undefined>;
  /** The versions of a registered model, newest first; none for one there is not. */
  versions(model: string, signal: AbortSignal): Promise<readonly string[]>;
  /** Whether a tuning job of this name, or a run with this id, has succeeded. */
  hasTrained(job: string, signal: AbortSignal): Promise<boolean>;
  waivers(signal: AbortSignal): Promise<readonly Waiver[]>;
  /** The newest run that succeeded of the file's own benchmark of this name. */
  lastRun(name: string, signal: AbortSignal): Promise<RememberedRun | undefined>;
}

export interface RememberedModel {
  readonly name: string;
  /** Alias to version. */
  readonly aliases: Readonly<Record<string, string>>;
}

export interface RememberedRun {
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** The benchmark's text as it ran. */
  readonly text: string;
  /** Most rows it asked, where it was started with fewer than the file says. */
  readonly limit?: number;
  readonly dataset: DatasetFacts;
}

/** What checks ask of a run; absent for one that recorded no dataset. */
export function rememberRun({ summary, spec, dataset }: RunRecord): RememberedRun | undefined {
  if (dataset === undefined) return undefined;
  const { id, createdAt } = summary;
  return { id, createdAt, text: spec.text, dataset, ...(spec.limit !== undefined && { limit: spec.limit }) };
}

/** What a store remembers of the file whose path is `file`, seen from the workspace folder. */
export function rememberStore(
  store: Pick<Store, 'listRuns' | 'getRun' | 'registry' | 'ledger'>,
  file: string,
  digest: Digest,
  now: () => number,
): Remembered {
  return {
    now,
    models: signal => store.registry.listModels({ archived: true }, signal),
    async versions(model, signal) {
      try {
        return (await store.registry.listVersions(model, signal)).map(({ version }) => version);
      } catch (error) {
        if (toWorkbenchError(error).code === 'registry-not-found') return [];
        throw error;
      }
    },
    async hasTrained(job) {
      const runs = await store.listRuns({ kind: 'tune', name: job });
      if (runs.some(({ state }) => state === 'succeeded')) return true;
      return (await store.listRuns({ kind: 'tune' })).some(({ id }) => id === job);
    },
    waivers: () => readWaivers(store.ledger, digest),
    async lastRun(name) {
      const runs = await store.listRuns({ file, name });
      const last = runs.find(({ state }) => state === 'succeeded');
      return last === undefined ? undefined : rememberRun(await store.getRun(last.id));
    },
  };
}
