import type { RunRecord, Store } from '../ports/store.ts';
import type { AuditHead } from '../ports/ledger.ts';

/** A point in the store's life: what came later is not seen from it. */
export interface Moment {
  /** Milliseconds since the epoch: runs that ended later are not finished yet. */
  readonly at: number;
  /** Sequence of the audit log's newest entry: records from later ones are not there yet. */
  readonly upTo: number;
}

/** Where nobody says how many: far more of a kind than a version will ever have, so that none is lost. */
const mostRecords = 100_000;

/**
 * The store as it was at a moment. The ledger and the log share their numbering, so what was recorded since is told exactly; runs have
 * no place in the log and are told by when they ended. What the registry says of a version is as it is now.
 */
export function seeAsOf(store: Store, { at, upTo }: Moment): Store {
  return {
    ...store,
    ledger: {
      ...store.ledger,
      list: ({ limit = mostRecords, ...filter }) =>
        store.ledger.list({ ...filter, limit, upTo: Math.min(filter.upTo ?? upTo, upTo) }),
    },
    listRunsAsking: async modelDigest =>
      (await store.listRunsAsking(modelDigest)).filter(
        ({ createdAt, endedAt }) => createdAt <= at && (endedAt === undefined || endedAt <= at),
      ),
    getRun: async id => asUnfinished(await store.getRun(id), at),
  };
}

/** A run that ended later, without what its end brought. */
function asUnfinished(record: RunRecord, at: number): RunRecord {
  const { endedAt, ...summary } = record.summary;
  if (endedAt === undefined || endedAt <= at) return record;
  const { spec, variants, environment, dataset } = record;
  return {
    summary: { ...summary, state: 'running' },
    spec,
    variants,
    ...(environment === undefined ? {} : { environment }),
    ...(dataset === undefined ? {} : { dataset }),
  };
}

/** Now, with the log's newest entry; absent in a store where nothing was written down yet. */
export async function readMoment(
  store: Pick<Store, 'ledger'>,
  now: number,
): Promise<Moment & { readonly head: AuditHead | undefined }> {
  const head = await store.ledger.readAuditHead();
  return { at: now, upTo: head?.sequence ?? 0, head };
}
