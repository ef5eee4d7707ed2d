import type { DocumentLink } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { factsQuietly } from '../names/quiet-files.ts';
import { uriOfPath } from '../uris.ts';

/** Paths open their files. */
export const documentLinks: Feature = {
  capabilities: () => ({ documentLinkProvider: {} }),
  register: registerDocumentLinks,
};

function registerDocumentLinks({ connection, documents, names, ports: { files } }: ServerContext): void {
  connection.onDocumentLinks(async ({ textDocument }): Promise<DocumentLink[]> => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return [];
    const { version } = document;
    const links: DocumentLink[] = [];
    for (const { thing, sort, range, base } of await names.mentions(document)) {
      if (sort === undefined || range.start.line !== range.end.line) continue;
      if (sort.isFolder === true || sort.isSecret === true) continue;
      if (base?.isLoose === true && (await factsQuietly(files, thing.name))?.kind !== 'file') continue;
      links.push({ range, target: uriOfPath(thing.name), tooltip: `Open the ${sort.noun}` });
    }
    return document.version === version ? links : [];
  });
}
