import type { DocumentLink } from 'vscode-languageserver';
import type { DocumentPath } from '../../engine/documents/diagnostic.ts';
import type { ServerContext } from '../context.ts';
import { uriOfPath } from '../uris.ts';
import { mappingOf } from '../workspace.ts';

/** Paths of datasets and prompts open their files. */
export function registerDocumentLinks({ connection, documents, parsed, workspace }: ServerContext): void {
  connection.onDocumentLinks(({ textDocument }) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (read?.kind !== 'bench') return [];
    const links: DocumentLink[] = [];
    const link = (path: DocumentPath, value: unknown): void => {
      const target = typeof value === 'string' && value !== '' ? workspace.resolve(textDocument.uri, value) : undefined;
      const range = read.locate(path, 'value');
      if (target === undefined || range.start.line !== range.end.line) return;
      links.push({ range, target: uriOfPath(target) });
    };
    const draft = mappingOf(read.draft);
    link(['dataset', 'path'], mappingOf(draft['dataset'])['path']);
    const prompts = draft['prompts'];
    if (Array.isArray(prompts)) prompts.forEach((prompt, index) => link(['prompts', index], prompt));
    return links;
  });
}
