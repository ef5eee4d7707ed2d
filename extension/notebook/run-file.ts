import path from 'node:path';
import { topLevelScalar } from '../../schemas/cells.ts';

/** The file that the runs of a notebook's cell belong to: the one that the cell uses, else the notebook. */
export function fileOfRuns(notebook: string, text: string): string {
  const used = topLevelScalar(text, 'use');
  return used === undefined ? notebook : path.resolve(path.dirname(notebook), used);
}
