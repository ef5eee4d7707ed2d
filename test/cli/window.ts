import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createMessageConnection,
  ErrorCodes,
  ResponseError,
  StreamMessageReader,
  StreamMessageWriter,
  type CancellationToken,
  type MessageConnection,
} from 'vscode-jsonrpc/node';
import type {
  Failure,
  LentConsent,
  LentModel,
  LentQuestion,
  LentReply,
  LentRun,
  ProgramRequest,
  RunsChanged,
  RunSummary,
  SecretRequest,
  SecretResponse,
} from '../../schemas/generated/messages.ts';
import type { EngineRequests } from '../../schemas/methods.ts';
import { root } from './aiwb.ts';

/** A window's side of the engine process. */
export class Window {
  readonly child: ChildProcess;
  readonly changes: RunSummary[] = [];
  readonly secrets: SecretRequest[] = [];
  readonly programs: ProgramRequest[] = [];
  /** Undefined: this window does not know the question. */
  allowsPrograms: boolean | undefined;
  readonly questions: LentQuestion[] = [];
  readonly consents: LentConsent[] = [];
  readonly consented: LentRun[] = [];
  lent: LentModel[] = [];
  /** Whether its person agrees to lend. */
  allow = true;
  /** How this window's models answer. */
  answerQuestion: (question: LentQuestion, token: CancellationToken) => LentReply | Promise<LentReply> = () => ({
    text: 'billing',
    model: 'fake/echo 1',
  });
  answerSecret: (request: SecretRequest) => SecretResponse = () => ({ allowed: false });
  readonly #connection: MessageConnection;

  constructor(env: NodeJS.ProcessEnv = {}) {
    this.child = spawn(process.execPath, [path.join(root, 'dist/aiwb.mjs'), 'serve', '--stdio'], {
      env: { ...process.env, ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#connection = createMessageConnection(
      new StreamMessageReader(this.child.stdout!),
      new StreamMessageWriter(this.child.stdin!),
    );
    this.#connection.onNotification('runs/changed', ({ runs }: RunsChanged) => void this.changes.push(...runs));
    this.#connection.onRequest('secret/resolve', (request: SecretRequest) => {
      this.secrets.push(request);
      return this.answerSecret(request);
    });
    this.#connection.onRequest('programs/allow', (request: ProgramRequest) => {
      this.programs.push(request);
      return this.allowsPrograms === undefined
        ? new ResponseError(ErrorCodes.MethodNotFound, 'What?')
        : { allowed: this.allowsPrograms };
    });
    this.#connection.onRequest('lm/list', () => ({ models: this.lent }));
    this.#connection.onRequest('lm/consent', (request: LentConsent) => {
      this.consents.push(request);
      return { allowed: this.allow };
    });
    this.#connection.onNotification('lm/consented', (run: LentRun) => void this.consented.push(run));
    this.#connection.onRequest('lm/answer', (question: LentQuestion, token: CancellationToken) => {
      this.questions.push(question);
      return this.answerQuestion(question, token);
    });
    this.#connection.listen();
  }

  request<M extends keyof EngineRequests>(method: M, parameters: EngineRequests[M][0]): Promise<EngineRequests[M][1]> {
    return this.#connection.sendRequest(method, parameters);
  }

  open(folder: string) {
    return this.request('workspace/open', { folder, network: {} });
  }

  async fail(method: keyof EngineRequests, parameters: unknown): Promise<Failure> {
    try {
      await this.#connection.sendRequest(method, parameters);
    } catch (error) {
      assert.ok(error instanceof ResponseError);
      return error.data as Failure;
    }
    assert.fail(`${method} should have failed`);
  }

  async waitFor(runId: string, accept: (run: RunSummary) => boolean): Promise<RunSummary> {
    for (let tries = 0; tries < 600; tries += 1) {
      const found = this.changes.findLast(run => run.id === runId);
      if (found !== undefined && accept(found)) return found;
      await wait(25);
    }
    assert.fail(`Run ${runId} was not told: ${JSON.stringify(this.changes.at(-1))}`);
  }

  /** Ends at once, as a crash does. */
  kill(): void {
    this.#connection.dispose();
    this.child.kill('SIGKILL');
  }

  close(): void {
    this.#connection.dispose();
    this.child.kill();
  }
}

/** Whether a run has ended. */
export const ended = (run: RunSummary): boolean => run.endedAt !== undefined;
