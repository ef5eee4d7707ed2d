import type {
  ProgramRequest,
  ProgramResponse,
  SecretRequest,
  SecretResponse,
} from '../../schemas/generated/messages.ts';
import type { Secrets } from '../../engine/ports/secrets.ts';
import { programNotAllowed } from '../../platform/processes/programs.ts';
import { createHostSecrets } from './host-secrets.ts';

/** What an editor's window lets runs use. */
export interface HostAccess {
  readonly secrets: Secrets;
  /** Asks the person about the programs a run would start. Throws `program-not-allowed`. */
  allowPrograms(commands: readonly (readonly string[])[], signal: AbortSignal): Promise<void>;
}

/** How the window is asked. */
export interface AskHost {
  secret(request: SecretRequest): Promise<SecretResponse>;
  programs(request: ProgramRequest): Promise<ProgramResponse>;
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
  };
}
