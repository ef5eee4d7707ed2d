import type { Connection } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { OtherNames } from '../engine/notebooks/check-names.ts';
import type { OpenDocuments, ParsedDocuments } from './documents.ts';
import { isCell, notebookOf } from './uris.ts';

/** The open cells of notebooks, as cells of one another. */
export interface Notebooks {
  /** The cells of a cell's notebook, itself included, in their order. */
  cellsOf(uri: string): readonly TextDocument[];
  /** What the other cells call their results. */
  namesAround(uri: string): OtherNames;
  /** Tells the cells of a notebook whose order the client told anew. */
  onOrder(listener: (cells: readonly TextDocument[]) => void): void;
}

/** What a client tells whenever cells of a notebook came, went or changed places: the URIs of their documents, in order. */
const cellsChanged = 'aiwb/cells';

/** Clients that tell no order are taken to open the cells in theirs. */
export function createNotebooks(connection: Connection, documents: OpenDocuments, parsed: ParsedDocuments): Notebooks {
  const listeners: ((cells: readonly TextDocument[]) => void)[] = [];
  const orders = new Map<string, ReadonlyMap<string, number>>();

  function cellsOf(uri: string): readonly TextDocument[] {
    const notebook = notebookOf(uri);
    const order = orders.get(notebook);
    const cells = documents.all().filter(other => isCell(other.uri) && notebookOf(other.uri) === notebook);
    const placeOf = (cell: TextDocument): number => order?.get(cell.uri) ?? Infinity;
    // The sort is stable: cells without a place stay behind, in the order of their opening.
    return order === undefined ? cells : cells.sort((a, b) => compare(placeOf(a), placeOf(b)));
  }

  connection.onNotification(cellsChanged, (params: unknown) => {
    const uris = readUris(params);
    const [first] = uris;
    if (first === undefined) return;
    orders.set(notebookOf(first), new Map(uris.map((uri, index) => [uri, index])));
    for (const listener of listeners) listener(cellsOf(first));
  });

  return {
    cellsOf,
    onOrder: listener => void listeners.push(listener),
    namesAround(uri) {
      const cells = cellsOf(uri);
      const own = cells.findIndex(cell => cell.uri === uri);
      const namesOf = (some: readonly TextDocument[]): readonly string[] =>
        some.flatMap(cell => parsed.latest(cell)?.cell?.as ?? []);
      return { before: namesOf(cells.slice(0, Math.max(0, own))), after: namesOf(cells.slice(own + 1)) };
    },
  };
}

function compare(one: number, other: number): number {
  return one === other ? 0 : one - other;
}

function readUris(params: unknown): readonly string[] {
  const { cells } = typeof params === 'object' && params !== null ? (params as { cells?: unknown }) : {};
  return Array.isArray(cells) ? cells.filter(uri => typeof uri === 'string') : [];
}
