import type { SampleColumn } from './sample-columns.ts';

/** Of the first column, in pixels. */
const idWidth = 96;
/** An input says more than an answer. */
const shares: Readonly<Record<string, number>> = { input: 2 };

/** Sets a size through the object model: the page's policy allows no style attribute. */
export function setSize(
  root: ParentNode,
  selector: string,
  name: 'height' | 'width' | 'min-width',
  size: number,
): void {
  root.querySelector<HTMLElement>(selector)?.style.setProperty(name, `${String(size)}px`);
}

/** Gives every column its width; texts share what a wide view has left beyond the least they need. */
export function setWidths(root: ParentNode, columns: readonly SampleColumn[], viewWidth: number): void {
  const least = columns.reduce((sum, { width }) => sum + width, idWidth);
  const left = Math.max(0, viewWidth - least);
  const shareOf = ({ id, isText }: SampleColumn): number => (isText === true ? (shares[id] ?? 1) : 0);
  const allShares = columns.reduce((sum, column) => sum + shareOf(column), 0);
  setSize(root, 'table', 'min-width', least);
  setSize(root, 'col.id', 'width', idWidth);
  root.querySelector<HTMLElement>('.scroll')?.style.setProperty('--aiwb-view-width', `${String(viewWidth)}px`);
  for (const column of columns) {
    const more = allShares === 0 ? 0 : Math.floor((left * shareOf(column)) / allShares);
    setSize(root, `col[data-column="${CSS.escape(column.id)}"]`, 'width', column.width + more);
  }
}

/** The row that a key leads to from another; undefined for other keys. */
export function targetOf(key: string, current: number, page: number, total: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return current + 1;
    case 'ArrowUp':
      return current - 1;
    case 'PageDown':
      return current + page;
    case 'PageUp':
      return current - page;
    case 'Home':
      return 0;
    case 'End':
      return total - 1;
    default:
      return undefined;
  }
}
