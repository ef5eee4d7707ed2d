import type { LineageGraph, LineageNode } from '../../schemas/generated/messages.ts';
import { showLine } from '../reports/shown-text.ts';

const kindWords: Record<LineageNode['kind'], string> = {
  dataset: 'dataset',
  prompt: 'prompt',
  run: 'run',
  'tuning-job': 'tuning job',
  'base-model': 'base model',
  policy: 'policy',
  assessment: 'assessment',
  version: 'version',
  'registry-version': 'version elsewhere',
};

type Step = readonly [role: string, node: LineageNode];

/** A lineage graph as two trees: what led to the version, and what came of it. What stands in both or twice is shown once. */
export function renderLineage(graph: LineageGraph): string {
  const nodes = new Map(graph.nodes.map(node => [node.id, node]));
  const steps = (id: string, from: 'from' | 'to', to: 'from' | 'to'): Step[] =>
    graph.edges.flatMap((edge): Step[] => {
      const node = edge[from] === id ? nodes.get(edge[to]) : undefined;
      return node === undefined ? [] : [[edge.role, node]];
    });
  const before = (id: string): readonly Step[] => steps(id, 'to', 'from');
  const after = (id: string): readonly Step[] => steps(id, 'from', 'to');
  const own = subjectOf(graph);
  if (own === undefined) return 'Nothing is known of its lineage.';
  const seen = new Set([own.id]);
  const led = tree(before(own.id), before, seen, '');
  const forward = reach(own.id, after);
  // What a benchmark or an assessment rested on beside the version stands under it.
  const inputs = (id: string): readonly Step[] => before(id).filter(([, node]) => !forward.has(node.id));
  const came = tree(after(own.id), id => (forward.has(id) ? [...inputs(id), ...after(id)] : []), seen, '');
  return [
    describe(own),
    ...(led.length === 0 ? [] : ['', 'Made from', ...led]),
    ...(came.length === 0 ? [] : ['', 'Led to', ...came]),
  ].join('\n');
}

/** An id and all that can be reached from it. */
function reach(from: string, next: (id: string) => readonly Step[]): ReadonlySet<string> {
  const found = new Set<string>();
  const waiting = [from];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    waiting.push(...next(id).map(([, node]) => node.id));
  }
  return found;
}

function tree(
  steps: readonly Step[],
  next: (id: string) => readonly Step[],
  seen: Set<string>,
  indent: string,
): string[] {
  return steps.flatMap(([role, node], index) => {
    const isLast = index === steps.length - 1;
    const line = `${indent}${isLast ? '└─' : '├─'} ${role}: ${describe(node)}`;
    if (seen.has(node.id)) return [`${line} (above)`];
    seen.add(node.id);
    return [line, ...tree(next(node.id), next, seen, `${indent}${isLast ? '   ' : '│  '}`)];
  });
}

function describe({ kind, label, detail, digest }: LineageNode): string {
  const more = [detail, digest === undefined ? undefined : `sha256 ${digest.slice(0, 12)}`];
  const parts = more.filter(part => part !== undefined).map(part => showLine(part, 120));
  return `${kindWords[kind]} ${showLine(label, 200)}${parts.length === 0 ? '' : ` (${parts.join(', ')})`}`;
}

/** The node of the version that the graph is of. */
export function subjectOf({ version, nodes }: LineageGraph): LineageNode | undefined {
  return nodes.find(
    ({ kind, open }) =>
      (kind === 'version' || kind === 'registry-version') &&
      open?.id === version.model &&
      open.version === version.version,
  );
}

/** The same as a Mermaid flow chart, for pages that draw those. */
export function renderMermaid({ nodes, edges }: LineageGraph): string {
  const names = new Map(nodes.map(({ id }, index) => [id, `n${String(index)}`]));
  return [
    'flowchart LR',
    ...nodes.map(node => `  ${names.get(node.id) ?? ''}["${mermaidText(`${kindWords[node.kind]}: ${node.label}`)}"]`),
    ...edges.map(
      ({ from, to, role }) => `  ${names.get(from) ?? ''} -->|"${mermaidText(role)}"| ${names.get(to) ?? ''}`,
    ),
  ].join('\n');
}

/** Mermaid reads markup and entities in texts; everything but letters, digits and plain signs is written as an entity. */
function mermaidText(text: string): string {
  return showLine(text, 120).replace(
    /[^\p{L}\p{N} .,:/@_()+-]/gu,
    character => `#${String(character.codePointAt(0) ?? 0)};`,
  );
}
