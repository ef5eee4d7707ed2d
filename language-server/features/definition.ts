import type { Definition, DefinitionParams, LocationLink } from 'vscode-languageserver';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { findMentions } from '../names/at-position.ts';
import { findDeclarations } from '../names/declarations.ts';

/** From a name to where it is declared, from a path to its file, from a column or a template's variable to the dataset. */
export const definition: Feature = {
  capabilities: () => ({ definitionProvider: true, declarationProvider: true }),
  register: registerDefinition,
};

function registerDefinition(context: ServerContext): void {
  const { connection, documents, names } = context;

  async function define(
    { textDocument, position }: DefinitionParams,
    signal: AbortSignal,
  ): Promise<Definition | LocationLink[] | undefined> {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return undefined;
    const mentions = await names.mentions(document);
    for (const mention of await findMentions(context, document, position)) {
      const found = await findDeclarations(context, document.uri, mentions, mention, signal);
      const [first] = found;
      if (first === undefined) continue;
      if (!context.client.definitionLinks) return found.length === 1 ? first : [...found];
      return found.map(({ uri, range }) => ({
        targetUri: uri,
        targetRange: range,
        targetSelectionRange: range,
        originSelectionRange: mention.range,
      }));
    }
    return undefined;
  }

  connection.onDefinition((params, token) => define(params, signalOf(token)));
  connection.onDeclaration((params, token) => define(params, signalOf(token)));
}
