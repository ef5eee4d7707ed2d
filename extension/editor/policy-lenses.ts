import * as vscode from 'vscode';
import type { RegistryBook } from '../registry/registry-book.ts';
import { describeAssessment } from '../registry/words.ts';
import { lastAssessment } from './last-assessment.ts';
import { createRefresh, registerTopLenses } from './lens-provider.ts';
import { topLevelScalar } from '../../schemas/cells.ts';
import { assessTarget } from './policy-text.ts';

/** *Assess ticket-triage@candidate | Last: ticket-triage@3 · gate passed …* above every policy. */
export function registerPolicyLenses(registry: RegistryBook): vscode.Disposable {
  const refresh = createRefresh();
  return vscode.Disposable.from(
    refresh,
    registerTopLenses({ language: 'aiwb-policy', scheme: 'file' }, refresh, document => {
      void registry.load();
      const text = document.getText();
      const assess = assessLens(document.uri, assessTarget(text));
      const last = lastAssessment(registry.versions(), topLevelScalar(text, 'id'));
      if (last === undefined) return [assess];
      const title = vscode.l10n.t(
        'Last: {0}',
        `${last.model}@${last.version} · ${describeAssessment(last, Date.now())}`,
      );
      return [assess, { title, command: 'aiwb.openScorecard', arguments: [last.id] }];
    }),
    registry.onChanged(() => refresh.now()),
  );
}

function assessLens(uri: vscode.Uri, target: string | undefined): vscode.Command {
  const title = target === undefined ? vscode.l10n.t('Assess a version…') : vscode.l10n.t('Assess {0}', target);
  return { title: `$(checklist) ${title}`, command: 'aiwb.assessPolicy', arguments: [uri] };
}
