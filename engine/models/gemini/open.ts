import type { Connection } from '../../../schemas/generated/files.ts';
import type { Opener } from '../connect-context.ts';
import { openHttpModel } from '../http/open.ts';
import { createGenerateProtocol } from './generate.ts';

type Gemini = Extract<Connection, { provider: 'gemini' }>;

/** A key goes in a header of its own, never into the address; a token is a bearer's. */
export const openGemini: Opener<Gemini> = (connection, context, signal) =>
  openHttpModel(
    connection,
    context,
    {
      protocolFor: createGenerateProtocol,
      ...(connection.auth === undefined ? { authorise: (key: string) => ({ 'x-goog-api-key': key }) } : {}),
    },
    signal,
  );
