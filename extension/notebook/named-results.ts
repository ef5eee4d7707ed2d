import type { NamedResult } from '../../schemas/generated/messages.ts';
import type { OutputFacts } from './output-facts.ts';

/** The results that cells gave a name to, in the order of the notebook; of several with one name the newest counts. */
export function namedResults<T extends { readonly facts: OutputFacts }>(cells: readonly T[]): T[] {
  const newest = new Map<string, T>();
  for (const entry of cells) {
    const { as, createdAt } = entry.facts;
    if (as === undefined) continue;
    const other = newest.get(as);
    if (other === undefined || other.facts.createdAt <= createdAt) newest.set(as, entry);
  }
  return cells.filter(entry => entry.facts.as !== undefined && newest.get(entry.facts.as) === entry);
}

/** A result as cells refer to it. */
export function toNamedResult({ as, kind, id, best = id, createdAt }: OutputFacts): NamedResult | undefined {
  return as === undefined ? undefined : { name: as, kind, id: best, createdAt };
}
