import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { engineOf, type CommandContext } from '../commands/context.ts';
import type { Engine } from '../engine/engine.ts';
import { describeAnswer, plain } from './words.ts';

interface Named {
  readonly engine: Engine;
  readonly name: string;
}

/** Asks a connection of workbench.yaml one small question and tells what came of it. */
export async function testConnection(context: CommandContext, given: unknown): Promise<void> {
  const chosen = named(context, given) ?? (await pickConnection(context));
  if (chosen === undefined) return;
  const { engine, name } = chosen;
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Asking {0} one small question', name),
    cancellable: true,
  };
  const { answer, failure } = await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await engine.request('connections/test', { name }, controller.signal);
  });
  if (failure !== undefined) throw new FailureError(failure);
  if (answer === undefined) return;
  const took = describeAnswer(answer);
  const said = answer.output === '' ? '' : ` ${vscode.l10n.t('“{0}”', plain(answer.output).slice(0, 200))}`;
  void vscode.window.showInformationMessage(
    `${took === '' ? vscode.l10n.t('{0} works.', name) : vscode.l10n.t('{0} works: {1}.', name, took)}${said}`,
  );
}

function named(context: CommandContext, given: unknown): Named | undefined {
  if (typeof given !== 'object' || given === null || !('folder' in given) || !('model' in given)) return undefined;
  const { folder, model } = given as { folder: unknown; model: { kind?: unknown; name?: unknown } };
  if (typeof folder !== 'string' || model.kind !== 'connection' || typeof model.name !== 'string') return undefined;
  return { engine: engineOf(context, { folder }), name: model.name };
}

async function pickConnection({ engines }: CommandContext): Promise<Named | undefined> {
  const lists = await Promise.all(
    engines.all().map(async engine => {
      const { models, failure } = await engine.request('models/list', {});
      if (failure !== undefined) throw new FailureError(failure);
      return models
        .filter(({ kind }) => kind === 'connection')
        .map(({ name, description }) => ({ label: name, description, engine }));
    }),
  );
  const choices = lists.flat();
  if (choices.length === 0) {
    throw new FailureError({
      code: 'model-unknown',
      message: vscode.l10n.t('There is no connection in workbench.yaml yet.'),
      remedy: vscode.l10n.t('Run "AI Workbench: Connect a Model".'),
    });
  }
  const chosen = await vscode.window.showQuickPick(choices, { title: vscode.l10n.t('Choose a Connection to Test') });
  return chosen === undefined ? undefined : { engine: chosen.engine, name: chosen.label };
}
