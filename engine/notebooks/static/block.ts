import type { Cell } from '../../reports/table.ts';
import type { Chart } from './chart.ts';

/** A part of an output as any viewer can show it. All texts are plain: whoever renders them escapes them. */
export type Block =
  | { readonly kind: 'head'; readonly strong: string; readonly rest?: string }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly title?: string; readonly items: readonly string[] }
  | {
      readonly kind: 'table';
      readonly caption: string;
      readonly header: readonly Cell[];
      readonly rows: readonly (readonly Cell[])[];
    }
  /** A text that is shown letter by letter, such as a model's answer. */
  | { readonly kind: 'code'; readonly title: string; readonly text: string }
  /** Beside a table with the same figures: not every viewer draws. */
  | { readonly kind: 'chart'; readonly chart: Chart };

/** How much of its parts an output shows. */
export interface Extent {
  /** Rows of a table, items of a list. */
  readonly rows: number;
  readonly columns: number;
  /** Characters of a table's cell, of an item, and of a text in full. */
  readonly cell: number;
  readonly item: number;
  readonly code: number;
}

/** Tried in this order until an output fits. */
export const extents: readonly Extent[] = [
  { rows: 200, columns: 32, cell: 300, item: 1_000, code: 8_000 },
  { rows: 60, columns: 24, cell: 200, item: 500, code: 2_000 },
  { rows: 20, columns: 16, cell: 120, item: 300, code: 500 },
  { rows: 8, columns: 10, cell: 80, item: 200, code: 200 },
];
