import type { ServerCapabilities } from 'vscode-languageserver';
import type { ClientFeatures, ServerContext } from './context.ts';

/** One feature of the protocol: what the server offers a client, and how it answers. */
export interface Feature {
  readonly capabilities: (client: ClientFeatures) => ServerCapabilities;
  readonly register: (context: ServerContext) => void;
}
