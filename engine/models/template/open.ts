import type { Opener } from '../connect-context.ts';
import { openHttpModel } from '../http/open.ts';
import { createTemplateProtocol, type HttpTemplate } from './protocol.ts';

export const openHttp: Opener<HttpTemplate> = (connection, context, signal) => {
  const { keyHeader } = connection;
  return openHttpModel(
    connection,
    context,
    {
      protocolFor: endpoint => createTemplateProtocol(endpoint, connection),
      field: 'url',
      // The templates are filled for each row and sent with it.
      headers: {},
      ...(keyHeader === undefined ? {} : { authorise: (key: string) => ({ [keyHeader.toLowerCase()]: key }) }),
    },
    signal,
  );
};
