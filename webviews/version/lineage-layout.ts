import type { LineageGraph, LineageNode } from '../../schemas/generated/messages.ts';
import { depthsOf } from '../../schemas/lineage-depth.ts';

/** Pixels. */
export const nodeWidth = 184;
export const nodeHeight = 58;
const columnGap = 48;
const rowGap = 14;
const margin = 4;

export interface PlacedNode {
  readonly node: LineageNode;
  readonly x: number;
  readonly y: number;
}

export interface PlacedEdge {
  readonly role: string;
  /** SVG path from the right of one node to the left of another. */
  readonly path: string;
}

export interface LineageLayout {
  /** Column by column from left to right, each from top to bottom. */
  readonly nodes: readonly PlacedNode[];
  readonly edges: readonly PlacedEdge[];
  readonly width: number;
  readonly height: number;
}

/**
 * Places a lineage graph in columns, causes left of what they led to. What nothing led to stands just before the first thing that it
 * led to; inside a column nodes stand near what they are connected with.
 */
export function layOutLineage({ nodes, edges }: LineageGraph): LineageLayout {
  const columns = columnsOf(nodes, edges);
  const rows = orderRows(columns, edges);
  const tallest = Math.max(0, ...rows.map(column => column.length));
  const height = 2 * margin + tallest * nodeHeight + Math.max(0, tallest - 1) * rowGap;
  const placed = new Map<string, PlacedNode>();
  for (const [column, list] of rows.entries()) {
    const own = list.length * nodeHeight + Math.max(0, list.length - 1) * rowGap;
    const top = Math.round((height - own) / 2);
    for (const [row, node] of list.entries())
      placed.set(node.id, {
        node,
        x: margin + column * (nodeWidth + columnGap),
        y: top + row * (nodeHeight + rowGap),
      });
  }
  return {
    nodes: [...placed.values()],
    edges: edges.flatMap(({ from, to, role }) => {
      const [one, other] = [placed.get(from), placed.get(to)];
      return one === undefined || other === undefined ? [] : [{ role, path: pathOf(one, other) }];
    }),
    width: 2 * margin + rows.length * nodeWidth + Math.max(0, rows.length - 1) * columnGap,
    height,
  };
}

type Edges = LineageGraph['edges'];

function columnsOf(nodes: readonly LineageNode[], edges: Edges): readonly (readonly LineageNode[])[] {
  const depth = new Map(
    depthsOf(
      nodes.map(({ id }) => id),
      edges,
    ),
  );
  const led = new Set(edges.map(({ to }) => to));
  for (const { id } of nodes) {
    const next = edges.flatMap(({ from, to }) => (from === id ? [depth.get(to) ?? 0] : []));
    if (!led.has(id) && next.length > 0) depth.set(id, Math.max(0, Math.min(...next) - 1));
  }
  const columns: LineageNode[][] = [];
  for (const node of nodes) (columns[depth.get(node.id) ?? 0] ??= []).push(node);
  return Array.from(columns, column => (column as LineageNode[] | undefined) ?? []).filter(column => column.length > 0);
}

const passes = 4;

/** Each node near the middle of its neighbours in the columns beside it, to and fro a few times. */
function orderRows(columns: readonly (readonly LineageNode[])[], edges: Edges): readonly (readonly LineageNode[])[] {
  const rows = columns.map(column => [...column]);
  const place = new Map<string, number>();
  const note = (column: readonly LineageNode[]): void => {
    for (const [row, { id }] of column.entries()) place.set(id, row - (column.length - 1) / 2);
  };
  rows.forEach(note);
  for (let pass = 0; pass < passes; pass += 1) {
    const isForward = pass % 2 === 0;
    for (const column of isForward ? rows : [...rows].reverse()) {
      const wanted = new Map(
        column.map(({ id }) => {
          const beside = edges.flatMap(({ from, to }) =>
            isForward ? (to === id ? [place.get(from) ?? 0] : []) : from === id ? [place.get(to) ?? 0] : [],
          );
          const middle =
            beside.length === 0 ? (place.get(id) ?? 0) : beside.reduce((sum, at) => sum + at, 0) / beside.length;
          return [id, middle];
        }),
      );
      column.sort((a, b) => (wanted.get(a.id) ?? 0) - (wanted.get(b.id) ?? 0));
      note(column);
    }
  }
  return rows;
}

function pathOf(from: PlacedNode, to: PlacedNode): string {
  const [x1, y1] = [from.x + nodeWidth, from.y + nodeHeight / 2];
  const [x2, y2] = [to.x, to.y + nodeHeight / 2];
  const bend = Math.max(columnGap / 2, (x2 - x1) / 2);
  return `M${x1} ${y1} C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`;
}
