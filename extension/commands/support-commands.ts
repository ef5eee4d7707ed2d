import os from 'node:os';
import * as vscode from 'vscode';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Engine } from '../engine/engine.ts';
import { describeSettings } from '../settings.ts';
import { registerCommand, type CommandContext } from './context.ts';

export function registerSupportCommands(context: CommandContext): vscode.Disposable[] {
  return [
    registerCommand(context, 'aiwb.showOutput', () => context.output.show()),
    registerCommand(context, 'aiwb.restartEngine', () => restartEngines(context)),
    registerCommand(context, 'aiwb.collectDiagnostics', () => collectDiagnostics(context)),
  ];
}

async function restartEngines(context: CommandContext): Promise<void> {
  await Promise.allSettled(context.engines.all().map(engine => engine.restart()));
  await Promise.all([context.book.load(true), context.registry.load(true)]);
  await vscode.commands.executeCommand('aiwb.refreshModels');
}

/** Facts for a fault report in an untitled file, for the user to read before they pass it on. */
async function collectDiagnostics(context: CommandContext): Promise<void> {
  const sections = [hostFacts(context).join('\n')];
  for (const engine of context.engines.all()) sections.push(await engineFacts(engine));
  const document = await vscode.workspace.openTextDocument({
    language: 'plaintext',
    content: `${sections.join('\n\n')}\n`,
  });
  await vscode.window.showTextDocument(document);
}

function hostFacts(context: CommandContext): string[] {
  const { version } = context.extension.extension.packageJSON as { version: string };
  return [
    `AI Workbench ${version}`,
    `${vscode.env.appName} ${vscode.version}, ${vscode.env.uiKind === vscode.UIKind.Web ? 'web' : 'desktop'}, remote: ${vscode.env.remoteName ?? 'none'}`,
    `Host Node ${process.versions.node}, ${os.platform()} ${os.release()} ${os.arch()}`,
    `Workspace trusted: ${String(vscode.workspace.isTrusted)}, folders: ${(vscode.workspace.workspaceFolders ?? []).length}`,
    `Runs known: ${context.book.entries().length} (${context.book.state.kind})`,
    ...describeSettings(),
  ];
}

async function engineFacts(engine: Engine): Promise<string> {
  try {
    return (await engine.request('diagnostics/collect', {})).text;
  } catch (error) {
    return `Engine process: ${describeFailure(toFailure(error))}`;
  }
}
