import type { WorkbenchError } from '../base/errors.ts';
import { showText } from './static/plain-text.ts';

/** What is wrong with a cell, for its output: the line in place of the file that holds it, then what to do. */
export function describeCellFailure({ message, place, remedy }: WorkbenchError, notebook: string): string {
  const prefix = [place?.path, place?.line, place?.column].filter(part => part !== undefined).join(':');
  const inPlace =
    place?.path === notebook && place.line !== undefined && message.startsWith(`${prefix}: `)
      ? `Line ${String(place.line)}: ${message.slice(prefix.length + 2)}`
      : message;
  return showText([inPlace, ...(remedy === undefined ? [] : [remedy])].join('\n'), 20_000);
}
