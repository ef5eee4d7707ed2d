import type { DatasetFacts, ModelRow, VersionRow, Waiver } from '../../schemas/generated/messages.ts';
import { readWaivers } from '../promotion/read-waivers.ts';
import type { Digest } from '../ports/digest.ts';
import type { Catalogue } from '../ports/catalogue.ts';
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
  /** What was read of another registry; absent where it never was. */
  elsewhere(registry: string, signal: AbortSignal): Promise<RememberedRegistry | undefined>;
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

/** A registry elsewhere, as it was read last: it may be newer by now. */
export interface RememberedRegistry {
  /** Milliseconds since the epoch. */
  readonly readAt: number;
  /** Its models by name, of many the first. */
  models(): Promise<readonly ModelRow[]>;
  /** Of a model, newest first, of many the newest; none where it has no such model. */
  versions(model: string): Promise<readonly VersionRow[]>;
  /** Absent where there was none; `unknown` where that cannot be told. */
  find(model: string, versionOrAlias: string | undefined): Promise<VersionRow | undefined | 'unknown'>;
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
  store: Pick<Store, 'listRuns' | 'getRun' | 'registry' | 'catalogue' | 'ledger'>,
  file: string,
  digest: Digest,
  now: () => number,
): Remembered {
  return {
    now,
    models: signal => orElse(store.registry.listModels({ archived: true }, signal), undefined, signal),
    async versions(model, signal) {
      const versions = await orElse(store.registry.listVersions(model, signal), [], signal);
      return versions.map(({ version }) => version);
    },
    elsewhere: (registry, signal) =>
      rememberRegistry((_question, read) => orElse(read(store.catalogue), undefined, signal), registry),
    async hasTrained(job, signal) {
      const named = await orElse(store.listRuns({ kind: 'tune', name: job }), [], signal);
      if (named.some(({ state }) => state === 'succeeded')) return true;
      return (await orElse(store.listRuns({ kind: 'tune' }), [], signal)).some(({ id }) => id === job);
    },
    waivers: signal => orElse(readWaivers(store.ledger, digest), [], signal),
    async lastRun(name, signal) {
      const runs = await orElse(store.listRuns({ file, name }), [], signal);
      const last = runs.find(({ state }) => state === 'succeeded');
      const record = last && (await orElse(store.getRun(last.id), undefined, signal));
      return record && rememberRun(record);
    },
  };
}

/** More than anybody reads in a message or a list. */
const mostRemembered = 200;

/** Asks a catalogue; undefined where it cannot answer. What is asked again in the same words may be answered from before. */
export type AskCatalogue = <T>(question: string, read: (catalogue: Catalogue) => Promise<T>) => Promise<T | undefined>;

/** What a catalogue knows of one registry; absent where it was never read. */
export async function rememberRegistry(ask: AskCatalogue, registry: string): Promise<RememberedRegistry | undefined> {
  const state = await ask(`state ${registry}`, catalogue => catalogue.state(registry));
  if (state?.syncedAt === undefined) return undefined;
  const query = { registry, limit: mostRemembered };
  return {
    readAt: state.syncedAt,
    async models() {
      const page = await ask(`models of ${registry}`, catalogue => catalogue.pageModels(query));
      return page?.models ?? [];
    },
    async versions(model) {
      const page = await ask(`versions ${JSON.stringify([registry, model])}`, catalogue =>
        catalogue.pageVersions({ ...query, model }),
      );
      return page?.versions ?? [];
    },
    async find(model, versionOrAlias) {
      const answer = await ask(`version ${JSON.stringify([registry, model, versionOrAlias])}`, async catalogue => ({
        version: await catalogue.findVersion(registry, model, versionOrAlias),
      }));
      return answer === undefined ? 'unknown' : answer.version;
    },
  };
}

/** A store that cannot answer, such as one that is in use elsewhere, never keeps a file from being checked. */
async function orElse<T, F>(answer: Promise<T>, fallback: F, signal: AbortSignal): Promise<T | F> {
  try {
    return await answer;
  } catch {
    return fallback;
  } finally {
    signal.throwIfAborted();
  }
}
