import process from 'node:process';
import * as vscode from 'vscode';
import type { CommandContext } from '../commands/context.ts';
import { engineFor } from './choose-engine.ts';
import { runFlow } from './flow.ts';
import { quickAsker } from './quick-asker.ts';
import { declarationOf, registrySteps, type RegistryDraft } from './registry-steps.ts';
import { addToWorkbench } from './write-connections.ts';

/**
 * Asks for a registry and writes it into workbench.yaml as one step that can be undone. Returns its name, or nothing where the person
 * gave up.
 */
export async function addRegistry(context: CommandContext, given: unknown): Promise<string | undefined> {
  const engine = await engineFor(context, given, {
    untrusted: vscode.l10n.t('Registries are not asked in Restricted Mode.'),
    noFolder: vscode.l10n.t(
      'A registry is written into workbench.yaml of a folder. Open the one your benchmarks are in.',
    ),
    which: vscode.l10n.t('Folder Whose workbench.yaml Gets the Registry'),
  });
  if (engine === undefined) return undefined;
  const { registries } = await engine.request('registries/list', {});
  const desk = {
    taken: registries.map(({ name }) => name),
    isSet: (variable: string) => process.env[variable] !== undefined,
  };
  const draft = await runFlow<RegistryDraft>({}, registrySteps(quickAsker, desk));
  if (draft === undefined) return undefined;
  const { name = 'shared' } = draft;
  const [added] = await addToWorkbench(engine, [JSON.stringify({ [name]: declarationOf(draft) })], 'registries');
  await context.registry.load(true);
  void vscode.window.showInformationMessage(
    vscode.l10n.t('Added the registry {0}: open it up in the Registry view to read it.', added ?? name),
  );
  return added;
}
