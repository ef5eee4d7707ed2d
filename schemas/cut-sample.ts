import type { SampleRow } from './generated/messages.ts';

/** A row with no text longer than `limit` UTF-16 units, marked where that left anything out; no surrogate pair is split. */
export function cutSample(row: SampleRow, limit: number): SampleRow {
  const { details, ...others } = row;
  const { input, target, output = '', failure, slices } = others;
  const isLong = (text: string): boolean => text.length > limit;
  const hasLongDetails = details !== undefined && isLong(JSON.stringify(details));
  const texts = [input, target, output, failure?.message ?? '', ...Object.values(slices)];
  if (!hasLongDetails && !texts.some(isLong)) return row;
  const cut = (text: string): string => (isLong(text) ? text.slice(0, limit).replace(/[\ud800-\udbff]$/, '') : text);
  return {
    ...others,
    input: cut(input),
    target: cut(target),
    ...(others.output === undefined ? {} : { output: cut(output) }),
    ...(failure === undefined ? {} : { failure: { ...failure, message: cut(failure.message) } }),
    slices: Object.fromEntries(Object.entries(slices).map(([column, value]) => [column, cut(value)])),
    ...(details === undefined || hasLongDetails ? {} : { details }),
    cut: true,
  };
}
