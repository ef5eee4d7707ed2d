import * as vscode from 'vscode';
import { toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engines } from '../engine/engines.ts';
import type { RegistryBook } from '../registry/registry-book.ts';
import { describeAssessment } from '../registry/words.ts';
import { createRefresh, registerTopLenses } from './lens-provider.ts';
import { createPolicyHistory } from './policy-history.ts';
import type { AssessmentSummary } from '../../schemas/generated/messages.ts';
import { topLevelKeys, topLevelScalar } from '../../schemas/cells.ts';
import { assessTarget } from './policy-text.ts';

export interface PolicyLensParts {
  readonly engines: Engines;
  readonly registry: RegistryBook;
  readonly log: Log;
}

/** *Assess ticket-triage@candidate | Run Policy Tests | Last: ticket-triage@3 · gate passed …* above every policy. */
export function registerPolicyLenses({ engines, registry, log }: PolicyLensParts): vscode.Disposable {
  const refresh = createRefresh();
  const history = createPolicyHistory(
    () => refresh.now(),
    error => log.warn(toFailure(error).message),
  );
  return vscode.Disposable.from(
    refresh,
    registerTopLenses({ language: 'aiwb-policy', scheme: 'file' }, refresh, document => {
      const text = document.getText();
      const assess = assessLens(document.uri, assessTarget(text));
      const folder = vscode.workspace.getWorkspaceFolder(document.uri)?.uri.fsPath;
      const engine = folder === undefined ? undefined : engines.at(folder);
      const known = engine === undefined ? undefined : history.find(engine, topLevelScalar(text, 'id'));
      return [
        assess,
        ...(topLevelKeys(text).has('tests') ? [testLens(document.uri)] : []),
        ...(known?.approval?.state === 'draft' ? [approveLens(document.uri)] : []),
        ...(known?.last === undefined ? [] : [lastLens(known.last)]),
      ];
    }),
    registry.onContentChanged(() => {
      history.expire();
      refresh.now();
    }),
  );
}

function assessLens(uri: vscode.Uri, target: string | undefined): vscode.Command {
  const title = target === undefined ? vscode.l10n.t('Assess a version…') : vscode.l10n.t('Assess {0}', target);
  return { title: `$(checklist) ${title}`, command: 'aiwb.assessPolicy', arguments: [uri] };
}

function testLens(uri: vscode.Uri): vscode.Command {
  return { title: `$(beaker) ${vscode.l10n.t('Run Policy Tests')}`, command: 'aiwb.runPolicyTests', arguments: [uri] };
}

function approveLens(uri: vscode.Uri): vscode.Command {
  const title = `$(warning) ${vscode.l10n.t('Draft, not approved: approve…')}`;
  return { title, command: 'aiwb.approvePolicy', arguments: [uri] };
}

function lastLens(last: AssessmentSummary): vscode.Command {
  const title = vscode.l10n.t('Last: {0}', `${last.model}@${last.version} · ${describeAssessment(last, Date.now())}`);
  return { title, command: 'aiwb.openScorecard', arguments: [last.id] };
}
