import path from 'node:path';
import * as vscode from 'vscode';
import type { PolicyProblem } from '../../schemas/generated/messages.ts';
import { followChanges } from '../base/follow-changes.ts';
import { toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import { onPolicyProblemsChanged, showsPolicyProblems } from '../settings.ts';
import { followEngines } from '../trees/follow-engines.ts';

/**
 * Controls that did not come out compliant in the newest assessment, as problems of the policy files that state them. They go when a newer
 * assessment passes them. What an engine knows is asked once it runs; none is started for it.
 */
export function showPolicyProblems(engines: Engines, log: Log): vscode.Disposable {
  const collection = vscode.languages.createDiagnosticCollection('aiwb-policies');
  const shown = new Map<Engine, readonly vscode.Uri[]>();
  const asking = new Map<Engine, AbortController>();

  function clear(engine: Engine): void {
    asking.get(engine)?.abort();
    asking.delete(engine);
    for (const uri of shown.get(engine) ?? []) collection.delete(uri);
    shown.delete(engine);
  }

  async function show(engine: Engine): Promise<void> {
    if (engine.state.kind !== 'ready') return;
    asking.get(engine)?.abort();
    const controller = new AbortController();
    asking.set(engine, controller);
    const { problems } = await engine.request('policies/problems', {}, controller.signal);
    // The answer to an earlier question may come after a later one was asked.
    if (controller.signal.aborted) return;
    clear(engine);
    const files = Map.groupBy(problems, problem => problem.path);
    for (const [file, found] of files)
      collection.set(vscode.Uri.file(path.resolve(engine.folder, file)), found.map(toDiagnostic));
    shown.set(
      engine,
      [...files.keys()].map(file => vscode.Uri.file(path.resolve(engine.folder, file))),
    );
  }

  function refresh(engine: Engine): void {
    if (!showsPolicyProblems()) clear(engine);
    else show(engine).catch((error: unknown) => tell(error));
  }
  const tell = (error: unknown): void => {
    const failure = toFailure(error);
    if (failure.code !== 'cancelled') log.warn(failure.message);
  };
  const refreshAll = (): void => engines.all().forEach(refresh);

  // Lines move when a policy is saved.
  const watcher = vscode.workspace.createFileSystemWatcher('**/*.policy.{yaml,yml}');
  return vscode.Disposable.from(
    collection,
    watcher,
    watcher.onDidChange(refreshAll),
    watcher.onDidCreate(refreshAll),
    watcher.onDidDelete(refreshAll),
    onPolicyProblemsChanged(refreshAll),
    followEngines(engines, engine => {
      refresh(engine);
      const changes = [
        engine.onStateChanged(({ kind }) => {
          if (kind === 'ready') refresh(engine);
        }),
        followChanges(engine.onRegistryChanged, () => refresh(engine)),
      ];
      return {
        dispose() {
          for (const change of changes) change.dispose();
          clear(engine);
        },
      };
    }),
  );
}

function toDiagnostic({ line, message, control, severity, assessmentId }: PolicyProblem): vscode.Diagnostic {
  const place = new vscode.Range(line - 1, 0, line - 1, Number.MAX_SAFE_INTEGER);
  const level = severity === 'warning' ? vscode.DiagnosticSeverity.Warning : vscode.DiagnosticSeverity.Information;
  const diagnostic = new vscode.Diagnostic(place, message, level);
  diagnostic.source = 'AI Workbench';
  const scorecard = vscode.Uri.parse(
    `command:aiwb.openScorecard?${encodeURIComponent(JSON.stringify([assessmentId]))}`,
  );
  diagnostic.code = { value: control, target: scorecard };
  return diagnostic;
}
