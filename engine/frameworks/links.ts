import type { Framework, FrameworkEntry } from './frameworks.ts';

/** What an entry is tied to within its framework. */
export interface EntryLinks {
  /** What it is a part of: a technique's tactics, a sub-technique's technique, a subcategory's category. */
  readonly parents: readonly FrameworkEntry[];
  /** What it consists of, the other way round. */
  readonly children: readonly FrameworkEntry[];
  /** What it names as related, as far as this version has it. */
  readonly related: readonly FrameworkEntry[];
  /** What names it as related. */
  readonly relatedBy: readonly FrameworkEntry[];
}

interface LinkIndex {
  readonly parents: ReadonlyMap<string, readonly FrameworkEntry[]>;
  readonly children: ReadonlyMap<string, readonly FrameworkEntry[]>;
  readonly relatedBy: ReadonlyMap<string, readonly FrameworkEntry[]>;
}

const indexes = new WeakMap<Framework, LinkIndex>();

/** The ties of one entry, both ways. The index over a framework is made when it is first asked for. */
export function linksOf(framework: Framework, entry: FrameworkEntry): EntryLinks {
  let index = indexes.get(framework);
  if (index === undefined) {
    index = indexLinks(framework);
    indexes.set(framework, index);
  }
  const isWithin = framework.predecessor === undefined;
  return {
    parents: index.parents.get(entry.id) ?? [],
    children: index.children.get(entry.id) ?? [],
    related: isWithin ? (entry.related ?? []).flatMap(id => framework.byId.get(id) ?? []) : [],
    relatedBy: index.relatedBy.get(entry.id) ?? [],
  };
}

function indexLinks(framework: Framework): LinkIndex {
  const parents = new Map<string, readonly FrameworkEntry[]>();
  const children = new Map<string, FrameworkEntry[]>();
  const relatedBy = new Map<string, FrameworkEntry[]>();
  const headings = headingsOf(framework);
  for (const entry of framework.entries) {
    const above = parentsOf(framework, entry, headings);
    parents.set(entry.id, above);
    for (const parent of above) push(children, parent.id, entry);
    if (framework.predecessor === undefined) for (const id of entry.related ?? []) push(relatedBy, id, entry);
  }
  return { parents, children, relatedBy };
}

/** The entries that groups can name by their name: tactics are named so. */
function headingsOf(framework: Framework): ReadonlyMap<string, FrameworkEntry> {
  return new Map(framework.entries.flatMap(entry => (entry.group === tacticGroup ? [[entry.name, entry]] : [])));
}

const tacticGroup = 'Tactic';

function parentsOf(
  { byId }: Framework,
  { id, group }: FrameworkEntry,
  headings: ReadonlyMap<string, FrameworkEntry>,
): readonly FrameworkEntry[] {
  // `AML.T0051.001` is a part of `AML.T0051`.
  const whole = byId.get(/^(.+)\.\d+$/.exec(id)?.[1] ?? '');
  if (whole !== undefined) return [whole];
  if (group === undefined) return [];
  const named = byId.get(group);
  if (named !== undefined && named.id !== id) return [named];
  return group.split(', ').flatMap(name => headings.get(name) ?? []);
}

function push(map: Map<string, FrameworkEntry[]>, id: string, entry: FrameworkEntry): void {
  const list = map.get(id);
  if (list === undefined) map.set(id, [entry]);
  else list.push(entry);
}
