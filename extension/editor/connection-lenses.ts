import process from 'node:process';
import * as vscode from 'vscode';
import { secretStorageKey } from '../engine/secret-desk.ts';
import type { LanguageSupport } from '../language/start.ts';
import { connectionPlaces, type KeySource } from './connections-text.ts';
import { createRefresh } from './lens-provider.ts';
import { followUsers } from './prompt-lenses.ts';
import { findUsers, usersLens } from './users.ts';

/** Its title is asked for when it comes into view. */
class UsersLens extends vscode.CodeLens {
  readonly uri: vscode.Uri;

  constructor(uri: vscode.Uri, range: vscode.Range) {
    super(range);
    this.uri = uri;
  }
}

/** *Set key…* or *Key set*, and *Used by 2 benchmarks*, above every connection of workbench.yaml. */
export function registerConnectionLenses(secrets: vscode.SecretStorage, language: LanguageSupport): vscode.Disposable {
  const refresh = createRefresh();
  const provider: vscode.CodeLensProvider = {
    onDidChangeCodeLenses: refresh.event,
    async provideCodeLenses(document) {
      if (!vscode.workspace.isTrusted) return [];
      const lenses: vscode.CodeLens[] = [];
      for (const { name, line, character, key } of connectionPlaces(document.getText())) {
        const range = new vscode.Range(line, character, line, character + name.length);
        if (key !== undefined) lenses.push(new vscode.CodeLens(range, await keyLens(key, secrets)));
        if (language.isReady) lenses.push(new UsersLens(document.uri, range));
      }
      return lenses;
    },
    async resolveCodeLens(lens) {
      if (!(lens instanceof UsersLens)) return lens;
      const { uri, range } = lens;
      lens.command = usersLens(uri, range.start, await findUsers(uri, range.start));
      return lens;
    },
  };
  return vscode.Disposable.from(
    refresh,
    vscode.languages.registerCodeLensProvider({ language: 'aiwb-workbench', scheme: 'file' }, provider),
    followUsers(refresh, language),
    secrets.onDidChange(() => refresh.now()),
    vscode.workspace.onDidGrantWorkspaceTrust(() => refresh.now()),
  );
}

async function keyLens({ kind, name }: KeySource, secrets: vscode.SecretStorage): Promise<vscode.Command> {
  if (kind === 'env') {
    const isSet = (process.env[name] ?? '') !== '';
    const title = isSet
      ? `$(key) ${vscode.l10n.t('Key in {0}', name)}`
      : `$(warning) ${vscode.l10n.t('{0} is not set', name)}`;
    return { title, command: '' };
  }
  const isSaved = (await secrets.get(secretStorageKey(name))) !== undefined;
  const title = isSaved ? vscode.l10n.t('Key set') : vscode.l10n.t('Set key…');
  return { title: `$(key) ${title}`, command: 'aiwb.setApiKey', arguments: [name] };
}
