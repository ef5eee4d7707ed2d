import type { Report, SliceChoice } from '../../schemas/generated/messages.ts';

/** The slices of a report's rows: columns in the report's order, the value with the most rows first. */
export function sliceChoices({ variants }: Report): readonly SliceChoice[] {
  const columns = new Map<string, Map<string, number>>();
  for (const { slices } of variants) {
    for (const { column, value, n } of slices) {
      const values = columns.get(column) ?? new Map<string, number>();
      columns.set(column, values.set(value, Math.max(n, values.get(value) ?? 0)));
    }
  }
  return [...columns].flatMap(([column, values]) =>
    [...values]
      .sort(([a, rowsOfA], [b, rowsOfB]) => rowsOfB - rowsOfA || a.localeCompare(b))
      .map(([value]) => ({ column, value })),
  );
}

export function isSameSlice(one: SliceChoice | undefined, other: SliceChoice | undefined): boolean {
  return one?.column === other?.column && one?.value === other?.value;
}
