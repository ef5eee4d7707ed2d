// What the scripts share: the repository's folder, the right Node, and running a program on it.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));

if (Number(process.versions.node.split('.')[0]) < 24) {
  console.error(
    `Node 24 or newer is needed; this is ${process.versions.node}. Run it through npm, which brings its own.`,
  );
  process.exit(2);
}

/** Runs a program of the repository on this Node, in the repository's folder, and ends with its exit code when that is not 0. */
export function runNode(program, ...args) {
  const result = spawnSync(process.execPath, [path.join(root, program), ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}
