// For the in-host tests: a language model of its own that answers every message with the same word, and an agent that calls the tool it is told to.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as vscode from 'vscode';

export function activate({ subscriptions }) {
  const model = {
    id: 'echo-1',
    name: 'Echo',
    family: 'echo',
    version: '1.0',
    maxInputTokens: 10_000,
    maxOutputTokens: 1_000,
    capabilities: {},
  };
  subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('test-lender', {
      provideLanguageModelChatInformation: () => [model],
      provideTokenCount: async (_model, text) => String(text).length,
      async provideLanguageModelChatResponse(_model, _messages, _options, progress) {
        progress.report(new vscode.LanguageModelTextPart('bill'));
        progress.report(new vscode.LanguageModelTextPart('ing'));
      },
    }),
    vscode.commands.registerCommand('test-lender.callTool', callTool),
  );
}

/** Calls the tool that the person types, as `{"tool": NAME, "input": {…}}`; the answer goes into tool-answer.json. */
async function callTool() {
  const call = await vscode.window.showInputBox({ prompt: 'Tool and input', ignoreFocusOut: true });
  const { tool, input } = JSON.parse(call ?? '{}');
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const write = answer => writeFile(path.join(folder.uri.fsPath, 'tool-answer.json'), JSON.stringify(answer));
  try {
    const { content } = await vscode.lm.invokeTool(tool, { input, toolInvocationToken: undefined });
    await write({ text: content.map(({ value }) => value).join('') });
  } catch (error) {
    await write({ error: `${error.name}: ${error.message}` });
  }
}
