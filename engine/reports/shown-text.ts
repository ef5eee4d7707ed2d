import { showUnseen } from '../../schemas/unseen.ts';
import { clipText } from '../base/clip.ts';
import { groupDigits } from './format.ts';

/** Escape sequences of terminals: colours, titles, links, cursor moves. */

const sequences =
  /\u001b(?:\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\-_]|\[[0-?]*[ -/]*[@-~]?)|\u009b[0-?]*[ -/]*[@-~]?/g;

/** Text without what steers a terminal, with every unseen character spelled out and no half of a surrogate pair. */
export function showPlain(text: string): string {
  return showUnseen(text.replace(sequences, '')).toWellFormed();
}

/** The same on one line of at most `limit` characters; says how many there are in all where it was cut. */
export function showLine(text: string, limit: number): string {
  return cut(text, limit).replace(/\s+/g, ' ').trim();
}

/** The same with its line breaks. */
export function showText(text: string, limit: number): string {
  return cut(text, limit);
}

/** The whole is never looked at: it may be a megabyte. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return showPlain(text);
  return `${showPlain(clipText(text, limit))}… (${groupDigits(text.length)} characters in all)`;
}

/** `37 more: a, b, c, …` */
export function nameRest(names: readonly string[]): string {
  const shown: string[] = [];
  let length = 0;
  for (const name of names) {
    const line = showLine(name, 60);
    length += line.length + 2;
    if (length > 400 || line === '') break;
    shown.push(line);
  }
  const more = `${groupDigits(names.length)} more`;
  if (shown.length === 0) return more;
  return `${more}: ${shown.join(', ')}${shown.length < names.length ? ', …' : ''}`;
}
