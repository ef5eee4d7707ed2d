import type { WorkbenchError } from '../base/errors.ts';
import { showText } from '../reports/shown-text.ts';

/**
 * What is wrong with a cell, for its output: the line in place of the file that holds it, then what to do. Files are named from the
 * notebook's folder: where that lies is nobody's concern who gets the notebook.
 */
export function describeCellFailure({ message, place, remedy }: WorkbenchError, notebook: string): string {
  const prefix = [place?.path, place?.line, place?.column].filter(part => part !== undefined).join(':');
  const inPlace =
    place?.path === notebook && place.line !== undefined && message.startsWith(`${prefix}: `)
      ? `Line ${String(place.line)}: ${message.slice(prefix.length + 2)}`
      : message;
  const lines = [inPlace, ...(remedy === undefined ? [] : [remedy])].join('\n');
  const folder = notebook.slice(0, Math.max(notebook.lastIndexOf('/'), notebook.lastIndexOf('\\')) + 1);
  return showText(folder.length > 1 ? lines.replaceAll(folder, '') : lines, 20_000);
}
