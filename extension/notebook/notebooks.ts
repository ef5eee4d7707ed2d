import * as vscode from 'vscode';
import type { Log } from '../base/log.ts';
import type { Engines } from '../engine/engines.ts';
import type { RunBook } from '../runs/run-book.ts';
import { createCellStatus } from './cell-status.ts';
import { createClaims } from './claims.ts';
import { createKernel, type Kernel } from './controller.ts';
import { connectRenderer } from './messaging.ts';
import { createResultsView } from './results-view.ts';

export interface NotebooksParts {
  readonly engines: Engines;
  readonly book: RunBook;
  readonly log: Log;
  /** Id of this extension. */
  readonly extensionId: string;
  tell(error: unknown): void;
}

/** Everything about notebooks: the kernel, what their outputs are told, the line below a cell, and the Results view. */
export function createNotebooks(parts: NotebooksParts): Kernel {
  const renderer = connectRenderer(parts);
  const say = (...words: Parameters<typeof renderer.say>): void => renderer.say(...words);
  const kernel = createKernel({ ...parts, claims: createClaims(parts.log), say });
  const others = vscode.Disposable.from(
    kernel,
    renderer,
    createCellStatus(),
    createResultsView(parts.book, parts.tell),
  );
  return { restart: notebook => kernel.restart(notebook), dispose: () => void others.dispose() };
}
