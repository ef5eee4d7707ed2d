import { WorkbenchError } from '../../engine/base/errors.ts';

/** Opaque to those who ask: the order it belongs to and the place of the last row. */
export function writeCursor(list: 'm' | 'v', order: string, place: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([list, order, ...place])).toString('base64url');
}

/** Throws `usage` for what is no place in this list. */
export function readCursor(
  text: string | undefined,
  list: 'm' | 'v',
  order: string,
): readonly (string | number)[] | undefined {
  if (text === undefined) return undefined;
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    parts = undefined;
  }
  const types = order === 'name' ? ['string'] : ['number', 'number'];
  if (Array.isArray(parts) && parts[0] === list && parts[1] === order && parts.length === types.length + 2) {
    const place = parts.slice(2) as unknown[];
    if (place.every((part, index) => typeof part === types[index])) return place as (string | number)[];
  }
  throw new WorkbenchError('usage', 'The list cannot be continued from there: that is no end of one of its pages.', {
    remedy: 'Ask for its first page again.',
  });
}
