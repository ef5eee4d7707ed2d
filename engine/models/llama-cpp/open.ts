import type { Connection } from '../../../schemas/generated/files.ts';
import type { Opener } from '../connect-context.ts';
import { openHttpModel } from '../http/open.ts';
import { createCompletionProtocol } from './completion.ts';

type LlamaCpp = Extract<Connection, { provider: 'llama-cpp' }>;

export const openLlamaCpp: Opener<LlamaCpp> = (connection, context, signal) =>
  openHttpModel(connection, context, { protocolFor: createCompletionProtocol }, signal);
