/** A connection's name after a model's: what is behind its last slash, in the characters a name may have; one that is taken gets a number. */
export function nameAfter(model: string, taken: ReadonlySet<string>): string {
  const file = model.slice(model.lastIndexOf('/') + 1).replace(/\.gguf$/i, '');
  const plain = file
    .replace(/[^A-Za-z0-9_-]/g, '-')
    .replace(/^[^A-Za-z]+/, '')
    .slice(0, 58);
  const base = plain === '' ? 'model' : plain;
  for (let number = 1; ; number += 1) {
    const name = number === 1 ? base : `${base}-${String(number)}`;
    if (!taken.has(name)) return name;
  }
}
