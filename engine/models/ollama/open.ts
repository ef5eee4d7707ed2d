import type { Connection } from '../../../schemas/generated/files.ts';
import type { Opener } from '../connect-context.ts';
import { openHttpModel } from '../http/open.ts';
import { createOllamaProtocol } from './chat.ts';

type Ollama = Extract<Connection, { provider: 'ollama' }>;

export const openOllama: Opener<Ollama> = (connection, context, signal) =>
  openHttpModel(
    connection,
    context,
    { protocolFor: (endpoint, defaults) => createOllamaProtocol(endpoint, defaults, connection.contextLength) },
    signal,
  );
