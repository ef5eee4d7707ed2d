/** What the audit log calls the erasing of contents. */
export const erasureAction = 'contents.erased';

/** What such an entry is about: `entries 3,7-9`. */
export function nameEntries(sequences: readonly number[]): string {
  const stretches: [from: number, to: number][] = [];
  for (const sequence of [...sequences].sort((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && sequence <= last[1] + 1) last[1] = sequence;
    else stretches.push([sequence, sequence]);
  }
  const texts = stretches.map(([from, to]) => (from === to ? String(from) : `${String(from)}-${String(to)}`));
  return `entries ${texts.join(',')}`;
}

/** Whether the entry with this subject says that `sequence` was erased. */
export function namesEntry(subject: string, sequence: number): boolean {
  return subject
    .replace(/^entries /, '')
    .split(',')
    .some(text => {
      const [from = '', to = from] = text.split('-');
      return /^\d+$/.test(from) && /^\d+$/.test(to) && Number(from) <= sequence && sequence <= Number(to);
    });
}
