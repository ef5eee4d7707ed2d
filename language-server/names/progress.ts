import type { Connection } from 'vscode-languageserver';
import type { ShownProgress } from './name-index.ts';

/** Shows in the editor that files are being read, where it can show that, and lets the person stop it. */
export function showProgress(connection: Connection, isShown: boolean, files: number): ShownProgress {
  const stop = new AbortController();
  if (!isShown) return { signal: stop.signal, report: () => undefined, done: () => undefined };
  let isDone = false;
  const created = connection.window.createWorkDoneProgress().then(
    reporter => {
      reporter.begin('Reading the workspace', 0, `${files} files`, true);
      reporter.token.onCancellationRequested(() => stop.abort());
      return reporter;
    },
    // Without the display the work goes on all the same.
    () => undefined,
  );
  return {
    signal: stop.signal,
    report: done => void created.then(reporter => isDone || reporter?.report(Math.round((100 * done) / files))),
    done() {
      isDone = true;
      void created.then(reporter => reporter?.done());
    },
  };
}
