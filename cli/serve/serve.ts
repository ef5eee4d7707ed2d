import process from 'node:process';
import { createMessageConnection, StreamMessageReader, StreamMessageWriter } from 'vscode-jsonrpc/node';
import type { CancellationToken, MessageConnection } from 'vscode-jsonrpc/node';
import * as validators from '../../schemas/generated/validators.js';
import type { ProgramResponse } from '../../schemas/generated/messages.ts';
import type { Validator } from '../../schemas/generated/validators.js';
import type { EngineRequests } from '../../schemas/methods.ts';
import { toWorkbenchError, WorkbenchError, type ExitCode } from '../../engine/base/errors.ts';
import { answerRequest } from './answer-request.ts';
import { changesStore } from './changes-store.ts';
import { keepClaims, type ClaimKeeper } from './claim-methods.ts';
import * as assessments from './assessment-methods.ts';
import { callForAgent, estimateForAgent } from './agent-methods.ts';
import { describeCellRun, startCell, turnCellToFile, turnFileToCell } from './cell-methods.ts';
import { addRegistriesToWorkbench, addToWorkbench, convertToBenchmark } from './convert-methods.ts';
import { listEndpointModels, listProviders, testConnection } from './connect-methods.ts';
import { collectDiagnostics } from './diagnostics.ts';
import * as evidence from './evidence-methods.ts';
import * as documents from './document-methods.ts';
import * as frameworks from './framework-methods.ts';
import { judgeStoredGates, listGateLines } from './gate-methods.ts';
import { exportScorecard, getAssessment, startAssessment } from './governance-methods.ts';
import { createHostAccess } from './host-access.ts';
import { importResults } from './import-methods.ts';
import {
  describeWorkspaceDataset,
  describeWorkspacePolicy,
  draftNewBenchmark,
  listWorkspaceDatasets,
  listWorkspacePrompts,
  previewWorkspaceDataset,
} from './library-methods.ts';
import { startLending, type Lending } from './lend.ts';
import { detectConnections, listModels } from './model-methods.ts';
import * as policies from './policy-methods.ts';
import { describeTriedPrompt, reportPrompt } from './prompt-methods.ts';
import { exportNotebook } from './notebook-methods.ts';
import { sweepPlatforms } from './orphan-methods.ts';
import { demoteVersion, exportPromotion, revokeVersion, rollBackModel } from './step-back-methods.ts';
import { stopReadings, watchReadings } from './background-sync.ts';
import * as registries from './registries-methods.ts';
import { publishFigures, publishToRegistry, publishOpen, pullFromRegistry } from './handoff-methods.ts';
import * as people from './people-methods.ts';
import * as cards from './card-methods.ts';
import * as registry from './registry-methods.ts';
import {
  dryRun,
  exportToFile,
  preflightTuning,
  readRunLog,
  reportRuns,
  reportTuningSearch,
  reportTunings,
  resumeRun,
  startRun,
  stopRun,
} from './run-methods.ts';
import { foreseeEvaluation, listPlatforms, startEvaluation } from './evaluate-methods.ts';
import { describeSession, openSession, type Session } from './session.ts';
import { checkTuningData, convertTuningData } from './tuning-data-methods.ts';
import { watchStore } from './watch.ts';
import { lendingHost, refuseUnasked } from './window.ts';

type Method = keyof EngineRequests;
type Handler<M extends Method> = (
  parameters: EngineRequests[M][0],
  session: Session,
  signal: AbortSignal,
) => Promise<EngineRequests[M][1]>;

/** Answers an editor's requests until it closes the stream. */
export async function serve(): Promise<ExitCode> {
  const connection = createMessageConnection(
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  const server = new EngineServer(connection);
  const closed = new Promise<void>(resolve => connection.onClose(resolve));
  connection.listen();
  await closed;
  await server.dispose();
  return 0;
}

class EngineServer {
  readonly #connection: MessageConnection;
  #session: Promise<Session> | undefined;
  #watch: ReturnType<typeof watchStore> | undefined;
  #lending: Lending | undefined;
  #claims: ClaimKeeper | undefined;

  constructor(connection: MessageConnection) {
    this.#connection = connection;
    connection.onRequest('workspace/open', (parameters: unknown, token: CancellationToken) =>
      answerRequest(validators.validateOpenWorkspace, parameters, token, async (options, signal) => {
        const access = createHostAccess({
          secret: request => connection.sendRequest('secret/resolve', request),
          programs: request => connection.sendRequest<ProgramResponse>('programs/allow', request).catch(refuseUnasked),
          consent: request => connection.sendRequest('lm/consent', request),
          consented: run => void connection.sendNotification('lm/consented', run),
          lent: () => connection.sendRequest('lm/list', {}),
          answer: (question, stop) => lendingHost(connection).answer(question, stop),
        });
        await this.dispose();
        this.#session = openSession(options, access, signal);
        const session = await this.#session;
        const onError = (error: unknown): void => {
          process.stderr.write(`The store could not be used: ${toWorkbenchError(error).message}\n`);
        };
        const lending = startLending(session.store.lent, session.host.clock, lendingHost(connection), onError);
        this.#lending = lending;
        this.#claims = keepClaims(session.store.claims, session.host.clock, onError);
        this.#watch = watchStore(
          session,
          change => void connection.sendNotification('runs/changed', change),
          () => void connection.sendNotification('registry/changed', {}),
          () => {
            lending.look();
          },
          onError,
        );
        watchReadings(session, () => this.#watch?.lookNow());
        return describeSession(session);
      }),
    );
    this.#on('runs/list', validators.validateListRuns, async (filter, { store }) => ({
      runs: [...(await store.listRuns(filter))],
    }));
    this.#on(
      'runs/get',
      validators.validateRunReference,
      async ({ runId }, { store }) => (await store.getRun(runId)).summary,
    );
    this.#on('runs/start', validators.validateStartRun, startRun);
    this.#on('runs/resume', validators.validateResumeRun, ({ runId }, session, signal) =>
      resumeRun(runId, session, signal),
    );
    this.#on('runs/dryRun', validators.validateStartRun, dryRun);
    this.#on('runs/cancel', validators.validateRunReference, stopRun);
    this.#on('runs/archive', validators.validateArchiveRun, ({ runId, archived }, { store }) =>
      store.setArchived(runId, archived),
    );
    this.#on('runs/report', validators.validateRunReferences, ({ runIds }, session, signal) =>
      reportRuns(runIds, session, signal),
    );
    this.#on('prompts/report', validators.validateRunReference, reportPrompt);
    this.#on('prompts/describe', validators.validatePromptSource, describeTriedPrompt);
    this.#on('tuning/report', validators.validateRunReferences, ({ runIds }, session) =>
      reportTunings(runIds, session),
    );
    this.#on('tuning/search', validators.validateRunReference, reportTuningSearch);
    this.#on('tuning/orphans', validators.validateFindOrphans, sweepPlatforms);
    this.#on('tuning/platforms', validators.validateRunSource, listPlatforms);
    this.#on('tuning/preflight', validators.validateStartRun, preflightTuning);
    this.#on('tuning/evaluation', validators.validateRunReference, foreseeEvaluation);
    this.#on('tuning/evaluate', validators.validateEvaluateTuning, startEvaluation);
    this.#on('runs/export', validators.validateExportRuns, exportToFile);
    this.#on('cells/start', validators.validateStartCell, startCell);
    this.#on('cells/output', validators.validateAskRunOutput, describeCellRun);
    this.#on('cells/toFile', validators.validateCellToFile, turnCellToFile);
    this.#on('cells/fromFile', validators.validateFileToCell, turnFileToCell);
    this.#on('notebooks/export', validators.validateExportNotebook, exportNotebook);
    this.#on('cells/claim', validators.validateClaimOutput, async asked => await this.#keeper().claim(asked));
    this.#on('cells/release', validators.validateReleaseOutput, async asked => await this.#keeper().release(asked));
    this.#on('runs/log', validators.validateRunReference, ({ runId }, session) => readRunLog(runId, session));
    this.#on('runs/import', validators.validateImportResults, importResults);
    this.#on('files/convert', validators.validateConvertFile, convertToBenchmark);
    this.#on('tuning/data', validators.validateRunSource, checkTuningData);
    this.#on('tuning/convert', validators.validateConvertTuningData, convertTuningData);
    this.#on('gates/list', validators.validateRunSource, listGateLines);
    this.#on('gates/judge', validators.validateJudgeGates, judgeStoredGates);
    this.#on('connections/add', validators.validateAddConnections, addToWorkbench);
    this.#on('registries/add', validators.validateAddRegistries, addRegistriesToWorkbench);
    this.#on('agents/call', validators.validateAgentCall, callForAgent);
    this.#on('agents/estimate', validators.validateAgentRunInput, estimateForAgent);
    this.#on('samples/query', validators.validateSampleQuery, (query, { store }, signal) =>
      store.querySamples(query, signal),
    );
    this.#on('samples/get', validators.validateSampleReference, (reference, { store }) => store.getSample(reference));
    this.#on('samples/disagreements', validators.validateDisagreementQuery, (query, { store }) =>
      store.queryDisagreements(query),
    );
    this.#on('connections/detect', undefined, (_nothing, session, signal) => detectConnections(session, signal));
    this.#on('connections/providers', undefined, (_nothing, session, signal) => listProviders(session, signal));
    this.#on('connections/models', validators.validateDraftConnection, listEndpointModels);
    this.#on('connections/test', validators.validateTestConnection, testConnection);
    this.#on('models/list', undefined, (_nothing, session, signal) => listModels(session, signal));
    this.#on('registries/list', undefined, registries.listSharedRegistries);
    this.#on('registries/sync', validators.validateSyncRegistries, registries.syncSharedRegistries);
    this.#on('registry/models', validators.validateListModels, registries.pageRegistryModels);
    this.#on('registry/suggest', validators.validateSuggestFilter, registries.suggestForFilter);
    this.#on('registry/versions', validators.validateListVersions, registries.pageRegistryVersions);
    this.#on('registry/publish', validators.validatePublishVersion, publishToRegistry);
    this.#on('registry/publishRun', validators.validatePublishRun, publishFigures);
    this.#on('registry/publishPending', validators.validateSyncRegistries, publishOpen);
    this.#on('registry/pull', validators.validatePullVersion, pullFromRegistry);
    this.#on('registry/list', undefined, (_nothing, session, signal) => registry.listModelVersions(session, signal));
    this.#on('registry/version', validators.validateModelVersionReference, registries.getVersion);
    this.#on('registry/compare', validators.validateCompareVersions, registry.compareRegistered);
    this.#on('registry/card', validators.validateModelVersionReference, cards.getCard);
    this.#on('registry/saveCard', validators.validateSaveCard, cards.saveCard);
    this.#on('registry/lineage', validators.validateModelVersionReference, cards.getLineage);
    this.#on('registry/register', validators.validateRegisterVersion, registry.registerVersion);
    this.#on('registry/setAlias', validators.validateSetAlias, registries.setAlias);
    this.#on('registry/archive', validators.validateArchiveModel, registries.archiveModel);
    this.#on('registry/requestApproval', validators.validateApprovalStep, registry.requestVersionApproval);
    this.#on('registry/approve', validators.validateApprovalStep, registry.approveVersion);
    this.#on('registry/baseline', validators.validateApprovalStep, registry.lockVersion);
    this.#on('registry/promote', validators.validateApprovalStep, registry.promoteVersion);
    this.#on('registry/demote', validators.validateRetireVersion, demoteVersion);
    this.#on('registry/revoke', validators.validateRetireVersion, revokeVersion);
    this.#on('registry/rollBack', validators.validateRollBack, rollBackModel);
    this.#on('registry/exportPromotion', validators.validateExportPromotion, exportPromotion);
    this.#on('datasets/list', undefined, (_nothing, session, signal) => listWorkspaceDatasets(session, signal));
    this.#on('datasets/describe', validators.validateDatasetReference, describeWorkspaceDataset);
    this.#on('datasets/preview', validators.validatePreviewDataset, previewWorkspaceDataset);
    this.#on('prompts/list', undefined, (_nothing, session, signal) => listWorkspacePrompts(session, signal));
    this.#on('benchmarks/draft', validators.validateDraftBenchmark, draftNewBenchmark);
    this.#on('policies/list', undefined, (_nothing, session, signal) => policies.listAll(session, signal));
    this.#on('policies/problems', undefined, (_nothing, session, signal) => policies.findProblems(session, signal));
    this.#on('policies/tests', validators.validatePolicySource, policies.listTests);
    this.#on('policies/test', validators.validateRunPolicyTests, policies.runTests);
    this.#on('policies/seal', validators.validateSealPolicies, policies.seal);
    this.#on('policies/approve', validators.validateApprovePolicy, policies.approve);
    this.#on('policies/templates', undefined, (_nothing, session, signal) => policies.listTemplates(session, signal));
    this.#on('policies/draft', validators.validateDraftPolicies, policies.draftTemplate);
    this.#on('frameworks/list', undefined, (_nothing, session, signal) => frameworks.listFrameworks(session, signal));
    this.#on('frameworks/import', validators.validateImportFramework, frameworks.readFrameworkSource);
    this.#on('frameworks/upgrade', validators.validateUpgradeFramework, frameworks.planFrameworkUpgrade);
    this.#on('policies/describe', validators.validatePolicyReference, describeWorkspacePolicy);
    this.#on('documents/list', validators.validateListDocuments, documents.list);
    this.#on('documents/add', validators.validateAddDocument, documents.add);
    this.#on('documents/text', validators.validateDocumentDigest, documents.readText);
    this.#on('documents/find', validators.validateFindInDocument, documents.find);
    this.#on('documents/draft', validators.validateDraftFromDocument, documents.draft);
    this.#on('documents/estimateDraft', validators.validateEstimateDocumentDraft, documents.estimate);
    this.#on('documents/quotes', validators.validatePolicyText, documents.listQuotes);
    this.#on('assessments/start', validators.validateStartAssessment, startAssessment);
    this.#on('assessments/get', validators.validateAssessmentReference, getAssessment);
    this.#on('assessments/export', validators.validateExportScorecard, exportScorecard);
    this.#on('assessments/preview', validators.validateAssessmentReference, assessments.previewStored);
    this.#on('assessments/compare', validators.validateCompareAssessments, assessments.compareStored);
    this.#on('assessments/controlHistory', validators.validateAskControlHistory, assessments.askControlHistory);
    this.#on('evidence/addScan', validators.validateAddScan, evidence.addScanReport);
    this.#on('documents/ask', validators.validateAskDocuments, evidence.askForDocuments);
    this.#on('documents/answer', validators.validateAnswerDocuments, evidence.answerFromDocuments);
    this.#on('documents/review', validators.validateReviewAnswer, evidence.reviewDocumentAnswer);
    this.#on('governance/attest', validators.validateAttestControl, registry.attest);
    this.#on('governance/requestWaiver', validators.validateRequestWaiver, registry.askForWaiver);
    this.#on('governance/approveWaiver', validators.validateWaiverReference, registry.approveOneWaiver);
    this.#on('governance/waivers', undefined, (_nothing, session, signal) => registry.getWaivers(session, signal));
    this.#on('governance/endWaiver', validators.validateEndWaiver, people.endOneWaiver);
    this.#on('governance/attestations', validators.validateModelVersionReference, people.getAttestations);
    this.#on('governance/withdrawAttestation', validators.validateWithdrawAttestation, people.takeAttestationBack);
    this.#on('governance/due', validators.validateListDue, people.getDue);
    this.#on('audit/verify', undefined, (_nothing, session, signal) => registry.verifyLog(session, signal));
    this.#on('identity/get', undefined, (_nothing, session, signal) => registry.whoAmI(session, signal));
    this.#on('diagnostics/collect', undefined, (_nothing, session) => collectDiagnostics(session));
  }

  async dispose(): Promise<void> {
    this.#watch?.stop();
    this.#watch = undefined;
    const lending = this.#lending;
    this.#lending = undefined;
    const claims = this.#claims;
    this.#claims = undefined;
    // What is not given back runs out by itself.
    await Promise.all([lending?.stop(), claims?.stop()]).catch(() => undefined);
    const session = await this.#session?.catch(() => undefined);
    this.#session = undefined;
    if (session !== undefined) await stopReadings(session);
    await session?.store.close();
  }

  /** There with the session, which every request but the first has. */
  #keeper(): ClaimKeeper {
    if (this.#claims === undefined) throw new WorkbenchError('usage', 'No workspace is open.');
    return this.#claims;
  }

  #on<M extends Method>(method: M, validate: Validator<EngineRequests[M][0]> | undefined, handle: Handler<M>): void {
    this.#connection.onRequest(method, (parameters: unknown, token: CancellationToken) =>
      answerRequest(validate, parameters, token, async (valid, signal) => {
        const session = await this.#session;
        if (session === undefined)
          throw new WorkbenchError('usage', 'No workspace is open.', { remedy: 'Send workspace/open first.' });
        const result = await handle(valid, session, signal);
        if (changesStore.has(method)) this.#watch?.lookNow();
        return result;
      }),
    );
  }
}
