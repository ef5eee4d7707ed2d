import type { Failure, Publication, VersionStatus } from '../../schemas/generated/messages.ts';
import { toWorkbenchError, WorkbenchError, type ErrorCode } from '../base/errors.ts';
import type { NewPublication, OpenPublication } from '../ports/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { LocalVersion } from '../ports/registry.ts';
import type { Store } from '../ports/store.ts';
import type { VersionThere } from './ports.ts';

/** What is kept of a publication so that it can be done again, JSON in the store. */
export type StoredRequest =
  | {
      readonly kind: 'version' | 'status';
      readonly tutorialKeys?: boolean;
      readonly scope?: 'baseline' | 'custom';
      readonly useCase?: string;
    }
  | {
      readonly kind: 'run';
      readonly scope: 'baseline' | 'custom';
      readonly useCase?: string;
      readonly private: boolean;
      readonly hardware?: { readonly type: string; readonly count?: number };
      readonly tutorialKeys?: boolean;
    };

/** Two publishers at once may come between each other; one of them is then asked again. */
const mostConflicts = 3;
const conflicts: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['registry-conflict', 'registry-exists']);

interface OutboxPorts {
  readonly store: Store;
  readonly clock: Clock;
  readonly random: () => number;
}

/**
 * Publishes something that is noted before and ended after: killed in between it stays pending, and failed it stays with its reason.
 * A cancelled one stays pending too.
 */
export async function recorded(
  publication: NewPublication,
  publish: () => Promise<VersionThere>,
  { store, clock, random }: OutboxPorts,
  signal: AbortSignal,
): Promise<{ readonly publication: Publication; readonly notes: readonly string[] }> {
  const turn = await store.publications.begin(publication);
  let there: VersionThere | undefined;
  for (let attempt = 1; there === undefined; attempt += 1) {
    try {
      there = await publish();
    } catch (error) {
      signal.throwIfAborted();
      const { code } = toWorkbenchError(error);
      if (!conflicts.has(code) || attempt > mostConflicts) {
        await store.publications.end(turn, { failure: describeFailure(error) });
        throw error;
      }
      await clock.sleep(100 * attempt * (1 + random()), signal);
    }
  }
  const { version, url, notes } = there;
  const outcome = {
    version: version.version,
    id: version.id ?? version.version,
    ...(url === undefined ? {} : { url }),
    ...(publication.kind === 'run' ? {} : { status: version.status }),
  };
  await store.publications.end(turn, outcome);
  const { registry, model, kind, runId } = publication;
  return {
    publication: {
      registry,
      model,
      kind,
      ...(runId === undefined ? {} : { runId }),
      ...outcome,
      state: 'done',
      at: clock.now(),
    },
    notes,
  };
}

export function describeFailure(error: unknown): Failure {
  const { code, message, remedy, place } = toWorkbenchError(error);
  return { code, message, ...(remedy === undefined ? {} : { remedy }), ...(place === undefined ? {} : { place }) };
}

export function readRequest({ request, registry, model, version }: OpenPublication): StoredRequest {
  try {
    return JSON.parse(request) as StoredRequest;
  } catch (error) {
    throw new WorkbenchError(
      'store-corrupt',
      `What was to be published to ${registry} as ${model}@${version} cannot be read any more.`,
      { remedy: 'Publish it again by its name.', cause: error },
    );
  }
}

/** Where a version stood in another registry when it was last published there from here; absent where it never was. */
export async function lastStatus(
  { model, version }: Pick<LocalVersion, 'model' | 'version'>,
  there: { readonly registry: string; readonly model: string },
  { publications }: Pick<Store, 'publications'>,
): Promise<VersionStatus | undefined> {
  const found = (await publications.ofVersion(model, version)).find(
    one => one.registry === there.registry && one.model === there.model && one.status !== undefined,
  );
  return found?.status;
}

/** Attempts that are made without being asked for. */
const mostAttempts = 8;
const firstWait = 60_000;
const longestWait = 6 * 3_600_000;
/** A publication that began so lately is probably still going on, in another process. */
const ongoing = 120_000;
const transient: ReadonlySet<string> = new Set<ErrorCode>([
  'registry-unreachable',
  'registry-conflict',
  'registry-exists',
  'endpoint-unreachable',
  'store-busy',
  'cancelled',
]);

/** Whether a publication is tried again by itself now: after growing waits, so often, and where trying again can help. */
export function isDue({ state, at, attempts, failure }: OpenPublication, now: number): boolean {
  if (attempts === 0) return true;
  if (attempts >= mostAttempts) return false;
  if (state === 'pending') return now - at >= ongoing;
  if (failure !== undefined && !transient.has(failure.code)) return false;
  return now - at >= Math.min(longestWait, firstWait * 2 ** (attempts - 1));
}

/**
 * Notes that a version's status has changed here: wherever it was published, that is to be told. Nothing is sent yet; `publishPending`
 * sends it.
 */
export async function noteStatusChange(
  { model, version }: Pick<LocalVersion, 'model' | 'version'>,
  { publications }: Pick<Store, 'publications'>,
): Promise<void> {
  const places = new Map<string, Publication>();
  for (const one of await publications.ofVersion(model, version)) {
    if (one.kind === 'version' && one.id !== undefined) places.set(`${one.registry} ${one.model}`, one);
  }
  for (const place of places.values()) {
    const request: StoredRequest = { kind: 'status' };
    await publications.begin({
      registry: place.registry,
      model: place.model,
      version: place.version,
      kind: 'status',
      local: { model, version },
      request: JSON.stringify(request),
      later: true,
    });
  }
}
