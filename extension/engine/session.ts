import { spawn, type ChildProcess } from 'node:child_process';
import {
  CancellationTokenSource,
  createMessageConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type {
  LentConsent,
  LentQuestion,
  LentRun,
  OpenWorkspace,
  ProgramRequest,
  RunsChanged,
  RunSummary,
  SecretRequest,
} from '../../schemas/generated/messages.ts';
import { createEmitter, type Nothing } from '../base/emitter.ts';
import { FailureError, toFailure } from '../base/failure.ts';
import type { Log } from '../base/log.ts';
import { t } from '../base/translate.ts';
import type { EngineMethod, EngineSession, Parameters, Result } from './engine.ts';
import type { NodeProgram } from './node-program.ts';
import type { WindowServices } from './window-services.ts';

/** How long the process may take to end by itself once its input is closed. */
const graceMs = 3_000;

export interface SessionParts {
  readonly program: NodeProgram;
  /** Absolute path of `aiwb.mjs`. */
  readonly script: string;
  readonly open: OpenWorkspace;
  readonly log: Log;
  readonly services: WindowServices;
}

/** Starts `aiwb serve --stdio` and opens the folder on it. Throws a FailureError when either fails. */
export async function startSession(parts: SessionParts): Promise<EngineSession> {
  const child = spawn(parts.program.path, [parts.script, 'serve', '--stdio'], {
    cwd: parts.open.folder,
    env: { ...process.env, ...parts.program.env },
    stdio: ['pipe', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const ended = watchEnd(child, parts.log);
  const connection = createMessageConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  const runsChanged = createEmitter<RunSummary[]>();
  const registryChanged = createEmitter<Nothing>();
  connection.onNotification('runs/changed', (changed: RunsChanged) => runsChanged.fire(changed.runs));
  connection.onNotification('registry/changed', () => registryChanged.fire(undefined));
  serveWindow(connection, parts);
  connection.onError(([error]) => parts.log.warn(error.message));
  child.stdin.on('error', error => parts.log.debug(error.message));
  connection.listen();

  const request = createRequester(connection, ended);
  const dispose = (): void => {
    connection.dispose();
    runsChanged.dispose();
    registryChanged.dispose();
    endProcess(child);
  };
  try {
    const opened = await request('workspace/open', parts.open);
    parts.log.info(`aiwb ${opened.workbench}, Node ${opened.node}, SQLite ${opened.sqlite}, ${opened.store}`);
    return {
      opened,
      onRunsChanged: runsChanged.event,
      onRegistryChanged: registryChanged.event,
      ended,
      request,
      dispose,
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** Answers what the engine process asks of its window. */
function serveWindow(connection: MessageConnection, { services, open }: SessionParts): void {
  const { lender } = services;
  connection.onRequest('secret/resolve', (request: SecretRequest) => services.resolveSecret(request));
  connection.onRequest('programs/allow', async (request: ProgramRequest) => ({
    allowed: await services.allowPrograms(open.folder, request),
  }));
  connection.onRequest('lm/answer', (question: LentQuestion, token: CancellationToken) =>
    lender.answer(question, token),
  );
  connection.onRequest('lm/consent', async (request: LentConsent) => ({ allowed: await lender.consent(request) }));
  connection.onRequest('lm/list', () => lender.list());
  connection.onNotification('lm/consented', ({ runId }: LentRun) => lender.consented(runId));
}

function createRequester(connection: MessageConnection, ended: Promise<string>): EngineSession['request'] {
  let goneBecause: string | undefined;
  const gone = ended.then(reason => {
    goneBecause = reason;
    throw new FailureError({ code: 'internal', message: reason });
  });
  gone.catch(() => undefined);
  return async <M extends EngineMethod>(method: M, parameters: Parameters<M>, signal?: AbortSignal) => {
    if (goneBecause !== undefined) throw new FailureError({ code: 'internal', message: goneBecause });
    const cancellation = new CancellationTokenSource();
    const cancel = (): void => cancellation.cancel();
    signal?.addEventListener('abort', cancel, { once: true });
    try {
      const answer = connection.sendRequest<Result<M>>(method, parameters, cancellation.token);
      return await Promise.race([answer, gone]);
    } catch (error) {
      throw error instanceof FailureError ? error : new FailureError(toFailure(error), error);
    } finally {
      signal?.removeEventListener('abort', cancel);
      cancellation.dispose();
    }
  };
}

/** Resolves once the process is gone. Its stderr goes to the log; the last line explains an early end. */
function watchEnd(child: ChildProcess, log: Log): Promise<string> {
  let lastLine = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    for (const line of text.split(/\r?\n/).filter(line => line.trim() !== '')) {
      lastLine = line.trim();
      log.info(`[aiwb] ${line}`);
    }
  });
  return new Promise(resolve => {
    child.on('error', error => resolve(t('The engine process could not be started: {0}.', error.message)));
    child.on('close', (code, signal) => {
      const how = signal === null ? t('exit code {0}', code ?? 0) : t('signal {0}', signal);
      resolve(t('The engine process ended ({0}). {1}', how, lastLine).trim());
    });
  });
}

/** Closing its input asks the process to end; one that does not is killed. Runs are processes of their own and go on. */
function endProcess(child: ChildProcess): void {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  child.stdin?.end();
  const timer = setTimeout(() => child.kill('SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}
