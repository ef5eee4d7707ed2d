import { ErrorCodes, ResponseError } from 'vscode-jsonrpc/node';
import type {
  Installation,
  LentConsent,
  LentConsentGiven,
  LentModel,
  LentQuestion,
  LentRun,
  LentUse,
  ProgramRequest,
  ProgramResponse,
  SecretRequest,
  SecretResponse,
} from '../../schemas/generated/messages.ts';
import { validateLentModels } from '../../schemas/generated/validators.js';
import type { Secrets } from '../../engine/ports/secrets.ts';
import { programNotAllowed } from '../../platform/processes/programs.ts';
import { createHostSecrets } from './host-secrets.ts';
import { lendingNotAllowed } from './lent-consent.ts';

/** What an editor's window lets runs use. */
export interface HostAccess {
  readonly secrets: Secrets;
  /** Asks the person about the programs a run would start. Throws `program-not-allowed`. */
  allowPrograms(commands: readonly (readonly string[])[], signal: AbortSignal): Promise<void>;
  /** Asks the person whether what training needs may be fetched and installed. */
  allowInstall(install: Installation, signal: AbortSignal): Promise<boolean>;
  /** Asks the person whether a run that is about to start may use VS Code's own models. Throws `model-unknown` where it may not. */
  lend(run: string, uses: readonly LentUse[], signal: AbortSignal): Promise<void>;
  /** Tells the id of the run that was agreed to last. */
  lendTo(runId: string): void;
  /** Models that VS Code would lend now; none where the window knows of no such thing. */
  listLent(): Promise<readonly LentModel[]>;
  /** Has one of them answer, for what is no run. What comes back is not checked. */
  answerLent(question: LentQuestion, signal: AbortSignal): Promise<unknown>;
}

/** How the window is asked. */
export interface AskHost {
  secret(request: SecretRequest): Promise<SecretResponse>;
  programs(request: ProgramRequest): Promise<ProgramResponse>;
  consent(request: LentConsent): Promise<LentConsentGiven>;
  consented(run: LentRun): void;
  lent(): Promise<unknown>;
  answer(question: LentQuestion, signal: AbortSignal): Promise<unknown>;
}

export function createHostAccess(ask: AskHost): HostAccess {
  return {
    secrets: createHostSecrets(request => ask.secret(request)),
    async allowPrograms(commands, signal) {
      const [first] = commands;
      if (first === undefined) return;
      const { allowed } = await ask.programs({ commands: commands.map(command => [...command]) });
      signal.throwIfAborted();
      if (!allowed) throw programNotAllowed(first);
    },
    async allowInstall(install, signal) {
      const { allowed } = await ask.programs({ commands: [], install });
      signal.throwIfAborted();
      return allowed;
    },
    async lend(run, uses, signal) {
      if (uses.length === 0) return;
      const { allowed } = await ask.consent({ run, models: [...uses] });
      signal.throwIfAborted();
      if (!allowed) throw lendingNotAllowed(uses);
    },
    lendTo: runId => {
      ask.consented({ runId });
    },
    async listLent() {
      const reply = await ask.lent().catch((error: unknown) => {
        if (error instanceof ResponseError && error.code === (ErrorCodes.MethodNotFound as number)) return undefined;
        throw error;
      });
      return validateLentModels(reply) ? reply.models : [];
    },
    answerLent: (question, signal) => ask.answer(question, signal),
  };
}
