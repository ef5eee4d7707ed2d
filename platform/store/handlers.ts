import { setAlias } from './aliases.ts';
import { findAnswers, saveAnswers } from './answers.ts';
import { addArtifacts, listArtifacts } from './artifacts.ts';
import { readAudit, readAuditHead } from './audit.ts';
import { eraseContents } from './erase.ts';
import { backup } from './backup.ts';
import { pageCatalogueModels, pageCatalogueVersions } from './catalogue-queries.ts';
import * as catalogue from './catalogue-read.ts';
import * as sync from './catalogue-sync.ts';
import { releaseClaim, takeClaim } from './claims.ts';
import type { StoreContext } from './context.ts';
import { DroppedBlobs } from './dropped-blobs.ts';
import { queryDisagreements } from './disagreements.ts';
import { setVersionArchived, updateModel, updateVersion } from './edits.ts';
import { appendRecord, getRecord, listRecords } from './ledger.ts';
import { beginRun, finishRun, heartbeat, takeLease } from './leases.ts';
import { askLent, readLent, releaseLent, renewLent, replyLent, takeLent, withdrawLent } from './lent.ts';
import { collectGarbage, readFacts } from './maintenance.ts';
import { createMemo, readDataVersion } from './memo.ts';
import { pageModels, pageVersions } from './local-pages.ts';
import { createModel, getModel, listModels, setModelArchived } from './models.ts';
import {
  beginPublication,
  endPublication,
  listOpenPublications,
  listPublications,
  listPublished,
} from './publications.ts';
import { createVersion } from './registration.ts';
import {
  createRun,
  failQueued,
  forgetCancel,
  getRun,
  listRuns,
  listRunsAsking,
  requestCancel,
  setArchived,
  setLogPath,
} from './runs.ts';
import { countFailures, readColumnStretch } from './sample-columns.ts';
import { createSampleOrders } from './sample-orders.ts';
import { dropQuery, querySamples } from './sample-queries.ts';
import { getSample } from './sample-rows.ts';
import { readStretch } from './sample-stretch.ts';
import { createAppender } from './samples.ts';
import {
  dropTrainingState,
  listPlatformJobs,
  readTraining,
  saveEpoch,
  saveJob,
  saveOutcome,
  saveTraining,
} from './training.ts';
import { findByModelDigest, getVersion, listVersions } from './versions.ts';
import type { StoreCalls } from './protocol.ts';

/** The store's operations over an open database: what the worker thread answers. */
export function createHandlers(context: StoreContext): StoreCalls {
  const memo = createMemo(context, 50);
  const orders = createSampleOrders(context);
  const dropped = new DroppedBlobs(context);
  let append: ReturnType<typeof createAppender> | undefined;
  return {
    createRun: run => createRun(context, run),
    getRun: id => getRun(context, id),
    listRuns: filter => listRuns(context, filter),
    setArchived: (id, archived) => setArchived(context, id, archived),
    setLogPath: (id, path) => setLogPath(context, id, path),
    failQueued: (id, failure) => failQueued(context, id, failure),
    requestCancel: id => requestCancel(context, id),
    forgetCancel(id) {
      forgetCancel(context, id);
    },
    takeLease: (id, owner) => takeLease(context, id, owner),
    begin: (lease, plan) => beginRun(context, lease, plan),
    append(lease, batch, progress) {
      append ??= createAppender(context);
      append(lease, batch, progress);
    },
    saveEpoch(lease, epoch, used, progress) {
      dropped.add(saveEpoch(context, lease, epoch, used, progress));
      dropped.sweep();
    },
    saveJob: (lease, job) => saveJob(context, lease, job),
    saveTraining: (lease, news) => saveTraining(context, lease, news),
    saveOutcome(lease, outcome, checkpoints, progress) {
      dropped.add(saveOutcome(context, lease, outcome, checkpoints, progress));
      dropped.sweep();
    },
    heartbeat: (lease, progress) => heartbeat(context, lease, progress),
    finish(lease, ending) {
      finishRun(context, lease, ending);
      if (ending.state === 'succeeded' && ending.tuning !== undefined)
        dropped.add(dropTrainingState(context, lease.runId));
      dropped.sweep();
    },
    readTraining: id => readTraining(context, id),
    listPlatformJobs: () => listPlatformJobs(context),
    listRunsAsking: modelDigest => listRunsAsking(context, modelDigest),
    readStretch: (id, after, limit, variant, observedOnly) =>
      readStretch(context, id, after, limit, variant, observedOnly),
    findAnswers: keys => findAnswers(context, keys),
    saveAnswers: answers => saveAnswers(context, answers),
    querySamples: query => querySamples(context, memo, orders, query),
    dropQuery: query => dropQuery(context, orders, query),
    getSample: reference => getSample(context, reference),
    queryDisagreements: query => queryDisagreements(context, memo, query),
    readColumnStretch: (id, variant, scores, after, limit) =>
      readColumnStretch(context, id, variant, scores, after, limit),
    countFailures: id => countFailures(context, id),
    listModels: filter => listModels(context, filter),
    getModel: name => getModel(context, name),
    createModel: (model, actor) => createModel(context, model, actor),
    setModelArchived: (name, archived, actor) => setModelArchived(context, name, archived, actor),
    pageModels: query => pageModels(context, query),
    pageVersions: query => pageVersions(context, query),
    updateModel: (name, edit, actor) => updateModel(context, name, edit, actor),
    updateVersion: (model, version, edit, actor) => updateVersion(context, model, version, edit, actor),
    setVersionArchived: (model, version, archived, actor) =>
      setVersionArchived(context, model, version, archived, actor),
    findByModelDigest: digests => findByModelDigest(context, digests),
    listVersions: model => listVersions(context, model),
    getVersion: (model, wanted) => getVersion(context, model, wanted),
    createVersion: (version, model, actor) => createVersion(context, version, model, actor),
    listArtifacts: (model, version) => listArtifacts(context, model, version),
    addArtifacts: (model, version, artifacts, actor) => addArtifacts(context, model, version, artifacts, actor),
    setAlias: (model, alias, version, actor) => setAlias(context, model, alias, version, actor),
    beginPublication: publication => beginPublication(context, publication),
    endPublication: (turn, outcome) => endPublication(context, turn, outcome),
    listPublications: (model, version) => listPublications(context, model, version),
    listOpenPublications: () => listOpenPublications(context),
    listPublished: model => listPublished(context, model),
    appendRecord: (record, changes) => appendRecord(context, record, changes),
    getRecord: id => getRecord(context, id),
    listRecords: filter => listRecords(context, filter),
    readAudit: (after, limit) => readAudit(context, after, limit),
    eraseContents: erasure => eraseContents(context, erasure),
    readAuditHead: () => readAuditHead(context),
    readCatalogueState: registry => catalogue.readCatalogueState(context, registry),
    readSyncAge: registry => catalogue.readSyncAge(context, registry),
    readRevision: () => catalogue.readRevision(context),
    readFilterWords: registry => catalogue.readFilterWords(context, registry),
    pageCatalogueModels: query => pageCatalogueModels(context, memo, query),
    pageCatalogueVersions: query => pageCatalogueVersions(context, memo, query),
    findCatalogueVersion: (registry, model, wanted) => catalogue.findCatalogueVersion(context, registry, model, wanted),
    readCatalogueVersion: (registry, model, version) =>
      catalogue.readCatalogueVersion(context, registry, model, version),
    readCatalogueModel: (registry, name) => catalogue.readCatalogueModel(context, registry, name),
    beginSync: (registry, mode) => sync.beginSync(context, registry, mode),
    addStretch: (reading, stretch) => sync.addStretch(context, reading, stretch),
    endSync: (reading, failure) => sync.endSync(context, reading, failure),
    areUnchanged: (registry, items) => sync.areUnchanged(context, registry, items),
    keepCatalogueVersion: (registry, version, artifacts) =>
      catalogue.keepCatalogueVersion(context, registry, version, artifacts),
    keepCatalogueModel: (registry, model) => catalogue.keepCatalogueModel(context, registry, model),
    declareRegistries: declared => sync.declareRegistries(context, declared),
    retainRegistries: registries => sync.retainRegistries(context, registries),
    sweepShelves: () => sync.sweepShelves(context),
    askLent: (lease, request, deadline) => askLent(context, lease, request, deadline),
    readLent: ids => readLent(context, ids),
    withdrawLent: ids => withdrawLent(context, ids),
    takeLent: (holder, limit) => takeLent(context, holder, limit),
    renewLent: (holder, ids) => renewLent(context, holder, ids),
    replyLent: (holder, id, reply) => replyLent(context, holder, id, reply),
    releaseLent: (holder, ids) => releaseLent(context, holder, ids),
    takeClaim: (key, holder) => takeClaim(context, key, holder),
    releaseClaim: (key, holder, after) => releaseClaim(context, key, holder, after),
    dataVersion: () => readDataVersion(context),
    facts: () => readFacts(context),
    collectGarbage: before => collectGarbage(context, before),
    backup: path => backup(context, path),
  };
}
