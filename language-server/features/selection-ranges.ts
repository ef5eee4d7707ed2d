import type { SelectionRange } from 'vscode-languageserver';
import type { ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { createSelectionGrower } from '../syntax/selection.ts';

/** What grows the selection: word, placeholder, value, field, item, mapping, file. */
export const selectionRanges: Feature = {
  capabilities: () => ({ selectionRangeProvider: true }),
  register: registerSelectionRanges,
};

function registerSelectionRanges({ connection, documents, parsed }: ServerContext): void {
  connection.onSelectionRanges(({ textDocument, positions }) => {
    const document = documents.get(textDocument.uri);
    const read = document && parsed.parse(document);
    if (document === undefined || read === undefined) return null;
    const grower = createSelectionGrower(read);
    return positions.map(position => {
      const stretches = grower.stretchesAt(document.offsetAt(position));
      return stretches.reduceRight<SelectionRange | undefined>(
        (parent, [start, end]) => ({ range: read.rangeAt(start, end), ...(parent && { parent }) }),
        undefined,
      );
    }) as SelectionRange[];
  });
}
