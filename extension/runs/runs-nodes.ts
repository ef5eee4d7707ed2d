import type { Row } from '../trees/row.ts';

export interface FolderNode {
  readonly kind: 'folder';
  readonly folder: string;
}
/** A benchmark or a tuning job, with its runs as children. */
export interface JobNode {
  readonly kind: 'job';
  readonly folder: string;
  readonly file: string;
  readonly key: string;
}
export interface RunNode {
  readonly kind: 'run';
  readonly id: string;
}
/** A row that stands for no run: more of a list, or what to do where there is none. */
export interface OtherNode {
  readonly kind: 'row';
  readonly row: Row;
}
export type RunsNode = FolderNode | JobNode | RunNode | OtherNode;

export function nodeKey(node: RunsNode): string {
  switch (node.kind) {
    case 'folder':
      return `folder ${node.folder}`;
    case 'job':
      return `job ${node.key}`;
    case 'run':
      return `run ${node.id}`;
    case 'row':
      return node.row.key;
  }
}
