import { disposeAll, type Disposable } from '../base/emitter.ts';
import type { Memory } from '../base/memory.ts';
import type { RunBook } from './run-book.ts';
import { isEnded } from '../../schemas/run-states.ts';

const key = 'aiwb.unfinished';

/**
 * Remembers whether this workspace had runs under way. A window that opens on such a workspace asks for its runs at
 * once, so that status bar and tree take them up again; any other window waits until something needs them.
 */
export function rememberUnfinished(book: RunBook, memory: Memory): Disposable {
  let remembered = memory.get<boolean>(key, false);

  function remember(): void {
    if (book.state.kind !== 'loaded') return;
    const unfinished = book.entries().some(entry => !isEnded(entry.run.state));
    if (unfinished === remembered) return;
    remembered = unfinished;
    void memory.update(key, unfinished);
  }

  if (remembered) void book.load();
  return disposeAll(book.onReset(remember), book.onRunsChanged(remember));
}
