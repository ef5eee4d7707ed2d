import type { LineageEdge, LineageGraph, LineageNode, VersionReference } from '../../schemas/generated/messages.ts';
import { depthsOf } from '../../schemas/lineage-depth.ts';

/** What a picture still shows; lineage beyond it is left out. */
const mostNodes = 200;

/** A lineage graph in the making. */
export interface LineageDraft {
  has(id: string): boolean;
  /** Keeps the first node of an id. False where the graph is full and the node was left out. */
  add(node: LineageNode): boolean;
  /** Left out where an end is missing, or where it would lead in a circle: records from anywhere may say anything. */
  connect(from: string, to: string, role: string): void;
  /** Nodes from what came first to what came of it, the same for the same records however they were read. */
  finish(version: VersionReference): LineageGraph;
}

export function createLineageDraft(): LineageDraft {
  const nodes = new Map<string, LineageNode>();
  const edges = new Map<string, LineageEdge>();
  const following = new Map<string, Set<string>>();

  function leadsTo(from: string, to: string): boolean {
    const waiting = [from];
    const seen = new Set<string>();
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (id === to) return true;
      if (seen.has(id)) continue;
      seen.add(id);
      waiting.push(...(following.get(id) ?? []));
    }
    return false;
  }

  return {
    has: id => nodes.has(id),
    add(node) {
      if (nodes.has(node.id)) return true;
      if (nodes.size >= mostNodes) return false;
      nodes.set(node.id, node);
      return true;
    },
    connect(from, to, role) {
      const key = JSON.stringify([from, to]);
      if (edges.has(key) || !nodes.has(from) || !nodes.has(to) || leadsTo(to, from)) return;
      edges.set(key, { from, to, role });
      following.set(from, (following.get(from) ?? new Set()).add(to));
    },
    finish(version) {
      const all = [...edges.values()];
      const depth = depthsOf([...nodes.keys()], all);
      const rank = ({ id, kind }: LineageNode) => (depth.get(id) ?? 0) * kinds.length + kinds.indexOf(kind);
      const sorted = [...nodes.values()].sort(
        (a, b) => rank(a) - rank(b) || compare(a.label, b.label) || compare(a.id, b.id),
      );
      const place = new Map(sorted.map(({ id }, index) => [id, index]));
      const at = (id: string): number => place.get(id) ?? 0;
      return {
        version,
        nodes: sorted,
        edges: all.sort((a, b) => at(a.from) - at(b.from) || at(a.to) - at(b.to)),
      };
    },
  };
}

const kinds: readonly LineageNode['kind'][] = [
  'base-model',
  'dataset',
  'prompt',
  'policy',
  'tuning-job',
  'run',
  'version',
  'registry-version',
  'assessment',
];

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
