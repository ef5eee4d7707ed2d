import type { DocumentLink } from 'vscode-languageserver';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { draftAt } from '../tree.ts';
import { uriOfPath } from '../uris.ts';
import { mappingOf } from '../workspace.ts';

/** Paths of datasets, cards and prompts open their files. */
export const documentLinks: Feature = {
  capabilities: () => ({ documentLinkProvider: {} }),
  register: registerDocumentLinks,
};

function registerDocumentLinks({ connection, documents, parsed, workspace }: ServerContext): void {
  connection.onDocumentLinks(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (read === undefined) return [];
    return collectPaths(read).flatMap((path): DocumentLink[] => {
      const value = draftAt(read.draft, path);
      const target = typeof value === 'string' && value !== '' ? workspace.resolve(textDocument.uri, value) : undefined;
      const range = read.locate(path, 'value');
      return target === undefined || range.start.line !== range.end.line ? [] : [{ range, target: uriOfPath(target) }];
    });
  });
}

/** Where a file names others by their paths. */
function collectPaths({ kind, draft }: ParsedDocument): readonly DocumentPath[] {
  const inDataset = (at: DocumentPath): DocumentPath[] => [
    [...at, 'path'],
    [...at, 'card'],
  ];
  if (kind === 'tune') {
    const aspects = Object.keys(mappingOf(draftAt(draft, ['aspects'])));
    return [...aspects.flatMap(name => inDataset(['aspects', name, 'dataset'])), ['register', 'card']];
  }
  if (kind !== 'bench') return [];
  const prompts = draftAt(draft, ['prompts']);
  return [...inDataset(['dataset']), ...(Array.isArray(prompts) ? prompts.map((_, index) => ['prompts', index]) : [])];
}
