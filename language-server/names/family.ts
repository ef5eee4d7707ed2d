import { findStatements } from './policy-kin.ts';
import type { NamedDocument, NameTable } from './name-table.ts';
import { fileThing, scopeOf, thing, type Occurrence, type Thing } from './things.ts';

/** Things that are one and the same, whatever they are called by: a column is what prompts read and policies name. */
export interface Family {
  readonly things: readonly Thing[];
  /** Those of them that are columns of datasets. */
  readonly columns: readonly Thing[];
  /** Only what these documents say counts; all documents where absent. */
  readonly within?: ReadonlySet<NamedDocument>;
}

/** Everything that is the same as `one`, which stands in `from`. */
export function findFamily(table: NameTable, one: Thing, from: NamedDocument | undefined): Family {
  switch (one.kind) {
    case 'column':
    case 'variable':
    case 'slice': {
      const columns = one.kind === 'column' ? [one] : columnsOf(table, one);
      const all = [one, ...columns, ...columns.flatMap(column => [...namesOfColumn(table, column)])];
      return { columns, things: [...new Map(all.map(known => [known.key, known])).values()] };
    }
    case 'control':
    case 'check':
      return {
        things: [one],
        columns: [],
        ...(from && { within: findStatements(table, one, from) }),
      };
    default:
      return { things: [one], columns: [] };
  }
}

/** A place in a document of the table. */
export interface FoundOccurrence {
  readonly document: NamedDocument;
  readonly occurrence: Occurrence;
}

/** Every place that names one of a family. */
export function* findOccurrences(table: NameTable, { things, within }: Family): Iterable<FoundOccurrence> {
  const keys = new Set(things.map(({ key }) => key));
  const seen = new Set<NamedDocument>();
  for (const one of things) {
    for (const document of table.naming(one)) {
      if (seen.has(document) || within?.has(document) === false) continue;
      seen.add(document);
      const places = new Set<string>();
      for (const occurrence of document.occurrences) {
        if (!keys.has(occurrence.thing.key)) continue;
        const { line, character } = occurrence.range.start;
        const place = `${line}:${character}`;
        if (!places.has(place)) yield { document, occurrence };
        places.add(place);
      }
    }
  }
}

/** The columns that a template's variable or a policy's slice means. */
function columnsOf(table: NameTable, { kind, scope, name }: Thing): readonly Thing[] {
  const [root = '', owner] = scope.split('\n');
  const users =
    kind === 'slice'
      ? usersOf(table, thing('benchmark', root, owner ?? ''), 'name')
      : owner === undefined
        ? usersOf(table, fileThing(scope), 'prompts.*')
        : usersOf(table, thing('connection', root, owner), 'models.*');
  return users.flatMap(document => filesOf(document, 'dataset.path').map(dataset => thing('column', dataset, name)));
}

/** What else a column is called by: variables of the templates that are filled from its rows, slices of the benchmarks that ask them. */
function* namesOfColumn(table: NameTable, { scope: dataset, name }: Thing): Iterable<Thing> {
  for (const document of usersOf(table, fileThing(dataset), 'dataset.path')) {
    for (const prompt of filesOf(document, 'prompts.*')) yield thing('variable', prompt, name);
    for (const { thing: other, field } of document.occurrences) {
      if (other.kind === 'benchmark') yield thing('slice', scopeOf(document.root, other.name), name);
      if (other.kind === 'connection' && field === 'models.*')
        yield thing('variable', scopeOf(document.root, other.name), name);
    }
  }
}

/** The documents that name a thing at a certain place. */
function usersOf(table: NameTable, one: Thing, field: string): readonly NamedDocument[] {
  return [...table.naming(one)].filter(({ occurrences }) =>
    occurrences.some(occurrence => occurrence.field === field && occurrence.thing.key === one.key),
  );
}

function filesOf({ occurrences }: NamedDocument, field: string): readonly string[] {
  return occurrences.filter(occurrence => occurrence.field === field).map(({ thing: { name } }) => name);
}
