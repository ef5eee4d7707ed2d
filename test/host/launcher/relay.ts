import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { testLinePrefix } from '../protocol.ts';

/** VS Code writes its log, which holds the extension host's console, as `%c INFO color: #33f text`. */
const logStyle = /^%c\s*(\w+) color: #\w+ /;

/**
 * Prints the suite's lines as they come, and everything when `verbose`; writes the whole console of the page to
 * `file`. Returns a function that adds a text to the file and closes it.
 */
export function relayConsole(page: Page, file: string, verbose: boolean): (ending: string) => void {
  mkdirSync(path.dirname(file), { recursive: true });
  const log = createWriteStream(file);
  const take = (line: string): void => {
    log.write(`${line}\n`);
    const isTestLine = line.startsWith(testLinePrefix);
    if (isTestLine) console.log(line.slice(testLinePrefix.length));
    else if (verbose) console.log(line);
  };
  page.on('console', message => take(message.text().replace(logStyle, '')));
  page.on('pageerror', error => take(`Uncaught ${error.stack ?? error.message}`));
  return ending => void log.end(`${ending}\n`);
}
