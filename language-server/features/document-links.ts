import type { DocumentLink } from 'vscode-languageserver';
import { isKind } from '../../engine/diagnostics/diagnose.ts';
import type { Files } from '../../engine/ports/files.ts';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { factsQuietly } from '../quiet-files.ts';
import { draftAt } from '../tree.ts';
import { uriOfPath } from '../uris.ts';

/** Paths open their files. */
export const documentLinks: Feature = {
  capabilities: () => ({ documentLinkProvider: {} }),
  register: registerDocumentLinks,
};

function registerDocumentLinks({
  connection,
  documents,
  names,
  parsed,
  workspace,
  ports: { files },
}: ServerContext): void {
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
    const job = parsed.parse(document);
    const base = job !== undefined && isKind(job, 'tune') ? baseTarget(draftAt(job.draft, ['base'])) : undefined;
    if (job !== undefined && base !== undefined) {
      const model = base.folder === undefined ? undefined : workspace.resolve(textDocument.uri, base.folder);
      const target = model === undefined ? base.address : await configOf(files, model);
      const range = job.locate(['base'], 'value');
      if (target !== undefined) links.push({ range, target, tooltip: 'Open the base model' });
    }
    return document.version === version ? links : [];
  });
}

/** A base that can be looked at: a folder of the workspace, or a page of the Hugging Face hub. */
function baseTarget(base: unknown): { readonly folder?: string; readonly address?: string } | undefined {
  const [, sort, rest = ''] = /^(hub|folder):(.+)$/.exec(typeof base === 'string' ? base : '') ?? [];
  if (sort === 'folder') return { folder: rest };
  const id = rest.replace(/@.*$/, '');
  return sort === 'hub' && /^[\w.-]+(\/[\w.-]+)?$/.test(id) ? { address: `https://huggingface.co/${id}` } : undefined;
}

/** A model's folder opens with its configuration. */
async function configOf(files: Files, folder: string): Promise<string | undefined> {
  const config = files.resolve(folder, 'config.json');
  return (await factsQuietly(files, config))?.kind === 'file' ? uriOfPath(config) : undefined;
}
