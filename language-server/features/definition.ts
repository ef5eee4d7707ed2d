import type { Location } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import { signalOf } from '../context.ts';
import { isFilePath, isModelPath, spotAt } from '../tree.ts';
import { uriOfPath } from '../uris.ts';
import { mappingOf } from '../workspace.ts';

/** From a connection's name to where workbench.yaml declares it; from a path to its file. */
export function registerDefinition({ connection, documents, parsed, workspace }: ServerContext): void {
  connection.onDefinition(async ({ textDocument, position }, token): Promise<Location | undefined> => {
    const { uri } = textDocument;
    const document = documents.get(uri);
    const read = document && parsed.parse(document);
    if (document === undefined || read?.kind !== 'bench') return undefined;
    const spot = spotAt(read, document.offsetAt(position));
    if (spot?.part !== 'value' || spot.text === undefined || spot.text === '') return undefined;
    if (isFilePath(spot.path)) {
      const target = workspace.resolve(uri, spot.text);
      const start = { line: 0, character: 0 };
      return target === undefined ? undefined : { uri: uriOfPath(target), range: { start, end: start } };
    }
    if (!isModelPath(spot.path)) return undefined;
    const path = await workspace.findWorkbench(uri);
    const workbench = await workspace.readWorkbench(uri, signalOf(token));
    if (path === undefined || workbench === undefined) return undefined;
    if (!Object.hasOwn(mappingOf(mappingOf(workbench.draft)['connections']), spot.text)) return undefined;
    return { uri: uriOfPath(path), range: workbench.locate(['connections', spot.text], 'key') };
  });
}
