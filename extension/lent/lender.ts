import * as vscode from 'vscode';
import type { LentConsent, LentModels, LentQuestion, LentReply } from '../../schemas/generated/messages.ts';

import { createLentConsents } from './consent.ts';
import { noSuchModel, toLentFailure } from './failures.ts';

/** VS Code's own language models, as the engine process borrows them. */
export interface Lender {
  /** Never rejects: what goes wrong is in the reply. */
  answer(question: LentQuestion, token: vscode.CancellationToken): Promise<LentReply>;
  consent(request: LentConsent): Promise<boolean>;
  /** Remembers the run that was agreed to last. */
  consented(runId: string): void;
  list(): Promise<LentModels>;
}

export function createLender({ workspaceState }: vscode.ExtensionContext): Lender {
  const consents = createLentConsents(workspaceState, async (question, detail) => {
    const allow = vscode.l10n.t('Lend');
    return (await vscode.window.showWarningMessage(question, { modal: true, detail }, allow)) === allow;
  });
  return {
    answer,
    consent: request => consents.ask(request),
    consented: runId => consents.agreed(runId),
    async list() {
      const models = await vscode.lm.selectChatModels();
      return { models: models.map(({ vendor, family, name, version }) => ({ vendor, family, name, version })) };
    },
  };
}

async function answer(question: LentQuestion, token: vscode.CancellationToken): Promise<LentReply> {
  const { validateLentQuestion } = await import('../../schemas/generated/validators.js');
  if (!validateLentQuestion(question)) {
    return { failure: { class: 'malformed', message: vscode.l10n.t('The question is not valid.'), permanent: true } };
  }
  const { run, request } = question;
  const { family, vendor } = request;
  try {
    const [model] = await vscode.lm.selectChatModels({ family, ...(vendor === undefined ? {} : { vendor }) });
    if (model === undefined) return { failure: noSuchModel(vendor, family) };
    const response = await model.sendRequest(request.messages.map(toMessage), optionsOf(question, run), token);
    let text = '';
    for await (const part of response.text) text += part;
    return { text, model: `${model.vendor}/${model.id} ${model.version}`.trim() };
  } catch (error) {
    return { failure: toLentFailure(error, family) };
  }
}

function toMessage({ role, text }: LentQuestion['request']['messages'][number]): vscode.LanguageModelChatMessage {
  return role === 'user' ? vscode.LanguageModelChatMessage.User(text) : vscode.LanguageModelChatMessage.Assistant(text);
}

/** Parameters go by the names most models take; VS Code passes them on, and not every model heeds them. */
function optionsOf({ request }: LentQuestion, run: string): vscode.LanguageModelChatRequestOptions {
  const { temperature, topP, maxTokens, seed, stop } = request.parameters;
  const modelOptions = {
    ...(temperature === undefined ? {} : { temperature }),
    ...(topP === undefined ? {} : { top_p: topP }),
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(seed === undefined ? {} : { seed }),
    ...(stop === undefined ? {} : { stop }),
  };
  return { justification: vscode.l10n.t('The benchmark {0} asks this model its rows.', run), modelOptions };
}
