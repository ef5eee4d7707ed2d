import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** More files, or more bytes, are no proof bundle. */
const mostFiles = 20_000;
const mostBytes = 512 * 1024 * 1024;

/** Every file under a folder by its path with forward slashes. Throws for links, for what is no file, and for more than a bundle holds. */
export function readFiles(folder: string): ReadonlyMap<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  let bytes = 0;
  const visit = (below: string): void => {
    for (const name of readdirSync(path.join(folder, below)).sort()) {
      const relative = below === '' ? name : `${below}/${name}`;
      const absolute = path.join(folder, relative);
      const facts = lstatSync(absolute);
      if (facts.isDirectory()) {
        visit(relative);
        continue;
      }
      bytes += facts.size;
      if (!facts.isFile()) throw new Error(`${relative} is a link, or no file.`);
      if (files.size >= mostFiles || bytes > mostBytes)
        throw new Error(`${folder} holds more than a proof bundle does.`);
      files.set(relative, readFileSync(absolute));
    }
  };
  visit('');
  return files;
}
