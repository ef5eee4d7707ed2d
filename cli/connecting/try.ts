import pc from 'picocolors';
import type { Connection } from '../../schemas/generated/files.ts';
import type {
  ConnectionAnswer,
  FailureClass,
  ListedModels,
  TestedConnection,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError, type ErrorCode } from '../../engine/base/errors.ts';
import type { RecordedRuns } from '../../engine/models/connect-context.ts';
import { listModels } from '../../engine/models/connecting/list-models.ts';
import { describeFailure, tryConnection } from '../../engine/models/connecting/try-connection.ts';
import type { LentDesk } from '../../engine/ports/lent.ts';
import type { Workspace } from '../../engine/workspace/workspace.ts';
import { checkPrograms, createTerminalAccess, type AccessOptions } from '../access.ts';
import { createRunPorts, openStoreToRead, storeFolderOf, type Host } from '../composition.ts';
import { terminalWidth } from '../output.ts';

/** What trying a connection needs beside it. */
export interface TryContext {
  readonly host: Host;
  readonly workspace: Workspace;
  readonly access: AccessOptions;
  /** `--store`. */
  readonly store: string | undefined;
}

/** Asks a connection one small question from a terminal. Throws what is wrong with it, for people. */
export async function tryFromTerminal(
  name: string,
  connection: Connection,
  context: TryContext,
  signal: AbortSignal,
): Promise<ConnectionAnswer> {
  const { host, workspace } = context;
  const access = createTerminalAccess(context.access);
  if (connection.provider === 'command') checkPrograms([connection.command], access);
  const store =
    connection.provider === 'replay' ? await openStoreToRead(host, storeFolderOf(workspace, context.store)) : undefined;
  try {
    const ports = await createRunPorts(host, workspace, access, {}, signal);
    const tried = { name, folder: workspace.folder, ports, runs: store ?? noRuns, lent: noWindow(name) };
    return answerOf(await tryConnection(connection, tried, signal));
  } finally {
    await store?.close();
  }
}

/** The models an endpoint lists, from a terminal. Throws what is wrong with it, for people. */
export async function listFromTerminal(
  name: string,
  connection: Connection,
  { host, workspace, access }: TryContext,
  signal: AbortSignal,
): Promise<ListedModels> {
  const ports = await createRunPorts(host, workspace, createTerminalAccess(access), {}, signal);
  try {
    return await listModels(connection, name, ports, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof WorkbenchError) throw error;
    return answerlessOf(describeFailure(error, name));
  }
}

function answerOf({ answer, failure }: TestedConnection): ConnectionAnswer {
  return answer ?? answerlessOf(failure ?? { code: 'internal', message: 'Nothing came back.' });
}

const classes: readonly FailureClass[] = [
  ...(['rate-limit', 'server', 'network', 'timeout', 'refused', 'malformed', 'client', 'model'] as const),
];

function answerlessOf({ code, message, remedy }: NonNullable<TestedConnection['failure']>): never {
  const isOfEndpoint = classes.some(each => each === code);
  throw new WorkbenchError(isOfEndpoint ? 'endpoint-unreachable' : (code as ErrorCode), message, {
    ...(remedy === undefined ? {} : { remedy }),
  });
}

const noRuns: RecordedRuns = {
  getRun: id => Promise.reject(new WorkbenchError('run-not-found', `There is no run ${id} here.`)),
  readSamples: id => {
    throw new WorkbenchError('run-not-found', `There is no run ${id} here.`);
  },
};

/** A terminal lends no models. */
export function noWindow(name: string): LentDesk {
  return {
    ask: () =>
      Promise.reject(
        new WorkbenchError('window-missing', `${name} is one of VS Code's own models, which only VS Code can ask.`, {
          remedy: 'Test it there: "AI Workbench: Test Connection".',
        }),
      ),
    read: () => Promise.resolve([]),
    withdraw: () => Promise.resolve(),
  };
}

/** What a test brought, on a line or two. What the model said is foreign: it is shown on one line and without control characters. */
export function describeAnswer(name: string, answer: ConnectionAnswer): string {
  const { latencyMs, firstTokenMs, inputTokens, outputTokens, estimatedTokens, cost, fingerprint, dimensions } = answer;
  const about = estimatedTokens === true ? 'about ' : '';
  const facts = [
    ...(latencyMs === undefined ? [] : [`${String(Math.round(latencyMs))} ms`]),
    ...(firstTokenMs === undefined ? [] : [`first token after ${String(Math.round(firstTokenMs))} ms`]),
    ...(inputTokens === undefined ? [] : [`${about}${String(inputTokens)} tokens in`]),
    ...(outputTokens === undefined ? [] : [`${about}${String(outputTokens)} out`]),
    ...(dimensions === undefined ? [] : [`a vector of ${String(dimensions)} numbers`]),
    ...(cost === undefined ? [] : [`${cost.toPrecision(3)} USD`]),
    ...(fingerprint === undefined ? [] : [`by ${oneLine(fingerprint)}`]),
  ];
  const head = `${pc.bold(name)} works${facts.length === 0 ? '' : `: ${facts.join(', ')}`}.`;
  return answer.output === '' ? head : `${head}\n  ${oneLine(answer.output)}`;
}

function oneLine(text: string): string {
  const line = text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const room = Math.max(40, terminalWidth() - 4);
  return line.length > room ? `${line.slice(0, room - 1)}…` : line;
}
