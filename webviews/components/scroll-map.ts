/** Browsers lay out boxes up to about 16 to 33 million pixels, less when zoomed; a longer list scrolls in proportion. */
const longestCanvas = 8_000_000;

export interface ScrollInput {
  readonly total: number;
  readonly rowHeight: number;
  readonly viewHeight: number;
  readonly scrollTop: number;
  /** The row that is opened, and how much higher than a row it is. */
  readonly opened?: { readonly index: number; readonly height: number } | undefined;
}

export interface ScrollWindow {
  readonly first: number;
  /** One past the last row to draw. */
  readonly end: number;
  /** Heights in pixels of the empty space above and below the drawn rows. */
  readonly above: number;
  readonly below: number;
}

/** Which rows of a list are in view, with a few more on both sides, and how much space stands for the others. */
export function mapScroll({ total, rowHeight, viewHeight, scrollTop, opened }: ScrollInput, extra = 12): ScrollWindow {
  const extent = total * rowHeight + (opened?.height ?? 0);
  const canvas = Math.min(extent, longestCanvas);
  const range = Math.max(1, canvas - viewHeight);
  const position = canvas === extent ? scrollTop : (Math.min(scrollTop, range) / range) * (extent - viewHeight);
  const topOf = (index: number): number =>
    index * rowHeight + (opened !== undefined && index > opened.index ? opened.height : 0);
  const rowAt = (y: number): number => {
    if (opened === undefined || y < topOf(opened.index) + rowHeight) return Math.floor(y / rowHeight);
    return Math.max(opened.index, Math.floor((y - opened.height) / rowHeight));
  };
  const first = Math.max(0, Math.min(total, rowAt(position)) - extra);
  const end = Math.min(total, rowAt(position + viewHeight) + 1 + extra);
  const above = Math.max(0, topOf(first) - position + scrollTop);
  const drawn = topOf(end) - topOf(first);
  return { first, end, above, below: Math.max(0, canvas - above - drawn) };
}

/** The scroll position that brings a row to the top. */
export function scrollTopFor(
  index: number,
  { total, rowHeight, viewHeight, opened }: Omit<ScrollInput, 'scrollTop'>,
): number {
  const extent = total * rowHeight + (opened?.height ?? 0);
  const top = index * rowHeight;
  if (extent <= longestCanvas) return top;
  return (top / (extent - viewHeight)) * (longestCanvas - viewHeight);
}
