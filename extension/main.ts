import * as vscode from 'vscode';
import { registerMcpServers } from './agents/mcp-servers.ts';
import { registerAgentTools } from './agents/tools.ts';
import { useTranslator } from './base/translate.ts';
import type { CommandContext } from './commands/context.ts';
import { registerCardCommands } from './commands/card-commands.ts';
import { registerCompareCommands } from './commands/compare-commands.ts';
import { registerCellCommands } from './commands/cell-commands.ts';
import { registerCompareScorecards } from './commands/compare-scorecards.ts';
import { registerConnectionCommands } from './commands/connection-commands.ts';
import { registerDemoReviewer } from './commands/demo-reviewer.ts';
import { registerDocumentCommands } from './commands/document-commands.ts';
import { registerIngestCommand } from './commands/ingest-command.ts';
import { registerExportCommands } from './commands/export-commands.ts';
import { registerExportedCommands } from './commands/exported-commands.ts';
import { registerFileCommands } from './commands/file-commands.ts';
import { registerFrameworkCommands } from './commands/framework-commands.ts';
import { registerAnswerCommands } from './commands/answer-commands.ts';
import { registerGovernanceCommands } from './commands/governance-commands.ts';
import { registerImportCommands } from './commands/import-commands.ts';
import { registerLibraryCommands } from './commands/library-commands.ts';
import { registerModelCommands } from './commands/model-commands.ts';
import { registerNotebookCommands } from './commands/notebook-commands.ts';
import { registerPolicyCommands } from './commands/policy-commands.ts';
import { registerPromptCommands } from './commands/prompt-commands.ts';
import { registerRegistryCommands } from './commands/registry-commands.ts';
import { registerPublishCommands } from './commands/publish-commands.ts';
import { registerReleaseCommands } from './commands/release-commands.ts';
import { registerScanCommands } from './commands/scan-commands.ts';
import { registerOrphanCommands } from './commands/orphan-commands.ts';
import { registerStepBackCommands } from './commands/step-back-commands.ts';
import { registerRunCommands } from './commands/run-commands.ts';
import { registerSampleCommands } from './commands/sample-commands.ts';
import { registerScorecardCommands } from './commands/scorecard-commands.ts';
import { showFailure } from './commands/show-failure.ts';
import { registerSupportCommands } from './commands/support-commands.ts';
import { registerTuningCommands } from './commands/tuning-commands.ts';
import { registerTuningDataCommands } from './commands/tuning-data-commands.ts';
import { registerVersionCommands } from './commands/version-commands.ts';
import { registerWaiverCommands } from './commands/waiver-commands.ts';
import { createVirtualDocuments } from './commands/virtual-documents.ts';
import { createDataView } from './data/data-view.ts';
import { registerLenses } from './editor/code-lens.ts';
import { createEngines } from './engine/engines.ts';
import { createWindowServices } from './engine/window-services.ts';
import { registerRunFileEditor } from './exported/run-file-editor.ts';
import { startLanguageSupportLazily, type LanguageSupport } from './language/start.ts';
import { createModelsView } from './models/models-view.ts';
import { createNotebooks } from './notebook/notebooks.ts';
import { createPages } from './pages/pages.ts';
import { createPoliciesView } from './policies/policies-view.ts';
import { showPolicyProblems } from './policies/policy-problems.ts';
import { createPromptsView } from './prompts/prompts-view.ts';
import { createRegistryBook } from './registry/registry-book.ts';
import { createRegistryView } from './registry/registry-view.ts';
import { notifyOfEnds } from './runs/notify.ts';
import { createRunBook } from './runs/run-book.ts';
import { createRunsView } from './runs/runs-view.ts';
import { rememberUnfinished } from './runs/unfinished.ts';
import { registerScorecardEditor } from './scorecard/scorecard-editor.ts';
import { onEngineSettingsChanged } from './settings.ts';
import { createStatusBar } from './status-bar.ts';
import { createPolicyTests } from './testing/policy-tests.ts';
import { createTestExplorer } from './testing/test-explorer.ts';
import { registerShowMore } from './trees/tree-row.ts';

let language: LanguageSupport | undefined;

/**
 * Puts the extension together. Nothing heavy happens here: the engine process starts with the first question to it,
 * the language server with the first of our documents.
 */
export function activate(extension: vscode.ExtensionContext): void {
  const startedAt = performance.now();
  useTranslator(vscode.l10n.t);
  const output = vscode.window.createOutputChannel('AI Workbench', { log: true });
  const script = vscode.Uri.joinPath(extension.extensionUri, 'dist', 'aiwb.mjs').fsPath;

  const services = createWindowServices(extension);
  const engines = createEngines({ script, log: output, services });
  const book = createRunBook(engines, output);
  const registry = createRegistryBook(engines, output);
  const tell = (error: unknown): void => void showFailure(output, error);
  const webviews = { extensionUri: extension.extensionUri, log: output, tell };
  const pages = createPages({ ...webviews, engines, book, registry });
  const scorecards = registerScorecardEditor(webviews);
  const runs = createRunsView(book, engines, tell);
  const versions = createRegistryView(registry, extension.workspaceState, output);
  const models = createModelsView(engines, book, registry);
  const library = { datasets: createDataView(engines), prompts: createPromptsView(engines) };
  const notebooks = createNotebooks({ engines, book, log: output, extensionId: extension.extension.id, tell });
  const documents = createVirtualDocuments();
  language = startLanguageSupportLazily(script, output);
  const commands: CommandContext = {
    extension,
    output,
    engines,
    book,
    registry,
    pages,
    scorecards,
    documents,
    library,
    notebooks,
    script,
    drafts: services.drafts,
    selectedRuns: () => runs.selection,
    stoppedAfter: runs.stoppedAfter,
    selectedModels: () => models.selection,
    selectedVersions: () => versions.selection,
  };

  extension.subscriptions.push(
    output,
    engines,
    book,
    registry,
    pages,
    runs,
    versions,
    documents,
    language,
    models,
    library.datasets,
    library.prompts,
    createPoliciesView(engines),
    showPolicyProblems(engines, output),
    registerShowMore(),
    createStatusBar(book),
    createTestExplorer({ engines, book, log: output }),
    createPolicyTests(engines),
    notebooks,
    registerLenses({ engines, book, registry, language, secrets: extension.secrets, log: output }),
    scorecards,
    registerRunFileEditor(webviews),
    notifyOfEnds(book),
    rememberUnfinished(book, extension.workspaceState),
    registerAgentTools({ engines, log: output }),
    registerMcpServers(extension, script),
    registerDemoReviewer(commands),
    registerIngestCommand(commands),
    ...registerRunCommands(commands),
    ...registerTuningCommands(commands),
    ...registerPromptCommands(commands),
    ...registerRegistryCommands(commands),
    ...registerCardCommands(commands),
    ...registerVersionCommands(commands),
    ...registerPublishCommands(commands),
    ...registerFrameworkCommands(commands),
    ...registerAnswerCommands(commands),
    ...registerScanCommands(commands),
    ...registerGovernanceCommands(commands),
    ...registerDocumentCommands(commands),
    ...registerPolicyCommands(commands),
    ...registerWaiverCommands(commands),
    ...registerReleaseCommands(commands),
    ...registerStepBackCommands(commands),
    ...registerOrphanCommands(commands),
    ...registerScorecardCommands(commands),
    registerCompareScorecards(commands),
    ...registerExportCommands(commands),
    ...registerExportedCommands(commands),
    ...registerNotebookCommands(commands),
    ...registerModelCommands(commands),
    ...registerConnectionCommands(commands),
    ...registerImportCommands(commands),
    ...registerTuningDataCommands(commands),
    ...registerLibraryCommands(commands),
    ...registerCompareCommands(commands),
    ...registerSampleCommands(commands),
    ...registerFileCommands(commands),
    ...registerCellCommands(commands),
    ...registerSupportCommands(commands),
    onEngineSettingsChanged(() => applySettings(commands)),
  );
  output.info(vscode.l10n.t('Activated in {0} ms.', (performance.now() - startedAt).toFixed(1)));
}

/** Processes that run are started anew with the changed settings; others read them when they start. */
function applySettings({ engines, output }: CommandContext): void {
  for (const engine of engines.all()) {
    if (engine.state.kind === 'idle') continue;
    engine.restart().catch((error: unknown) => output.debug(String(error)));
  }
  void language?.restart();
}

export async function deactivate(): Promise<void> {
  await language?.stop();
}
