import * as vscode from 'vscode';
import { toFailure } from '../base/failure.ts';
import { createPages } from './pages.ts';
import { failureRow } from './failure-row.ts';
import type { Row, Rows } from './row.ts';
import { moreRow, treeItem } from './tree-row.ts';

/** A tree of rows that are asked for when they are to be seen. Long lists are shown a page at a time. */
export class RowTree implements vscode.TreeDataProvider<Row>, vscode.Disposable {
  readonly #roots: () => Promise<Rows>;
  readonly #changed = new vscode.EventEmitter<Row | undefined>();
  readonly #pages = createPages();
  readonly onDidChangeTreeData = this.#changed.event;

  /** @param roots the outermost rows; what it throws is told in a row */
  constructor(roots: () => Promise<Rows>) {
    this.#roots = roots;
  }

  refresh(): void {
    this.#changed.fire(undefined);
  }

  async getChildren(parent?: Row): Promise<Row[]> {
    const key = parent?.key ?? '';
    try {
      const rows = parent === undefined ? await this.#roots() : ((await parent.children?.()) ?? []);
      const { shown, left } = this.#pages.take(key, rows);
      if (left === 0) return [...shown];
      const show = (): void => {
        this.#pages.more(key);
        this.#changed.fire(parent);
      };
      return [...shown, moreRow(key, left, show)];
    } catch (error) {
      return [failureRow(key, toFailure(error))];
    }
  }

  getTreeItem(row: Row): vscode.TreeItem {
    return treeItem(row);
  }

  dispose(): void {
    this.#changed.dispose();
  }
}
