const smallWords = new Set('a an and as at by for from in of on or our the their this to with'.split(' '));

/** Ids for controls in order: by the number of their clause, else by the first letters of the heading above. Each is given once. */
export function createIds(): (clause: string | undefined, section: readonly string[]) => string {
  const taken = new Set<string>();
  return (clause, section) => {
    const stem = `${abbreviate(section.at(-1))}-${clause ?? ''}`;
    for (let count = 1; ; count++) {
      const number = clause === undefined ? String(count).padStart(2, '0') : count === 1 ? '' : `-${count}`;
      const id = `${stem}${number}`;
      if (taken.has(id.toLowerCase())) continue;
      taken.add(id.toLowerCase());
      return id;
    }
  };
}

/** The first four letters of a heading's first word that says something. */
function abbreviate(heading: string | undefined): string {
  const words = (heading ?? '').normalize('NFKD').match(/[A-Za-z]{2,}/g) ?? [];
  const word = words.find(each => !smallWords.has(each.toLowerCase())) ?? 'REQ';
  return word.slice(0, 4).toUpperCase();
}
