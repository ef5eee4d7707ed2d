import path from 'node:path';
import * as vscode from 'vscode';
import { createThrottle } from '../base/throttle.ts';
import type { RegistryBook } from '../registry/registry-book.ts';
import { describeAssessment } from '../registry/words.ts';
import { describeRun } from '../runs/format.ts';
import type { RunBook, RunEntry } from '../runs/run-book.ts';
import { isEnded } from '../runs/states.ts';
import { lastAssessment } from './last-assessment.ts';
import { assessTarget, topLevelScalar } from './policy-text.ts';

/** A lens that changes more often than it can be read, or than VS Code asks for it, may stay on an old text. */
const refreshMs = 1000;
/** VS Code drops a change that comes while it still asks for lenses; a run's last one is therefore told twice, this much later. */
const settleMs = 3000;

/**
 * *Run benchmark | Dry run | Last: 82.1 % accuracy · 2 min ago* above every benchmark, *Train | …* above every tuning job and
 * *Assess ticket-triage@candidate | Last: gate passed …* above every policy.
 */
export function registerLenses(book: RunBook, registry: RegistryBook): vscode.Disposable {
  return vscode.Disposable.from(
    registerRunLenses(book, 'aiwb-bench', uri => ({
      title: `$(play) ${vscode.l10n.t('Run benchmark')}`,
      command: 'aiwb.runBenchmark',
      arguments: [uri],
    })),
    registerRunLenses(book, 'aiwb-tune', uri => ({
      title: `$(play) ${vscode.l10n.t('Train')}`,
      command: 'aiwb.train',
      arguments: [uri],
    })),
    registerPolicyLenses(registry),
  );
}

function registerRunLenses(
  book: RunBook,
  language: string,
  start: (uri: vscode.Uri) => vscode.Command,
): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  const refresh = createThrottle<'lenses', undefined>(refreshMs, () => changed.fire());
  const settle = createThrottle<'lenses', undefined>(settleMs, () => changed.fire());
  return vscode.Disposable.from(
    changed,
    refresh,
    settle,
    registerProvider(language, changed.event, ({ uri }) => {
      // The answer comes with the book's reset event; lenses do not wait for the engine process.
      void book.load();
      return [start(uri), ...runLenses(uri, lastRun(book, uri))];
    }),
    book.onReset(() => changed.fire()),
    book.onRunsChanged(changes => {
      refresh.push('lenses', undefined);
      if (!changes.some(({ entry }) => isEnded(entry.run.state))) return;
      settle.push('lenses', undefined);
      settle.push('lenses', undefined);
    }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
  );
}

function registerPolicyLenses(registry: RegistryBook): vscode.Disposable {
  const changed = new vscode.EventEmitter<void>();
  return vscode.Disposable.from(
    changed,
    registerProvider('aiwb-policy', changed.event, document => {
      void registry.load();
      const text = document.getText();
      const assess = policyLens(document.uri, assessTarget(text));
      const last = lastAssessment(registry.versions(), topLevelScalar(text, 'id'));
      if (last === undefined) return [assess];
      const title = vscode.l10n.t(
        'Last: {0}',
        `${last.model}@${last.version} · ${describeAssessment(last, Date.now())}`,
      );
      return [assess, { title, command: 'aiwb.openScorecard', arguments: [last.id] }];
    }),
    registry.onChanged(() => changed.fire()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => changed.fire()),
  );
}

function policyLens(uri: vscode.Uri, target: string | undefined): vscode.Command {
  const title = target === undefined ? vscode.l10n.t('Assess a version…') : vscode.l10n.t('Assess {0}', target);
  return { title: `$(checklist) ${title}`, command: 'aiwb.assessPolicy', arguments: [uri] };
}

/** Lenses above a document's first line of content; none in Restricted Mode. */
function registerProvider(
  language: string,
  onDidChangeCodeLenses: vscode.Event<void>,
  commandsOf: (document: vscode.TextDocument) => vscode.Command[],
): vscode.Disposable {
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses,
    provideCodeLenses(document) {
      if (!vscode.workspace.isTrusted) return [];
      const range = document.lineAt(firstContentLine(document)).range;
      return commandsOf(document).map(command => new vscode.CodeLens(range, command));
    },
  };
  return vscode.languages.registerCodeLensProvider({ language, scheme: 'file' }, provider);
}

function runLenses(uri: vscode.Uri, last: RunEntry | undefined): vscode.Command[] {
  const commands: vscode.Command[] = [{ title: vscode.l10n.t('Dry run'), command: 'aiwb.dryRun', arguments: [uri] }];
  if (last === undefined) return commands;
  const text = describeRun(last.run, Date.now());
  const title = isEnded(last.run.state) ? vscode.l10n.t('Last: {0}', text) : `$(sync~spin) ${text}`;
  commands.push({ title, command: 'aiwb.openRun', arguments: [last.run.id] });
  if (!isEnded(last.run.state)) {
    commands.push({ title: vscode.l10n.t('Cancel'), command: 'aiwb.cancelRun', arguments: [last.run.id] });
  }
  return commands;
}

/** The newest run of a file that is not archived. */
function lastRun(book: RunBook, uri: vscode.Uri): RunEntry | undefined {
  const file = uri.fsPath;
  return book.entries().find(entry => !entry.run.archived && path.join(entry.folder, entry.run.file) === file);
}

function firstContentLine(document: vscode.TextDocument): number {
  for (let line = 0; line < Math.min(document.lineCount, 50); line++) {
    if (/^\w/.test(document.lineAt(line).text)) return line;
  }
  return 0;
}
