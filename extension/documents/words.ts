import type { DocumentDraftEstimate, DraftedFromDocument, SourceDocument } from '../../schemas/generated/messages.ts';
import { t } from '../base/translate.ts';
import { plain } from '../connect/words.ts';
import { formatFigure } from '../runs/format.ts';

/** A document in a list: its name, and what is to be known of it. */
export function documentRow(document: SourceDocument): { readonly label: string; readonly detail: string } {
  const { name, state, pages, characters, fault } = document;
  const length = t('{0} characters', characters.toLocaleString('en'));
  const extent = pages === undefined ? length : `${t('{0} pages', pages.toLocaleString('en'))}, ${length}`;
  return { label: plain(name), detail: state === 'read' ? extent : plain(fault ?? t('It could not be read.')) };
}

/** What a draft came to, and what its reader must know. */
export function describeDrafted({ controls, notes }: DraftedFromDocument): string {
  const head =
    controls === 1
      ? t('1 control proposed; nothing counts until a person has read it.')
      : t('{0} controls proposed; nothing counts until a person has read them.', controls.toLocaleString('en'));
  return [head, ...notes.map(plain)].join(' ');
}

/** What would be sent, and for how much at most. */
export function describeDraftEstimate({ requests, inputTokens, outputTokens, cost }: DocumentDraftEstimate): string {
  const size = t(
    '{0} requests with about {1} tokens; at most {2} tokens come back.',
    requests.toLocaleString('en'),
    inputTokens.toLocaleString('en'),
    outputTokens.toLocaleString('en'),
  );
  const price =
    cost === undefined
      ? t('No price is known: no cost is claimed')
      : t('It costs at most {0}.', formatFigure(cost, 'USD'));
  return `${size} ${price}`;
}
