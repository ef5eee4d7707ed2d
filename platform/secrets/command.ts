import { execFile } from 'node:child_process';
import { WorkbenchError } from '../../engine/base/errors.ts';

const longestWait = 30_000;

/**
 * Runs a credential command and returns the first line it prints. No shell: the line is split at spaces, with quotes, and nothing is expanded.
 * Throws `secret-command-failed` with the command's own words, never with what it printed to its standard output.
 */
export async function runCredentialCommand(command: string, signal: AbortSignal): Promise<string> {
  const [program, ...parameters] = splitCommand(command);
  if (program === undefined) throw failed(command, 'it is empty');
  const output = await new Promise<string>((resolve, reject) => {
    execFile(
      program,
      parameters,
      { timeout: longestWait, signal, windowsHide: true, maxBuffer: 1 << 20 },
      (error, stdout, stderr) => {
        if (signal.aborted) reject(signal.reason as Error);
        else if (error === null) resolve(stdout);
        else
          reject(
            failed(
              command,
              error.killed === true
                ? 'it took longer than 30 s'
                : firstLine(stderr) || `it ended with ${String(error.code)}`,
              error,
            ),
          );
      },
    );
  });
  const secret = firstLine(output);
  if (secret === '') throw failed(command, 'it printed nothing');
  return secret;
}

/** Words of a command line: separated by spaces, quoted with ' or ", a backslash takes the next character as it is. */
export function splitCommand(command: string): readonly string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < command.length; at += 1) {
    const character = command[at] ?? '';
    if (character === '\\' && quote !== "'" && at + 1 < command.length && /["'\\\s]/.test(command[at + 1] ?? '')) {
      word = (word ?? '') + (command[at + 1] ?? '');
      at += 1;
    } else if (quote !== undefined) {
      if (character === quote) quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? '') + character;
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** A command line that `splitCommand` takes apart into these words again. */
export function joinCommand(words: readonly string[]): string {
  return words
    .map(word => (word !== '' && !/[\s"'\\]/.test(word) ? word : `"${word.replace(/["\\]/g, '\\$&')}"`))
    .join(' ');
}

function firstLine(text: string): string {
  return (text.split('\n')[0] ?? '').trim();
}

function failed(command: string, reason: string, cause?: unknown): WorkbenchError {
  return new WorkbenchError('secret-command-failed', `The credential command \`${command}\` gave no key: ${reason}.`, {
    remedy: 'Run it in a terminal to see why; its first output line must be the key.',
    cause,
  });
}
