import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { WorkbenchError } from '../../engine/base/errors.ts';
import type { LineProgram } from '../../engine/ports/programs.ts';
import { stopTree } from './process-tree.ts';
import { TextTail } from './text-tail.ts';

/** Characters one line may have. */
const longestLine = 16 * 2 ** 20;

/** Characters of the standard error that a failure repeats. */
const errorTail = 1000;

/** Milliseconds a program has to end by itself after its input has closed. */
const patience = 2000;

/**
 * Speaks to a program that was just started. An aborted signal ends it at once, with all it started. `onErrors` gets what it writes to its
 * standard error.
 */
export function createLineProgram(
  child: ChildProcessWithoutNullStreams,
  name: string,
  signal: AbortSignal,
  onErrors?: (text: string) => void,
): LineProgram {
  const errors = new TextTail(errorTail);
  let closing = false;
  let ended: WorkbenchError | undefined;
  const kill = (): void => {
    closing = true;
    stopTree(child, 'SIGKILL');
  };
  const closed = new Promise<void>(resolve => {
    child.once('close', (code, ending) => {
      signal.removeEventListener('abort', kill);
      ended ??= failed(name, code === null ? `was stopped by ${String(ending)}` : `ended with status ${code}`, errors);
      resolve();
    });
  });
  signal.addEventListener('abort', kill, { once: true });
  child.stdin.on('error', () => undefined); // `send` tells it; between two of them the program's end does.
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors.add(text);
    onErrors?.(text);
  });
  // What the program left running in its group must not keep its outputs open for ever.
  child.once('exit', () => {
    setTimeout(() => {
      stopTree(child, 'SIGKILL');
    }, patience).unref();
  });

  async function* readLines(): AsyncIterable<string> {
    let pieces: string[] = [];
    let length = 0;
    for await (const text of child.stdout.setEncoding('utf8') as AsyncIterable<string>) {
      let start = 0;
      for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
        pieces.push(text.slice(start, end));
        const line = pieces.join('');
        pieces = [];
        length = 0;
        start = end + 1;
        yield line.endsWith('\r') ? line.slice(0, -1) : line;
      }
      if (start < text.length) pieces.push(text.slice(start));
      length += text.length - start;
      if (length > longestLine) {
        ended = failed(name, 'printed a line of more than 16 MB', errors);
        kill();
        throw ended;
      }
    }
    if (length > 0) yield pieces.join('');
    await closed;
    signal.throwIfAborted();
    if (!closing && child.exitCode !== 0 && ended !== undefined) throw ended;
  }

  return {
    lines: readLines(),
    send(line) {
      if (ended !== undefined) return Promise.reject(ended);
      return new Promise((resolve, reject) => {
        child.stdin.write(`${line}\n`, error => {
          if (!error) resolve();
          else void closed.then(() => reject(ended ?? error));
        });
      });
    },
    async close() {
      closing = true;
      child.stdin.end();
      child.stdout.resume();
      const timer = setTimeout(kill, patience);
      await closed;
      clearTimeout(timer);
    },
  };
}

function failed(name: string, how: string, errors: TextTail): WorkbenchError {
  const said = errors.text.trim();
  return new WorkbenchError('program-failed', `\`${name}\` ${how}${said === '' ? '' : `. It wrote: ${said}`}`, {
    remedy: 'Run it in a terminal with one line of input to see why.',
  });
}
