import { execFileSync, spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const oldestMajor = 24;
const installed = path.resolve(import.meta.dirname, '../../node_modules/.bin/node');

/**
 * Runs a TypeScript program on Node 24 or newer, which strips types by itself: in this process
 * when it is new enough, else in the Node that the repository installs, with the same arguments.
 * @param {URL} program file URL of the program
 */
export async function runOnNode24(program) {
  if (majorOf(process.version) >= oldestMajor) {
    await import(program.href);
    return;
  }
  const child = spawn(findNode(), [fileURLToPath(program), ...process.argv.slice(2)], { stdio: 'inherit' });
  // The child cleans up after itself, so this process only passes the wish to end on to it.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => child.kill(name));
  process.exitCode = await new Promise(resolve => child.once('exit', code => resolve(code ?? 1)));
}

function findNode() {
  if (existsSync(installed)) {
    const node = realpathSync(installed);
    if (majorOf(execFileSync(node, ['--version'], { encoding: 'utf8' })) >= oldestMajor) return node;
  }
  console.error(
    `The in-host tests need Node ${oldestMajor} or newer, and this is ${process.version}. ` +
      'Run "npm ci" in the repository root, which installs it, and try again.',
  );
  return process.exit(1);
}

function majorOf(version) {
  return Number.parseInt(version.replace('v', ''), 10);
}
