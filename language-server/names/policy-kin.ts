import type { NamedDocument, NameTable } from './name-table.ts';
import { thing, type Thing } from './things.ts';

/** The policies that state a control or check of one document: that document, those it extends, those that extend it, and so on from each. */
export function findStatements(table: NameTable, stated: Thing, from: NamedDocument): ReadonlySet<NamedDocument> {
  const statements = new Set([from]);
  const others = new Set(table.naming(stated));
  others.delete(from);
  for (const document of statements) {
    if (others.size === 0) break;
    for (const kin of [...findAncestors(table, document), ...findDescendants(table, document)]) {
      if (others.delete(kin)) statements.add(kin);
    }
  }
  return statements;
}

/** Of the policies that state a control or check, those that ask for it first: nothing they extend states it. */
export function findOrigins(table: NameTable, statements: ReadonlySet<NamedDocument>): ReadonlySet<NamedDocument> {
  return new Set(
    [...statements].filter(document => ![...findAncestors(table, document)].some(kin => statements.has(kin))),
  );
}

/** The policies a policy extends, at any distance. */
export function findAncestors(table: NameTable, from: NamedDocument): ReadonlySet<NamedDocument> {
  return reach(from, document => policiesOf(table, document, 'reference', 'declaration'));
}

function findDescendants(table: NameTable, from: NamedDocument): ReadonlySet<NamedDocument> {
  return reach(from, document => policiesOf(table, document, 'declaration', 'reference'));
}

function reach(
  from: NamedDocument,
  next: (document: NamedDocument) => Iterable<NamedDocument>,
): ReadonlySet<NamedDocument> {
  const reached = new Set<NamedDocument>();
  const open = [from];
  for (let document = open.pop(); document !== undefined; document = open.pop()) {
    for (const other of next(document)) {
      if (other === from || reached.has(other)) continue;
      reached.add(other);
      open.push(other);
    }
  }
  return reached;
}

/** The documents in which the policies that `document` names in one role stand in the other. */
function* policiesOf(
  table: NameTable,
  document: NamedDocument,
  own: 'declaration' | 'reference',
  other: 'declaration' | 'reference',
): Iterable<NamedDocument> {
  for (const { thing: named, role } of document.occurrences) {
    if (named.kind !== 'policy' || role !== own) continue;
    for (const candidate of table.naming(thing('policy', document.root, named.name))) {
      if (candidate.occurrences.some(({ thing: { key }, role: its }) => key === named.key && its === other))
        yield candidate;
    }
  }
}
