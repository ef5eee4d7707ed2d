import type { LineageEdge } from './generated/messages.ts';

/** By node, how many edges the longest way to it has from one that nothing leads to. Of a circle's nodes it says 0. */
export function depthsOf(
  ids: readonly string[],
  edges: readonly Pick<LineageEdge, 'from' | 'to'>[],
): ReadonlyMap<string, number> {
  const incoming = new Map<string, number>(ids.map(id => [id, 0]));
  const outgoing = new Map<string, string[]>();
  for (const { from, to } of edges) {
    incoming.set(to, (incoming.get(to) ?? 0) + 1);
    outgoing.set(from, [...(outgoing.get(from) ?? []), to]);
  }
  const depth = new Map<string, number>(ids.map(id => [id, 0]));
  const ready = ids.filter(id => incoming.get(id) === 0);
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    for (const to of outgoing.get(id) ?? []) {
      depth.set(to, Math.max(depth.get(to) ?? 0, (depth.get(id) ?? 0) + 1));
      const left = (incoming.get(to) ?? 1) - 1;
      incoming.set(to, left);
      if (left === 0) ready.push(to);
    }
  }
  return depth;
}
