/** One edit of a text: what stands from `start` up to `end` (offsets into the text before any change) becomes `text`. */
export interface TextChange {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** The text with all changes made. They must not overlap; their order does not matter. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
  let result = '';
  let from = 0;
  for (const change of sortChanges(changes)) {
    result += text.slice(from, change.start) + change.text;
    from = change.end;
  }
  return result + text.slice(from);
}

export function sortChanges(changes: readonly TextChange[]): readonly TextChange[] {
  return [...changes].sort((a, b) => a.start - b.start || a.end - b.end);
}

/** Whether two sets of changes touch the same text, or insert at the same place. */
export function overlaps(some: readonly TextChange[], others: readonly TextChange[]): boolean {
  return some.some(a =>
    others.some(b => (a.start < b.end && b.start < a.end) || a.start === b.start || isWithin(a, b) || isWithin(b, a)),
  );
}

/** An insertion inside of what the other replaces, its borders included. */
function isWithin(insertion: TextChange, other: TextChange): boolean {
  return insertion.start === insertion.end && other.start <= insertion.start && insertion.start <= other.end;
}

/** The one change between two texts that start and end alike. */
export function differenceOf(before: string, after: string): TextChange {
  const most = Math.min(before.length, after.length);
  let head = 0;
  while (head < most && before[head] === after[head]) head += 1;
  let tail = 0;
  while (tail < most - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail += 1;
  return { start: head, end: before.length - tail, text: after.slice(head, after.length - tail) };
}
