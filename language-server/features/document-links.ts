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

/** What a path leads to, by the last field of its place. */
const titles: Readonly<Record<string, string>> = {
  card: 'the card',
  rubric: 'the rubric',
  words: 'the list of words',
  prompt: 'the prompt',
  prompts: 'the prompt',
  schema: 'the JSON schema',
  scorecard: 'the scorecard',
  document: 'the document',
  image: 'the image',
  audio: 'the sound',
  train: 'the training rows',
  test: 'the test rows',
  cert: 'the certificate',
  caCertificates: 'the certificate',
};

/** Not to be followed: a folder of our own, and a private key, which nobody wants on the screen. */
const unlinked: ReadonlySet<string> = new Set(['store', 'network.clientCertificate.key']);

function registerDocumentLinks({ connection, documents, names, ports: { files } }: ServerContext): void {
  connection.onDocumentLinks(async ({ textDocument }): Promise<DocumentLink[]> => {
    const document = documents.get(textDocument.uri);
    if (document === undefined) return [];
    const { version } = document;
    const links: DocumentLink[] = [];
    for (const { thing, field, range, base } of await names.mentions(document)) {
      if (thing.kind !== 'file' || unlinked.has(field) || range.start.line !== range.end.line) continue;
      if (base?.isLoose === true && (await factsQuietly(files, thing.name))?.kind !== 'file') continue;
      links.push({ range, target: uriOfPath(thing.name), tooltip: `Open ${titleOf(field)}` });
    }
    return document.version === version ? links : [];
  });
}

function titleOf(field: string): string {
  const last = field.split('.').findLast(step => step !== '*') ?? '';
  return titles[last] ?? 'the dataset';
}
