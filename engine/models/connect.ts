import type { Connection } from '../../schemas/generated/files.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { ConnectContext, Opener } from './connect-context.ts';
import type { Model } from './model.ts';
import { openAnthropic } from './anthropic/open.ts';
import { openCommand } from './command/open.ts';
import { openGemini } from './gemini/open.ts';
import { openLlamaCpp } from './llama-cpp/open.ts';
import { openOllama } from './ollama/open.ts';
import { openAzureOpenAi, openOpenAi } from './openai/open.ts';
import { openReplay } from './replay/open.ts';
import { openHttp } from './template/open.ts';

type Provider = Connection['provider'];
type Of<P extends Provider> = Extract<Connection, { provider: P }>;

/** How connections of each provider are opened. */
const openers: { readonly [P in Provider]?: Opener<Of<P>> } = {
  openai: openOpenAi,
  'azure-openai': openAzureOpenAi,
  anthropic: openAnthropic,
  gemini: openGemini,
  ollama: openOllama,
  'llama-cpp': openLlamaCpp,
  http: openHttp,
  command: openCommand,
  replay: openReplay,
};

/** Opens a connection as a model. Sends nothing yet, but may fetch a token. Throws `origin-not-allowed`, `secret-…`, `tls-invalid`. */
export async function openConnection(
  connection: Connection,
  context: ConnectContext,
  signal: AbortSignal,
): Promise<Model> {
  const open = openers[connection.provider] as Opener<Connection> | undefined;
  if (open !== undefined) return open(connection, context, signal);
  throw new WorkbenchError('model-unknown', `${context.name} cannot be asked here.`, {
    remedy: `Its provider, ${connection.provider}, is not at hand where this run was started.`,
  });
}
