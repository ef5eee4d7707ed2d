/** More groups than this are no groups but identifiers. */
export const mostGroups = 100;

/** A group's name in a note. */
export function quoteGroup(name: string): string {
  return name === '' ? 'the rows without a value' : `“${name.length > 60 ? `${name.slice(0, 59)}…` : name}”`;
}
