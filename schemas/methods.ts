import type * as m from './generated/messages.ts';

type Nothing = Record<string, never>;

/**
 * The engine process's JSON-RPC methods: [parameters, result]. Failures are response errors whose `data` is a `Failure`.
 * `workspace/open` comes first; the process serves one workspace folder.
 */
export interface EngineRequests {
  'workspace/open': [m.OpenWorkspace, m.WorkspaceOpened];
  'runs/list': [m.ListRuns, m.RunList];
  'runs/get': [m.RunReference, m.RunSummary];
  /** Starts a benchmark, a tuning job or the trial of a prompt. */
  'runs/start': [m.StartRun, m.RunSummary];
  'runs/resume': [m.ResumeRun, m.RunSummary];
  'runs/dryRun': [m.StartRun, m.DryRunEstimate];
  'runs/cancel': [m.RunReference, m.RunSummary];
  'runs/archive': [m.ArchiveRun, m.RunSummary];
  /** One benchmark run's report (a running one's so far), or the comparison of several. */
  'runs/report': [m.RunReferences, m.Report];
  /** The trial of a prompt: its answers so far, side by side. */
  'prompts/report': [m.RunReference, m.PromptReport];
  /** What a prompt file needs to be tried. */
  'prompts/describe': [m.PromptSource, m.PromptDescription];
  /** Tuning runs side by side. */
  'tuning/report': [m.RunReferences, m.TuningComparison];
  /** All trials of the search that a run is one of. Throws `usage` for a run that is none. */
  'tuning/search': [m.RunReference, m.SearchReport];
  /** What is left on platforms that cost money, and belongs to no run under way. Ends what is named first. */
  'tuning/orphans': [m.FindOrphans, m.Orphans];
  /** Which models *Evaluate* would ask, with which benchmarks. Starts nothing. */
  'tuning/evaluation': [m.RunReference, m.TuningEvaluation];
  /** Starts each of the benchmarks on the base and the tuned model. */
  'tuning/evaluate': [m.EvaluateTuning, m.EvaluatedTuning];
  /** Platforms that a tuning job may run on. Asks none of them. */
  'tuning/platforms': [m.RunSource, m.PlatformList];
  /** Everything that can be told before a tuning job is started or paid. Starts nothing. */
  'tuning/preflight': [m.StartRun, m.PreflightReport];
  /** Counts and checks the rows of a tuning job. Sends and trains nothing. */
  'tuning/data': [m.RunSource, m.TuningDataResult];
  /** Writes rows to learn from in another form. */
  'tuning/convert': [m.ConvertTuningData, m.ConvertedTuningData];
  'runs/export': [m.ExportRuns, m.Exported];
  /** The text of the run process's log. */
  'runs/log': [m.RunReference, m.PlainText];
  /** Executes a notebook cell: starts its run, or assesses or compares at once. */
  'cells/start': [m.StartCell, m.StartedCell];
  /** The output that a run's cell has now: complete once the run ended. */
  'cells/output': [m.AskRunOutput, m.CellOutput];
  /** Asks to be the window that writes a run's end into its notebook, and stays so until released. */
  'cells/claim': [m.ClaimOutput, m.OutputClaim];
  'cells/release': [m.ReleaseOutput, Nothing];
  /** The text of a file that means what a cell means. Writes nothing. */
  'cells/toFile': [m.CellToFile, m.PlainText];
  /** A cell that means what a file means. */
  'cells/fromFile': [m.FileToCell, m.CellText];
  /** Writes a notebook with its outputs for readers without the workbench. */
  'notebooks/export': [m.ExportNotebook, m.Exported];
  /** Brings another tool's results in as runs. */
  'runs/import': [m.ImportResults, m.ImportedRuns];
  /** Makes a benchmark of a promptfoo configuration or an lm-eval task file. Writes nothing. */
  'files/convert': [m.ConvertFile, m.ConvertedFiles];
  /** A benchmark's gate conditions with their lines. Reads no data. */
  'gates/list': [m.RunSource, m.GateList];
  /** Judges a benchmark's gate on a stored run. Asks no model. */
  'gates/judge': [m.JudgeGates, m.JudgedGates];
  /** A tool's answer to an agent. The window has asked its person where the tool needs it. */
  'agents/call': [m.AgentCall, m.AgentAnswer];
  /** What the run that an agent asks for would send and cost: what its person is asked about. */
  'agents/estimate': [m.AgentRunInput, m.AgentEstimate];
  'samples/query': [m.SampleQuery, m.SamplePage];
  /** One sample by its permanent link. */
  'samples/get': [m.SampleReference, m.SampleRow];
  'samples/disagreements': [m.DisagreementQuery, m.DisagreementPage];
  /** workbench.yaml with connections added. Writes nothing. */
  'connections/add': [m.AddConnections, m.WorkbenchText];
  /** Looks for model servers on this machine. */
  'connections/detect': [Nothing, m.DetectedServers];
  /** Ways to reach models. */
  'connections/providers': [Nothing, m.ProviderList];
  /** Asks an endpoint which models it serves. Fails as `connections/test` tells it. */
  'connections/models': [m.DraftConnection, m.ListedModels];
  /** Asks a connection one small question. What the endpoint did wrong is in the result. */
  'connections/test': [m.TestConnection, m.TestedConnection];
  'models/list': [Nothing, m.ModelList];
  /** workbench.yaml with registries added. Writes nothing. */
  'registries/add': [m.AddRegistries, m.WorkbenchText];
  /** The registries of the workspace, and how old what is known of them is. Asks none of them. */
  'registries/list': [Nothing, m.RegistryEntries];
  /** Reads registries anew; returns once that is done. `registry/changed` tells of every stretch. */
  'registries/sync': [m.SyncRegistries, m.RegistryEntries];
  'registry/models': [m.ListModels, m.ModelPage];
  'registry/versions': [m.ListVersions, m.VersionPage];
  /** Fields, values and figures that a registry's filter can go on with. Asks no registry. */
  'registry/suggest': [m.SuggestFilter, m.FilterSuggestions];
  /** Everything of the local registry. */
  'registry/list': [Nothing, m.RegistryList];
  'registry/publish': [m.PublishVersion, m.Published];
  'registry/publishRun': [m.PublishRun, m.Published];
  /** Does again what was broken off or failed, as it was asked for: to one registry, or to all. */
  'registry/publishPending': [m.SyncRegistries, m.Published];
  'registry/pull': [m.PullVersion, m.ModelVersion];
  /** From production back to what it was before. */
  'registry/demote': [m.RetireVersion, m.VersionDetails];
  /** Production goes back to the version it replaced. */
  'registry/rollBack': [m.RollBack, m.VersionDetails];
  /** May no longer be used: aliases go, the reason stays. */
  'registry/revoke': [m.RetireVersion, m.VersionDetails];
  'registry/exportPromotion': [m.ExportPromotion, m.Exported];
  'registry/card': [m.ModelVersionReference, m.ModelCard];
  'registry/saveCard': [m.SaveCard, m.ModelCard];
  'registry/lineage': [m.ModelVersionReference, m.LineageGraph];
  'registry/version': [m.ModelVersionReference, m.VersionDetails];
  'registry/compare': [m.CompareVersions, m.VersionComparison];
  'registry/register': [m.RegisterVersion, m.ModelVersion];
  'registry/setAlias': [m.SetAlias, m.RegisteredModel];
  'registry/archive': [m.ArchiveModel, m.RegisteredModel];
  'registry/requestApproval': [m.ApprovalStep, m.VersionDetails];
  'registry/approve': [m.ApprovalStep, m.VersionDetails];
  'registry/baseline': [m.ApprovalStep, m.VersionDetails];
  'registry/promote': [m.ApprovalStep, m.VersionDetails];
  /** Datasets that the workspace's files read, and data files that none of them reads. Reads no rows. */
  'datasets/list': [Nothing, m.DatasetList];
  /** Columns, splits and counts. Reads a bounded beginning of a large file. */
  'datasets/describe': [m.DatasetReference, m.DatasetDetails];
  /** The first rows. */
  'datasets/preview': [m.PreviewDataset, m.DatasetPreview];
  'prompts/list': [Nothing, m.PromptList];
  /** The text of a new benchmark over a dataset, with prompts or without. Writes nothing. */
  'benchmarks/draft': [m.DraftBenchmark, m.DraftedBenchmark];
  /** Built-in frameworks and those of the workspace. */
  'frameworks/list': [Nothing, m.FrameworkList];
  /** Reads ATLAS data, an OSCAL catalogue or a table as a framework file. Writes nothing. */
  'frameworks/import': [m.ImportFramework, m.FrameworkImported];
  /** What changed between two versions, which mappings that concerns, and the edits that bring policies along. Writes nothing. */
  'frameworks/upgrade': [m.UpgradeFramework, m.FrameworkUpgrade];
  'policies/list': [Nothing, m.PolicyList];
  /** What one policy file holds, what is wrong with it, and how versions came out by it. */
  'policies/describe': [m.PolicyReference, m.PolicyDetails];
  /** A policy's unit tests with their lines. Runs none. */
  'policies/tests': [m.PolicySource, m.PolicyTestList];
  /** Judges made-up model versions by a policy. Stores nothing. */
  'policies/test': [m.RunPolicyTests, m.PolicyTestReport];
  /** Writes down the bars of policies before what they will be held against. */
  'policies/seal': [m.SealPolicies, m.Seal];
  'policies/approve': [m.ApprovePolicy, m.PolicyApproval];
  /** Controls of policy files that did not come out compliant in the newest assessment. */
  'policies/problems': [Nothing, m.PolicyProblems];
  'policies/templates': [Nothing, m.PolicyTemplateList];
  /** The texts of a starter policy and of those it builds on. Writes nothing. */
  'policies/draft': [m.DraftPolicies, m.DraftedPolicies];
  'assessments/start': [m.StartAssessment, m.Assessed];
  'assessments/get': [m.AssessmentReference, m.ScorecardView];
  'assessments/export': [m.ExportScorecard, m.Exported];
  /** What assessing again would record now. Stores nothing. */
  'assessments/preview': [m.AssessmentReference, m.ScorecardView];
  'assessments/compare': [m.CompareAssessments, m.AssessmentComparison];
  'assessments/controlHistory': [m.AskControlHistory, m.ControlHistory];
  'documents/list': [m.ListDocuments, m.DocumentList];
  'documents/add': [m.AddDocument, m.SourceDocument];
  'documents/text': [m.DocumentDigest, m.SourceText];
  'documents/find': [m.FindInDocument, m.FoundInDocument];
  /** Keeps a file in the store and proposes a policy from it. Writes no file. */
  'documents/draft': [m.DraftFromDocument, m.DraftedFromDocument];
  'documents/estimateDraft': [m.EstimateDocumentDraft, m.DocumentDraftEstimate];
  /** Where a policy's controls quote documents. Reads no document. */
  'documents/quotes': [m.PolicyText, m.PolicyQuotes];
  'documents/ask': [m.AskDocuments, m.DocumentAnswer];
  'documents/answer': [m.AnswerDocuments, m.DocumentAnswer];
  'documents/review': [m.ReviewAnswer, m.DocumentAnswer];
  'evidence/addScan': [m.AddScan, m.ScanReport];
  'governance/attest': [m.AttestControl, m.Attestation];
  'governance/requestWaiver': [m.RequestWaiver, m.Waiver];
  'governance/approveWaiver': [m.WaiverReference, m.Waiver];
  'governance/waivers': [Nothing, m.WaiverList];
  'governance/endWaiver': [m.EndWaiver, m.Waiver];
  /** Those of a version that count. */
  'governance/attestations': [m.ModelVersionReference, m.AttestationList];
  'governance/withdrawAttestation': [m.WithdrawAttestation, m.Attestation];
  /** What waits for a person, or will by a date. */
  'governance/due': [m.ListDue, m.DueList];
  'audit/verify': [Nothing, m.AuditVerification];
  'identity/get': [Nothing, m.WhoAmI];
  'diagnostics/collect': [Nothing, m.PlainText];
}

/** Requests the engine process makes of its host. */
export interface HostRequests {
  'secret/resolve': [m.SecretRequest, m.SecretResponse];
  /** Has one of VS Code's own language models answer. Cancelling the request cancels the question. */
  'lm/answer': [m.LentQuestion, m.LentReply];
  /** Asks the person whether a run may use them. */
  'lm/consent': [m.LentConsent, m.LentConsentGiven];
  /** Those that VS Code would lend now. */
  'lm/list': [Nothing, m.LentModels];
  /** Asked before a run that starts programs begins. */
  'programs/allow': [m.ProgramRequest, m.ProgramResponse];
}

/** Notifications from the engine process, at most ten a second. */
export interface EngineNotifications {
  'runs/changed': m.RunsChanged;
  'registry/changed': m.RegistryChanged;
  /** The run that an earlier `lm/consent` was for. */
  'lm/consented': m.LentRun;
}
