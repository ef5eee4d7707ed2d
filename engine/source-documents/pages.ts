import type { SourceText } from '../../schemas/generated/messages.ts';

/** The page a place in a text lies on; absent where its format has none. */
export function pageAt({ pages }: Pick<SourceText, 'pages'>, start: number): number | undefined {
  return pages.findLast(page => page.start <= start)?.page;
}
