import * as vscode from 'vscode';
import type { CommandContext } from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';
import { consentKey } from '../engine/secrets.ts';
import { createSecretDesk } from '../engine/secret-desk.ts';
import { connectSteps } from './connect-steps.ts';
import { connectionOf, credentialOf, originOf, type Draft } from './draft.ts';
import { engineFor } from './choose-engine.ts';
import { createEngineDesk } from './engine-desk.ts';
import { runFlow } from './flow.ts';
import { quickAsker } from './quick-asker.ts';
import { deleteKey, savedKeyNames, saveKey } from './saved-keys.ts';
import { suggestName } from './words.ts';
import { addConnections } from './write-connections.ts';

/**
 * Asks for a connection, tries it, and writes it into workbench.yaml as one step that can be undone. Until then nothing is kept anywhere:
 * giving up leaves neither a key nor a consent behind. Returns the connection's name, or nothing where the person gave up.
 */
export async function connectModel(context: CommandContext, given: unknown): Promise<string | undefined> {
  const engine = await engineFor(context, given, {
    untrusted: vscode.l10n.t('Models are not asked in Restricted Mode.'),
    noFolder: vscode.l10n.t(
      'A connection is written into workbench.yaml of a folder. Open the one your benchmarks are in.',
    ),
    which: vscode.l10n.t('Folder Whose workbench.yaml Gets the Connection'),
  });
  if (engine === undefined) return undefined;
  const { extension, book, drafts } = context;
  const desk = await createEngineDesk({ engine, book, drafts, extension });
  const draft = await runFlow<Draft>({}, connectSteps(quickAsker, desk));
  return draft === undefined ? undefined : await write(draft, engine, context);
}

async function write(draft: Draft, engine: Engine, { extension }: CommandContext): Promise<string | undefined> {
  const { name = 'model', key } = draft;
  const secret = suggestName(isOwnService(draft) ? (draft.provider?.provider ?? name) : name, savedKeyNames(extension));
  if (key?.kind === 'typed') await saveKey(extension, secret, key.value);
  try {
    const [added] = await addConnections(engine, [JSON.stringify({ [name]: connectionOf(draft, secret) })]);
    await rememberConsent(draft, secret, extension);
    return added;
  } catch (error) {
    if (key?.kind === 'typed') await deleteKey(extension, secret);
    throw error;
  }
}

/** A key of the provider's own service is called like it; others like their connection. */
function isOwnService({ provider, address }: Draft): boolean {
  return provider?.address?.default !== undefined && (address ?? provider.address.default) === provider.address.default;
}

/** Its person named the credential and the address together, so the run that uses them need not ask. */
async function rememberConsent(draft: Draft, secret: string, extension: vscode.ExtensionContext): Promise<void> {
  const credential = credentialOf(draft, secret);
  const origin = originOf(draft);
  if (credential === undefined || origin === undefined) return;
  await createSecretDesk(extension).saveConsent(consentKey(credential, origin));
}
