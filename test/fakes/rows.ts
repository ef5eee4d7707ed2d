import type { Row, Rows } from '../../extension/trees/row.ts';

/** All rows of a list, of whatever length. */
export function allRows(rows: Rows): readonly Row[] {
  return rows.slice(0, rows.length);
}

/** What a row opens up into. */
export async function rowsBelow(row: Row | undefined): Promise<readonly Row[]> {
  const rows = await row?.children?.();
  return rows === undefined ? [] : allRows(rows);
}
