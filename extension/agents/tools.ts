import * as vscode from 'vscode';
import type { AgentRunInput, AgentToolName } from '../../schemas/generated/messages.ts';
import { describeFailure, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import type { Engine } from '../engine/engine.ts';
import type { Engines } from '../engine/engines.ts';
import { createAgreements, type Agreements } from './agreements.ts';
import { chooseFolder } from './choose-folder.ts';
import {
  confirmAssessment,
  confirmCancel,
  confirmRun,
  confirmUnestimated,
  progressOf,
  type Confirmation,
  type ShownInput,
} from './confirmations.ts';

/** The tools of package.json; the engine has their descriptions and does their work. */
const names = [
  'aiwb_assess',
  'aiwb_cancel',
  'aiwb_dry_run',
  'aiwb_list',
  'aiwb_results',
  'aiwb_run',
  'aiwb_validate',
] as const satisfies readonly AgentToolName[];

/** What every tool takes beside its own input, which the engine process checks: which of several folders is meant. */
interface FolderInput extends ShownInput {
  readonly folder?: string;
  readonly [field: string]: unknown;
}

interface ToolParts {
  readonly engines: Engines;
  readonly log: Log;
}

/** Offers the workbench to agents in this window. An engine process starts with the first call. */
export function registerAgentTools(parts: ToolParts): vscode.Disposable {
  return vscode.Disposable.from(...names.map(name => vscode.lm.registerTool(name, createTool(name, parts))));
}

function createTool(name: AgentToolName, { engines, log }: ToolParts): vscode.LanguageModelTool<FolderInput> {
  const agreements = createAgreements();
  return {
    async prepareInvocation({ input }, token) {
      const confirmation = await confirm(name, input, engines, agreements, token);
      return {
        invocationMessage: new vscode.MarkdownString(progressOf(name, input)),
        ...(confirmation === undefined
          ? {}
          : {
              confirmationMessages: {
                title: confirmation.title,
                message: new vscode.MarkdownString(confirmation.message),
              },
            }),
      };
    },
    async invoke({ input }, token) {
      try {
        const { engine, rest } = openCall(input, engines);
        const agreed = agreements.take(input);
        const call = { tool: name, input: rest, ...(agreed === undefined ? {} : { agreed }) };
        const { text } = await withSignal(token, signal => engine.request('agents/call', call, signal));
        return new vscode.LanguageModelToolResult([new vscode.LanguageModelTextPart(text)]);
      } catch (error) {
        const failure = toFailure(error);
        if (failure.code === 'cancelled') throw new vscode.CancellationError();
        log.warn(`${name}: ${describeFailure(failure)}`);
        throw new Error(describeFailure(failure), { cause: error });
      }
    },
  };
}

/** What the person is asked first; nothing where a tool only looks. */
async function confirm(
  name: AgentToolName,
  input: FolderInput,
  engines: Engines,
  agreements: Agreements,
  token: vscode.CancellationToken,
): Promise<Confirmation | undefined> {
  if (name === 'aiwb_assess') return confirmAssessment(input);
  if (name === 'aiwb_cancel') return confirmCancel(input);
  if (name !== 'aiwb_run') return undefined;
  try {
    const { engine, rest } = openCall(input, engines);
    const wanted = rest as unknown as AgentRunInput;
    const { estimate, agreed } = await withSignal(token, signal => engine.request('agents/estimate', wanted, signal));
    agreements.remember(input, agreed);
    return confirmRun(input, estimate);
  } catch (error) {
    const failure = toFailure(error);
    if (failure.code === 'cancelled') throw new vscode.CancellationError();
    return confirmUnestimated(input, failure);
  }
}

function openCall(
  { folder, ...rest }: FolderInput,
  engines: Engines,
): { readonly engine: Engine; readonly rest: Record<string, unknown> } {
  const folders = (vscode.workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ name, uri }) => ({ name, path: uri.fsPath }));
  const { path } = chooseFolder(folders, folder);
  return { engine: engines.of(vscode.Uri.file(path)), rest };
}

async function withSignal<T>(token: vscode.CancellationToken, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  if (token.isCancellationRequested) controller.abort();
  const listener = token.onCancellationRequested(() => controller.abort());
  try {
    return await work(controller.signal);
  } finally {
    listener.dispose();
  }
}
