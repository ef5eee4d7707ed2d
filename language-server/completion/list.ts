import {
  InsertTextFormat,
  InsertTextMode,
  type CompletionItem,
  type CompletionItemKind,
  type CompletionList,
  type Range,
} from 'vscode-languageserver';
import type { ClientFeatures } from '../context.ts';

/** Help that is made when somebody looks at an offer. */
export type Describe = () => string | undefined | Promise<string | undefined>;

/** Something that can be written at the cursor. */
export interface Offer {
  readonly label: string;
  readonly kind: CompletionItemKind;
  readonly detail: string;
  readonly describe?: Describe | undefined;
  /** Offers are shown in the order of these. */
  readonly sort: string;
  /** What is typed to find it. */
  readonly filter: string;
  /** Lines end with `\n`. */
  readonly text: string;
  readonly isSnippet: boolean;
  /** Whether offers for what comes next are wanted at once. */
  readonly again: boolean;
}

/** Where offers are written. */
export interface Spot {
  readonly range: Range;
  /** What stands between the start of `range` and the cursor. */
  readonly typed: string;
  /** The document's line break. */
  readonly lineBreak: string;
}

/** Longer lists are cut to what fits what was typed, and asked for again as it grows. */
const mostItems = 300;
/** Lists whose help is remembered: the one that is shown, and those that other editors of the same client show. */
const mostLists = 8;

/** Asks the client for offers right after one was taken. */
const offerAgain = { title: 'Offer values', command: 'editor.action.triggerSuggest' };

/** Keeps lists small: an item carries two numbers, and its help is made when it is asked for. */
export interface OfferLists {
  answer(
    offers: readonly Offer[],
    spot: Spot,
    client: Pick<ClientFeatures, 'completionDefaults'>,
  ): CompletionItem[] | CompletionList;
  resolve(item: CompletionItem): Promise<CompletionItem>;
}

export function createOfferLists(): OfferLists {
  const lists = new Map<number, readonly Offer[]>();
  let count = 0;
  return {
    answer(all, spot, client) {
      const offers = all.length > mostItems ? cut(all, spot.typed) : all;
      count += 1;
      lists.set(count, offers);
      lists.delete(count - mostLists);
      return toList(offers, count, spot, client, offers.length < all.length);
    },
    async resolve(item) {
      const [list, index] = readData(item.data);
      const text = await lists.get(list)?.[index]?.describe?.();
      return text === undefined ? item : { ...item, documentation: { kind: 'markdown', value: text } };
    },
  };
}

function readData(data: unknown): readonly [number, number] {
  const [list, index] = Array.isArray(data) ? (data as unknown[]) : [];
  return typeof list === 'number' && typeof index === 'number' ? [list, index] : [-1, -1];
}

function toList(
  offers: readonly Offer[],
  list: number,
  { range, lineBreak }: Spot,
  { completionDefaults }: Pick<ClientFeatures, 'completionDefaults'>,
  isIncomplete: boolean,
): CompletionItem[] | CompletionList {
  const hasRange = completionDefaults.includes('editRange');
  const hasFormat = completionDefaults.includes('insertTextFormat');
  const hasMode = completionDefaults.includes('insertTextMode');
  const items = offers.map(({ label, kind, detail, sort, filter, text, isSnippet, again, describe }, index) => {
    const newText = lineBreak === '\n' ? text : text.replaceAll('\n', lineBreak);
    return {
      label,
      kind,
      sortText: sort,
      ...(detail !== '' && { detail }),
      ...(filter !== label && { filterText: filter }),
      ...(hasRange ? newText !== label && { textEditText: newText } : { textEdit: { range, newText } }),
      ...((isSnippet || !hasFormat) && {
        insertTextFormat: isSnippet ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
      }),
      ...(!hasMode && { insertTextMode: InsertTextMode.adjustIndentation }),
      ...(again && { command: offerAgain }),
      ...(describe !== undefined && { data: [list, index] }),
    };
  });
  if (!hasRange && !hasFormat && !hasMode && !isIncomplete) return items;
  const itemDefaults = {
    ...(hasRange && { editRange: range }),
    ...(hasFormat && { insertTextFormat: InsertTextFormat.PlainText }),
    ...(hasMode && { insertTextMode: InsertTextMode.adjustIndentation }),
  };
  return { isIncomplete, items, ...(Object.keys(itemDefaults).length > 0 && { itemDefaults }) };
}

function cut(offers: readonly Offer[], typed: string): readonly Offer[] {
  return offers
    .map(offer => ({ offer, rank: closeness(typed, offer.filter) }))
    .filter(({ rank }) => rank < noMatch)
    .sort((a, b) => a.rank - b.rank || (a.offer.sort < b.offer.sort ? -1 : a.offer.sort > b.offer.sort ? 1 : 0))
    .slice(0, mostItems)
    .map(({ offer }) => offer);
}

/** The rank of what does not hold what was typed. */
export const noMatch = 5;

/** How close `text` is to what was typed, 0 being closest: starts with it, has a word that does, holds it, holds its letters in order. */
export function closeness(typed: string, text: string): number {
  if (typed === '') return 0;
  const wanted = typed.toLowerCase();
  const found = text.toLowerCase();
  if (found.startsWith(wanted)) return 0;
  const at = found.indexOf(wanted);
  if (at > 0 && !/[\p{L}\p{N}]/u.test(found[at - 1] ?? '')) return 1;
  if (at > 0) return 2;
  if (startsWords(wanted.split(/\s+/), found)) return 3;
  let next = 0;
  for (const character of found) if (character === wanted[next]) next += 1;
  return next === wanted.length ? 4 : noMatch;
}

/** Whether each of some beginnings begins a word, in any order. */
function startsWords(beginnings: readonly string[], text: string): boolean {
  const words = text.split(/[^\p{L}\p{N}]+/u);
  return beginnings.every(beginning => words.some(word => word.startsWith(beginning)));
}
