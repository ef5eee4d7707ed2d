import type { Hover } from 'vscode-languageserver';
import { schemaAt } from '../../engine/documents/schema.ts';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { describeNamed } from '../describe-named.ts';
import { describeSchema } from '../markdown.ts';
import { spotAt } from '../tree.ts';

/** Help on a field, and on what its value names: models, metrics, files, columns, framework ids, inherited controls. */
export const hover: Feature = {
  capabilities: () => ({ hoverProvider: true }),
  register: registerHover,
};

function registerHover({ connection, documents, parsed, workspace }: ServerContext): void {
  connection.onHover(async ({ textDocument, position }, token): Promise<Hover | undefined> => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (document === undefined || read === undefined) return undefined;
    const spot = spotAt(read, document.offsetAt(position));
    if (spot === undefined) return undefined;
    const parts = [await describeNamed(workspace, document.uri, read, spot, signalOf(token))];
    const schema = schemaAt(read.kind, spot.path, read.draft);
    if (schema !== undefined && (spot.part === 'key' || parts[0] === undefined)) parts.push(describeSchema(schema));
    const value = parts.filter(part => part !== undefined && part !== '').join('\n\n---\n\n');
    return value === ''
      ? undefined
      : { contents: { kind: 'markdown', value }, range: read.rangeAt(spot.start, spot.end) };
  });
}
