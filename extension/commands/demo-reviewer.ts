import * as vscode from 'vscode';
import { FailureError } from '../base/failure.ts';
import { nodeSearch } from '../engine/engines.ts';
import { findNode } from '../engine/node-program.ts';
import { registerCommand, type CommandContext } from './context.ts';

/** An identity of nobody, for trying out what needs a second person. */
const reviewer = { name: 'Robin Reviewer', email: 'robin@reviewer.example' };
const version = 'ticket-triage@candidate';

/**
 * The walkthrough's second person: approves the sample's candidate on the command line, in a terminal whose git identity is a
 * made-up reviewer's. It shows the separation of duties, and that a self-asserted identity proves nothing.
 */
export function registerDemoReviewer(context: CommandContext): vscode.Disposable {
  return registerCommand(context, 'aiwb.approveAsDemoReviewer', () => approveAsDemoReviewer(context));
}

async function approveAsDemoReviewer({ script }: CommandContext): Promise<void> {
  const folder = vscode.workspace.workspaceFolders?.[0];
  if (folder === undefined || !vscode.workspace.isTrusted) {
    throw new FailureError({
      code: 'usage',
      message: vscode.l10n.t('There is no sample workspace open, or it is not trusted.'),
      remedy: vscode.l10n.t('Run "AI Workbench: Open Sample Workspace" first.'),
    });
  }
  const program = await findNode(nodeSearch());
  // A task's terminal takes program and arguments as they are, whatever shell is the default, and stays to be read.
  const execution = new vscode.ProcessExecution(program.path, [script, 'registry', 'approve', version], {
    cwd: folder.uri.fsPath,
    env: { ...program.env, GIT_AUTHOR_NAME: reviewer.name, GIT_AUTHOR_EMAIL: reviewer.email },
  });
  const title = vscode.l10n.t('Approve as {0}', reviewer.name);
  const task = new vscode.Task({ type: 'aiwb', step: 'approve' }, folder, title, 'AI Workbench', execution, []);
  task.presentationOptions = {
    reveal: vscode.TaskRevealKind.Always,
    panel: vscode.TaskPanelKind.Dedicated,
    echo: true,
    focus: false,
  };
  await vscode.tasks.executeTask(task);
}
