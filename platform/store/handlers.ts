import type { StoreContext } from './context.ts';
import { queryDisagreements } from './disagreements.ts';
import { beginRun, finishRun, heartbeat, takeLease } from './leases.ts';
import { backup, collectGarbage, readFacts } from './maintenance.ts';
import { createMemo, readDataVersion } from './memo.ts';
import { countPairs, listPairDifferences } from './pairs.ts';
import { createRun, failQueued, getRun, listRuns, requestCancel, setArchived, setLogPath } from './runs.ts';
import { querySamples, readStretch } from './sample-queries.ts';
import { createAppender } from './samples.ts';
import type { StoreCalls } from './protocol.ts';

/** The store's operations over an open database: what the worker thread answers. */
export function createHandlers(context: StoreContext): StoreCalls {
  const memo = createMemo(context, 50);
  let append: ReturnType<typeof createAppender> | undefined;
  return {
    createRun: run => createRun(context, run),
    getRun: id => getRun(context, id),
    listRuns: filter => listRuns(context, filter),
    setArchived: (id, archived) => setArchived(context, id, archived),
    setLogPath: (id, path) => setLogPath(context, id, path),
    failQueued: (id, failure) => failQueued(context, id, failure),
    requestCancel: id => requestCancel(context, id),
    takeLease: (id, owner) => takeLease(context, id, owner),
    begin: (lease, plan) => beginRun(context, lease, plan),
    append(lease, batch, progress) {
      append ??= createAppender(context);
      append(lease, batch, progress);
    },
    heartbeat: (lease, progress) => heartbeat(context, lease, progress),
    finish: (lease, ending) => finishRun(context, lease, ending),
    readStretch: (id, after, limit, variant) => readStretch(context, id, after, limit, variant),
    querySamples: query => querySamples(context, memo, query),
    queryDisagreements: query => queryDisagreements(context, memo, query),
    pairCounts: query => countPairs(context, query),
    pairDifferences: query => listPairDifferences(context, query),
    dataVersion: () => readDataVersion(context),
    facts: () => readFacts(context),
    collectGarbage: before => collectGarbage(context, before),
    backup: path => backup(context, path),
  };
}
