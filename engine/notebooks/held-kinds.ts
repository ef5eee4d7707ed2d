import type { CellKind } from '../../schemas/cells.ts';
import type { DocumentKind } from '../documents/kinds.ts';

/** What the text of a cell of ours is. */
export const heldKinds: Readonly<Record<Exclude<CellKind, 'empty' | 'other'>, DocumentKind>> = {
  bench: 'bench',
  tune: 'tune',
  policy: 'policy',
  prompt: 'trial',
  compare: 'comparison',
};
