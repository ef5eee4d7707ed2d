// A language model of its own for the in-host tests: it answers every message with the same word.
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
  );
}
