import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The file a document belongs to: itself, or the notebook a cell is part of (`vscode-notebook-cell:` URIs keep the
 * notebook's path and name the cell in the fragment). Absent for documents without a file, such as untitled ones.
 */
export function pathOfUri(uri: string): string | undefined {
  if (known.has(uri)) return known.get(uri);
  const path = readPath(uri);
  if (known.size >= mostKnown) known.clear();
  known.set(uri, path);
  return path;
}

/** Whether a document is a cell of a notebook. */
export function isCell(uri: string): boolean {
  return uri.startsWith('vscode-notebook-cell:');
}

/** The notebook a cell is part of, as its URI says it; the same for all its cells. */
export function notebookOf(uri: string): string {
  const fragment = uri.indexOf('#');
  return fragment < 0 ? uri : uri.slice(0, fragment);
}

/** Every request asks for the paths of the open documents. */
const known = new Map<string, string | undefined>();
const mostKnown = 1_000;

function readPath(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    if (url.protocol === 'file:') return fileURLToPath(`file://${url.host}${url.pathname}`);
    if (url.protocol === 'vscode-notebook-cell:') return fileURLToPath(`file://${url.pathname}`);
    return undefined;
  } catch {
    return undefined;
  }
}

export function uriOfPath(path: string): string {
  return pathToFileURL(path).href;
}
