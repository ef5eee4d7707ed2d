/** More groups than this are no groups but identifiers. */
export const mostGroups = 100;

/** A figure in a note, such as `0.713`. */
export function shortNumber(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** A group's name in a note. */
export function quoteGroup(name: string): string {
  return name === '' ? 'the rows without a value' : `“${name.length > 60 ? `${name.slice(0, 59)}…` : name}”`;
}
