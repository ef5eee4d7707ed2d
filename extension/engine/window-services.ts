import * as vscode from 'vscode';
import type { ProgramRequest, SecretRequest, SecretResponse } from '../../schemas/generated/messages.ts';
import { createLender, type Lender } from '../lent/lender.ts';
import { createDraftSecrets, type DraftSecrets } from './draft-secrets.ts';
import { createProgramConsent } from './program-consent.ts';
import { createSecretDesk } from './secret-desk.ts';
import { createSecretResolver } from './secrets.ts';

/** What engine processes ask of this window. */
export interface WindowServices {
  resolveSecret(request: SecretRequest): Promise<SecretResponse>;
  /** @param folder the workspace folder whose files name the programs. */
  allowPrograms(folder: string, request: ProgramRequest): Promise<boolean>;
  readonly lender: Lender;
  /** Keys of connections that are being made. */
  readonly drafts: DraftSecrets;
}

export function createWindowServices(extension: vscode.ExtensionContext): WindowServices {
  const drafts = createDraftSecrets();
  return {
    drafts,
    resolveSecret: createSecretResolver(createSecretDesk(extension), drafts),
    allowPrograms: createProgramConsent({
      memory: extension.workspaceState,
      isTrusted: () => vscode.workspace.isTrusted,
      async confirm(question, detail, verb = vscode.l10n.t('Allow')) {
        return (await vscode.window.showWarningMessage(question, { modal: true, detail }, verb)) === verb;
      },
    }),
    lender: createLender(extension),
  };
}
