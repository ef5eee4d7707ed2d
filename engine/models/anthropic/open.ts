import type { Connection } from '../../../schemas/generated/files.ts';
import type { Opener } from '../connect-context.ts';
import { openHttpModel } from '../http/open.ts';
import { createMessagesProtocol } from './messages.ts';

type Anthropic = Extract<Connection, { provider: 'anthropic' }>;

export const openAnthropic: Opener<Anthropic> = (connection, context, signal) =>
  openHttpModel(
    connection,
    context,
    { protocolFor: createMessagesProtocol, authorise: key => ({ 'x-api-key': key }) },
    signal,
  );
