import path from 'node:path';
import type { Clock } from '../../engine/ports/clock.ts';
import type { BackupFacts, RunWriter, SampleColumns, SampleRecord, Store } from '../../engine/ports/store.ts';
import type { SamplePage, SampleQuery } from '../../schemas/generated/messages.ts';
import { describeHost } from '../host/describe.ts';
import { packSamples, unpackSamples } from './batch.ts';
import { createBlobs } from './blobs.ts';
import type { Self } from './context.ts';
import type { LeaseKey } from './leases.ts';
import type { WorkerSettings } from './protocol.ts';
import { createCatalogue } from './catalogue.ts';
import { createPublications } from './publications.ts';
import { createLedger, createRegistry } from './registry.ts';
import { joinColumns, type ColumnStretch } from './sample-columns.ts';
import { startThread, type StoreThread } from './worker-thread.ts';

export interface OpenStoreOptions {
  /** The store's folder, such as `.aiwb` beside workbench.yaml; made when missing. */
  readonly folder: string;
  readonly clock: Clock;
  /** Opens without the right to write; the store must exist. */
  readonly readOnly?: boolean;
  /** The machine this process stands for; default: the real one. */
  readonly self?: Self;
}

/** Samples a batch of `readSamples`. */
const stretchLength = 2_000;
/** Samples a batch of numbers alone. */
const columnStretchLength = 10_000;

/**
 * Opens the embedded store in a thread of its own. Throws `store-newer`, `store-corrupt`, `store-unwritable`,
 * `store-remote`, `store-busy`, `sqlite-missing`, or `file-not-found` when `readOnly` and there is none.
 */
export async function openStore(options: OpenStoreOptions): Promise<Store> {
  const folder = path.resolve(options.folder);
  const { host, bootId } = options.self ?? describeHost();
  const now = (): number => options.clock.now();
  const settings = { folder, readOnly: options.readOnly ?? false, self: { host, bootId } };
  const thread = await startThread({ ...settings, now: now() }, now);
  return createStore(folder, thread, settings, now);
}

function createStore(
  folder: string,
  thread: StoreThread,
  settings: Omit<WorkerSettings, 'now'>,
  now: () => number,
): Store {
  const blobs = createBlobs(folder, settings.readOnly);
  return {
    path: folder,
    registry: createRegistry(thread, blobs),
    catalogue: createCatalogue(thread),
    publications: createPublications(thread),
    ledger: createLedger(thread),
    blobs,
    lent: {
      take: (holder, limit) => thread.call('takeLent', [holder, limit]),
      renew: (holder, ids) => thread.call('renewLent', [holder, ids]),
      reply: (holder, id, reply) => thread.call('replyLent', [holder, id, reply]),
      release: (holder, ids) => thread.call('releaseLent', [holder, ids]),
    },
    claims: {
      take: (key, holder) => thread.call('takeClaim', [key, holder]),
      release: (key, holder, after) => thread.call('releaseClaim', [key, holder, after]),
    },
    createRun: run => thread.call('createRun', [run]),
    getRun: id => thread.call('getRun', [id]),
    listRuns: filter => thread.call('listRuns', [filter]),
    openWriter: async (id, owner) => createWriter(thread, await thread.call('takeLease', [id, owner])),
    requestCancel: id => thread.call('requestCancel', [id]),
    forgetCancel: id => thread.call('forgetCancel', [id]),
    failQueued: (id, failure) => thread.call('failQueued', [id, failure]),
    setArchived: (id, archived) => thread.call('setArchived', [id, archived]),
    setLogPath: (id, log) => thread.call('setLogPath', [id, log]),
    readTraining: id => thread.call('readTraining', [id]),
    listPlatformJobs: () => thread.call('listPlatformJobs', []),
    listRunsAsking: modelDigest => thread.call('listRunsAsking', [modelDigest]),
    readSamples: (id, signal, variant) => readSamples(thread, id, signal, variant, false),
    readObserved: (id, signal) => readSamples(thread, id, signal, undefined, true),
    findAnswers: keys => thread.call('findAnswers', [keys]),
    saveAnswers: answers => thread.call('saveAnswers', [answers]),
    querySamples: (query, signal) => querySamples(thread, query, signal),
    getSample: reference => thread.call('getSample', [reference]),
    queryDisagreements: query => thread.call('queryDisagreements', [query]),
    readColumns: (id, variant, scores, signal) => readColumns(thread, id, variant, scores, signal),
    countFailures: id => thread.call('countFailures', [id]),
    dataVersion: () => thread.call('dataVersion', []),
    facts: () => thread.call('facts', []),
    collectGarbage: before => thread.call('collectGarbage', [before]),
    backup: target => backupAside(settings, path.resolve(target), now),
    close: () => thread.close(),
  };
}

function createWriter(thread: StoreThread, lease: LeaseKey): RunWriter {
  return {
    ...lease,
    begin: plan => thread.call('begin', [lease, plan]),
    append(samples, progress) {
      const batch = packSamples(samples);
      return thread.call('append', [lease, batch, progress], [batch.numbers.buffer]);
    },
    saveEpoch: (epoch, used, progress) => thread.call('saveEpoch', [lease, epoch, used, progress]),
    saveJob: job => thread.call('saveJob', [lease, job]),
    saveTraining: news => thread.call('saveTraining', [lease, news]),
    saveOutcome: (outcome, checkpoints, progress) =>
      thread.call('saveOutcome', [lease, outcome, checkpoints, progress]),
    heartbeat: progress => thread.call('heartbeat', [lease, progress]),
    finish: ending => thread.call('finish', [lease, ending]),
    lent: {
      ask: (request, deadline) => thread.call('askLent', [lease, request, deadline]),
      read: ids => thread.call('readLent', [ids]),
      withdraw: ids => thread.call('withdrawLent', [ids]),
    },
  };
}

/** A page that takes long is made in turns, between which the thread answers others. */
async function querySamples(thread: StoreThread, query: SampleQuery, signal?: AbortSignal): Promise<SamplePage> {
  for (;;) {
    if (signal?.aborted === true) {
      await thread.call('dropQuery', [query]);
      signal.throwIfAborted();
    }
    const page = await thread.call('querySamples', [query]);
    if (page === undefined) continue;
    signal?.throwIfAborted();
    return page;
  }
}

async function readColumns(
  thread: StoreThread,
  id: string,
  variant: number,
  scores: readonly string[],
  signal: AbortSignal,
): Promise<SampleColumns> {
  const stretches: ColumnStretch[] = [];
  for (let after: number | undefined = 0; after !== undefined;) {
    signal.throwIfAborted();
    const stretch: ColumnStretch = await thread.call('readColumnStretch', [
      ...([id, variant, scores, after, columnStretchLength] as const),
    ]);
    stretches.push(stretch);
    after = stretch.next;
  }
  return joinColumns(stretches, scores);
}

/** Asks for the next batch while the caller works on the one before. */
async function* readSamples(
  thread: StoreThread,
  id: string,
  signal: AbortSignal,
  variant: number | undefined,
  observedOnly: boolean,
): AsyncIterable<readonly SampleRecord[]> {
  signal.throwIfAborted();
  let coming = thread.call('readStretch', [id, 0, stretchLength, variant, observedOnly]);
  for (;;) {
    const { batch, next } = await coming;
    signal.throwIfAborted();
    if (next !== undefined) {
      coming = thread.call('readStretch', [id, next, stretchLength, variant, observedOnly]);
      coming.catch(() => undefined); // Seen when awaited; a caller that stops early no longer cares.
    }
    if (batch.count > 0) yield unpackSamples(batch);
    signal.throwIfAborted();
    if (next === undefined) return;
  }
}

/** A backup may take long, so it has a thread and a read-only connection of its own. */
async function backupAside(
  settings: Omit<WorkerSettings, 'now'>,
  target: string,
  now: () => number,
): Promise<BackupFacts> {
  const thread = await startThread({ ...settings, readOnly: true, now: now() }, now);
  try {
    return await thread.call('backup', [target]);
  } finally {
    await thread.close();
  }
}
