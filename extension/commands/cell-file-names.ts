import type { CellKind } from '../../schemas/cells.ts';

const endings: Readonly<Partial<Record<CellKind, { readonly written: string; readonly known: RegExp }>>> = {
  bench: { written: '.bench.yaml', known: /\.bench\.ya?ml$/i },
  tune: { written: '.tune.yaml', known: /\.tune\.ya?ml$/i },
  policy: { written: '.policy.yaml', known: /\.policy\.ya?ml$/i },
  prompt: { written: '.prompt.yml', known: /\.prompt\.ya?ml$/i },
};

/** The name a cell's file is offered; absent for cells that are no file. */
export function fileNameFor(kind: CellKind, name: string): string | undefined {
  const ending = endings[kind]?.written;
  if (ending === undefined) return undefined;
  const plain = name
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, 80);
  return `${plain === '' ? 'cell' : plain}${ending}`;
}

/** A chosen path with the ending that says what the file is. `x.yaml` becomes `x.bench.yaml`. */
export function withEnding(kind: CellKind, path: string): string {
  const ending = endings[kind];
  if (ending === undefined || ending.known.test(path)) return path;
  return `${path.replace(/\.ya?ml$/i, '')}${ending.written}`;
}

/** The text of a cell with its result's name, where it had one. */
export function nameCell(text: string, name: string | undefined): string {
  return name === undefined || /^as\s*:/m.test(text) ? text : `as: ${name}\n${text}`;
}
