import { WorkbenchError } from '../base/errors.ts';
import type { Files } from '../ports/files.ts';
import { loadNotebook, type Notebook, type NotebookCell } from './ipynb.ts';
import { changeCells, findSameCell, type CellChange } from './ipynb-edit.ts';

/** A notebook whose cells are executed while others may edit its file. */
export interface NotebookFile {
  /** As it was last read or written. */
  current(): Notebook;
  /**
   * Writes changes of cells, atomically, into the file as it is now: what others changed in it since stays. Throws `file-invalid` where a
   * cell is gone from it, or holds another text than the one that was executed.
   */
  change(changes: ReadonlyMap<NotebookCell, CellChange>): Promise<void>;
}

/** @param target path to write to: the notebook's own, or that of a copy. */
export function createNotebookFile(notebook: Notebook, target: string, files: Files): NotebookFile {
  let current = notebook;
  let known = target === notebook.path;

  /** Never interrupted: what was executed is to be kept. */
  async function refresh(): Promise<void> {
    if (!known) return;
    const now = await loadNotebook(target, files, new AbortController().signal);
    if (now.text !== current.text) current = { ...now, path: notebook.path };
  }

  return {
    current: () => current,
    async change(changes) {
      await refresh();
      const placed = new Map<number, CellChange>();
      for (const [cell, change] of changes) {
        const same = findSameCell(current, cell);
        if (same === undefined) throw hasChanged(target, cell);
        placed.set(same.index, change);
      }
      const changed = changeCells(current, placed);
      if (known && changed.text === current.text) return;
      await files.writeText(target, changed.text);
      current = changed;
      known = true;
    },
  };
}

function hasChanged(target: string, cell: NotebookCell): WorkbenchError {
  const name = cell.id === undefined ? String(cell.index + 1) : `${String(cell.index + 1)} (${cell.id})`;
  return new WorkbenchError(
    'file-invalid',
    `${target} was changed while its cells ran: cell ${name} is gone or has another text, so its output has no place.`,
    {
      remedy: 'Nothing of the run is lost: `aiwb runs list` shows it. Run the notebook again.',
      place: { path: target },
    },
  );
}
