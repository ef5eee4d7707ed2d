import type * as m from './generated/messages.ts';

/**
 * The engine process's JSON-RPC methods: [parameters, result]. Failures are response errors whose `data` is a `Failure`.
 * `workspace/open` comes first; the process serves one workspace folder.
 */
export interface EngineRequests {
  'workspace/open': [m.OpenWorkspace, m.WorkspaceOpened];
  'runs/list': [m.ListRuns, m.RunList];
  'runs/get': [m.RunReference, m.RunSummary];
  'runs/start': [m.StartRun, m.RunSummary];
  'runs/resume': [m.ResumeRun, m.RunSummary];
  'runs/dryRun': [m.StartRun, m.DryRunEstimate];
  'runs/cancel': [m.RunReference, m.RunSummary];
  'runs/archive': [m.ArchiveRun, m.RunSummary];
  /** One run's report (a running one's so far), or the comparison of several. */
  'runs/report': [m.RunReferences, m.Report];
  /** The same as Markdown, for viewers that show nothing else. */
  'runs/markdown': [m.RunReferences, m.PlainText];
  'runs/export': [m.ExportRuns, m.Exported];
  /** The text of the run process's log. */
  'runs/log': [m.RunReference, m.PlainText];
  'samples/query': [m.SampleQuery, m.SamplePage];
  'samples/disagreements': [m.DisagreementQuery, m.DisagreementPage];
  'models/list': [Record<string, never>, m.ModelList];
  'diagnostics/collect': [Record<string, never>, m.PlainText];
}

/** Requests the engine process makes of its host. */
export interface HostRequests {
  'secret/resolve': [m.SecretRequest, m.SecretResponse];
}

/** Notifications from the engine process, at most ten a second. */
export interface EngineNotifications {
  'runs/changed': m.RunsChanged;
}
