import * as vscode from 'vscode';
import type { Credential } from './draft-secrets.ts';
import type { SecretDesk } from './secrets.ts';

const consentsKey = 'aiwb.consents';

/** Where a named secret lies in VS Code's secret storage. */
export function secretStorageKey(name: string): string {
  return `aiwb.secret.${name}`;
}

/** Secrets in SecretStorage, consents (names only) in the user's global state, questions as modal dialogs. */
export function createSecretDesk(context: vscode.ExtensionContext): SecretDesk {
  const consents = (): string[] => context.globalState.get<string[]>(consentsKey, []);
  return {
    read: async name => await context.secrets.get(secretStorageKey(name)),
    async askValue(name, origin) {
      const value = await askForKey(name, vscode.l10n.t('It is sent to {0} only.', origin));
      if (value !== undefined) await context.secrets.store(secretStorageKey(name), value);
      return value;
    },
    async askConsent(credential, origin) {
      const allow = vscode.l10n.t('Allow');
      const answer = await vscode.window.showWarningMessage(
        describeUse(credential, origin),
        {
          modal: true,
          detail: vscode.l10n.t(
            'This workspace chose both. Allow it if you trust {0} with this key. You are asked once for each key and address.',
            origin,
          ),
        },
        allow,
      );
      return answer === allow;
    },
    async askDataConsent(served, origin) {
      const allow = vscode.l10n.t('Allow');
      const answer = await vscode.window.showWarningMessage(
        vscode.l10n.t('Send prompts and rows of data to {0}?', origin),
        {
          modal: true,
          detail: vscode.l10n.t(
            'Its registry says that {0} is served there. No key is sent. Whoever may write into that registry chose the address: allow it if you trust {1} with this data. You are asked once for each address.',
            served,
            origin,
          ),
        },
        allow,
      );
      return answer === allow;
    },
    hasConsent: key => consents().includes(key),
    saveConsent: async key => await context.globalState.update(consentsKey, [...new Set([...consents(), key])]),
  };
}

/** Asks for a key without showing it; absent when dismissed or empty. */
export async function askForKey(name: string, detail: string): Promise<string | undefined> {
  const value = await vscode.window.showInputBox({
    title: vscode.l10n.t('API key "{0}"', name),
    prompt: vscode.l10n.t("Kept in VS Code's secret storage, never in a file. {0}", detail),
    password: true,
    ignoreFocusOut: true,
  });
  const trimmed = value?.trim();
  return trimmed === '' ? undefined : trimmed;
}

function describeUse(credential: Credential, origin: string): string {
  switch (credential.kind) {
    case 'secret':
      return vscode.l10n.t('Send the saved key "{0}" to {1}?', credential.name, origin);
    case 'env':
      return vscode.l10n.t('Send the key in the environment variable {0} to {1}?', credential.name, origin);
    case 'command':
      return vscode.l10n.t('Run "{0}" and send the key it prints to {1}?', credential.name, origin);
    case 'identity':
      return vscode.l10n.t(
        'Send a token of your {0} account to {1}?',
        credential.name === 'entra' ? 'Microsoft Entra' : 'Google',
        origin,
      );
  }
}
