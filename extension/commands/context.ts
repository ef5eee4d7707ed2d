import * as vscode from 'vscode';
import type { DatasetEntry, PromptEntry } from '../../schemas/generated/messages.ts';
import type { Engine } from '../engine/engine.ts';
import type { DraftSecrets } from '../engine/draft-secrets.ts';
import type { Engines } from '../engine/engines.ts';
import type { Kernel } from '../notebook/controller.ts';
import type { Pages } from '../pages/pages.ts';
import type { RegistryBook } from '../registry/registry-book.ts';
import type { RunBook } from '../runs/run-book.ts';
import type { StoppedSearches } from '../runs/stopped-searches.ts';
import type { ScorecardEditors } from '../scorecard/scorecard-editor.ts';
import type { ListView } from '../trees/list-view.ts';
import { showFailure } from './show-failure.ts';
import type { VirtualDocuments } from './virtual-documents.ts';

/** What commands work with. */
export interface CommandContext {
  readonly extension: vscode.ExtensionContext;
  readonly output: vscode.LogOutputChannel;
  readonly engines: Engines;
  readonly book: RunBook;
  readonly registry: RegistryBook;
  readonly pages: Pages;
  readonly scorecards: ScorecardEditors;
  readonly documents: VirtualDocuments;
  readonly notebooks: Kernel;
  readonly library: Library;
  /** Absolute path of `aiwb.mjs`. */
  readonly script: string;
  /** Keys of connections that are being made. */
  readonly drafts: DraftSecrets;
  /** Selected rows of the Runs view. */
  selectedRuns(): readonly unknown[];
  /** The search that stopped after a run, before its next trial; absent for any other run. */
  readonly stoppedAfter: StoppedSearches['after'];
  /** Selected rows of the Models view. */
  selectedModels(): readonly unknown[];
  /** Selected rows of the Registry view. */
  selectedVersions(): readonly unknown[];
}

/** What the workspace's files hold, as the views list it. */
export interface Library {
  readonly datasets: Pick<ListView<DatasetEntry>, 'entries' | 'selection'>;
  readonly prompts: Pick<ListView<PromptEntry>, 'entries' | 'selection'>;
}

/** Registers a command whose failures are shown with what to do about them; a cancelled one ends quietly. */
export function registerCommand(
  { output }: CommandContext,
  id: string,
  run: (...values: unknown[]) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...values: unknown[]) => {
    try {
      return await run(...values);
    } catch (error) {
      // Not awaited: a command ends when its work does, not when its notification is read.
      void showFailure(output, error);
      return undefined;
    }
  });
}

/** The engine that knows a run, a model or a file of a folder, which may have been removed since it was listed. */
export function engineOf(context: CommandContext, { folder }: { readonly folder: string }): Engine {
  return context.engines.at(folder) ?? context.engines.of(vscode.Uri.file(folder));
}

/** Views pass the clicked row and then all selected rows, which include it. */
export function rowsOf(given: readonly unknown[]): readonly unknown[] {
  const [row, selected] = given;
  if (Array.isArray(selected) && selected.length > 0) return [selected];
  return row === undefined ? [] : [row];
}
