import * as vscode from 'vscode';
import type { DetectedServers } from '../../schemas/generated/messages.ts';
import { FailureError } from '../base/failure.ts';
import { connectModel } from '../connect/connect-model.ts';
import { testConnection } from '../connect/test-connection.ts';
import { addConnections } from '../connect/write-connections.ts';
import type { Engine } from '../engine/engine.ts';
import type { ModelNode } from '../models/models-tree.ts';
import { engineOf, registerCommand, type CommandContext } from './context.ts';

/** Commands that put connections into workbench.yaml. */
export function registerConnectionCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.connectModel', (given: unknown) => connectModel(context, given)),
    registerCommand(context, 'aiwb.testConnection', (given: unknown) => testConnection(context, given)),
    registerCommand(context, 'aiwb.detectServers', (...given: unknown[]) => detectServers(context, given)),
    registerCommand(context, 'aiwb.addLentConnection', (given: unknown) => addLentConnection(context, given)),
  ];
}

interface ServerChoice extends vscode.QuickPickItem {
  readonly yaml: string;
}

/** @param given `{all: true}` takes every model that is found, for callers that have nobody to ask. */
async function detectServers(context: CommandContext, [given]: readonly unknown[]): Promise<string[]> {
  const engine = firstEngine(context);
  const progress = {
    location: vscode.ProgressLocation.Notification,
    title: vscode.l10n.t('Looking for model servers on this machine'),
    cancellable: true,
  };
  const { servers } = await vscode.window.withProgress(progress, async (_, token) => {
    const controller = new AbortController();
    token.onCancellationRequested(() => controller.abort());
    return await engine.request('connections/detect', {}, controller.signal);
  });
  const choices = servers.flatMap(choicesOf);
  if (choices.length === 0) {
    void vscode.window.showInformationMessage(
      servers.length === 0
        ? vscode.l10n.t(
            'No model server answers on this machine. Start Ollama, LM Studio, llama.cpp or vLLM, then look again.',
          )
        : vscode.l10n.t('{0} runs here and has no model yet.', servers.map(({ title }) => title).join(', ')),
    );
    return [];
  }
  const chosen = takesAll(given)
    ? choices
    : await vscode.window.showQuickPick(choices, {
        title: vscode.l10n.t('Models to Add to workbench.yaml'),
        canPickMany: true,
        matchOnDetail: true,
      });
  return chosen === undefined || chosen.length === 0
    ? []
    : await addConnections(
        engine,
        chosen.map(({ yaml }) => yaml),
      );
}

function choicesOf({ title, baseUrl, connections }: DetectedServers['servers'][number]): ServerChoice[] {
  return connections.map(({ name, model, yaml }) => ({
    label: model,
    description: title,
    detail: vscode.l10n.t('{0}, as the connection {1}', baseUrl, name),
    picked: connections.length === 1,
    yaml,
  }));
}

function takesAll(given: unknown): boolean {
  return typeof given === 'object' && given !== null && 'all' in given && given.all === true;
}

/** A connection for one of the models that VS Code lends. */
async function addLentConnection(context: CommandContext, given: unknown): Promise<string[]> {
  const node = given as Partial<ModelNode> | undefined;
  const [vendor, ...rest] = node?.model?.kind === 'lent' ? (node.model.model ?? '').split('/') : [];
  const family = rest.join('/');
  if (vendor === undefined || family === '') {
    throw new FailureError({ code: 'usage', message: vscode.l10n.t('Choose a model that VS Code lends first.') });
  }
  const engine = node?.folder === undefined ? firstEngine(context) : engineOf(context, { folder: node.folder });
  const name = family.replace(/[^A-Za-z0-9_-]+/g, '-').replace(/^[^A-Za-z]+/, '') || 'lent';
  const yaml = JSON.stringify({ [name]: { provider: 'vscode-lm', vendor, family } });
  return await addConnections(engine, [yaml]);
}

function firstEngine({ engines }: CommandContext): Engine {
  const [engine] = engines.all();
  if (engine !== undefined) return engine;
  throw new FailureError({
    code: 'usage',
    message: vscode.l10n.t('No trusted folder is open.'),
    remedy: vscode.l10n.t('Open the folder whose benchmarks should use the models.'),
  });
}
