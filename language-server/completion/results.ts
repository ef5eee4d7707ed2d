import { CompletionItemKind } from 'vscode-languageserver';
import { kindNames } from '../../engine/documents/kinds.ts';
import type { ParsedDocument } from '../../engine/documents/parse.ts';
import { describeResult, namedCells } from '../help/describe-result.ts';
import { isCell } from '../uris.ts';
import { textsOf } from '../tree.ts';
import { mappingOf } from '../workspace.ts';
import type { Scene, ValueOffer } from './offers.ts';

/** The results of the notebook's other cells that `fits`, the earlier ones first; none outside of notebooks. */
export function offerResults(
  { context, uri }: Scene,
  fits: (cell: ParsedDocument) => boolean,
  prefix = '',
): readonly ValueOffer[] {
  if (!isCell(uri)) return [];
  return namedCells(context, uri)
    .filter(({ document, parsed }) => document.uri !== uri && fits(parsed))
    .map(({ name, parsed, place }) => ({
      value: `${prefix}${name}`,
      detail: `${kindNames[parsed.kind]} of cell ${String(place)}`,
      describe: () => describeResult(context, uri, name),
      kind: CompletionItemKind.Variable,
    }));
}

/** What a comparison can name: results with figures. */
export function offerCompared(scene: Scene): readonly ValueOffer[] {
  return offerResults(scene, ({ kind }) => kind !== 'policy' && kind !== 'trial');
}

/** Of the results that are compared one is the baseline. */
export function offerBaseline(scene: Scene): readonly ValueOffer[] {
  const compared = textsOf(mappingOf(scene.parsed.draft)['compare']);
  const offers = offerCompared(scene);
  return compared.length === 0
    ? offers
    : compared.map(
        value =>
          offers.find(offer => offer.value === value) ?? { value, detail: 'result', kind: CompletionItemKind.Variable },
      );
}
