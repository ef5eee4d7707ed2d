import { CsvSplitter, type CsvRecord } from '../../datasets/csv.ts';
import { createEntryList, invalid, oneLine, readId, wholeText, type FoundFramework } from './imported.ts';

/** What catalogues call their columns, in any case, with spaces, `_` or `-` between words. */
const columns = {
  id: ['id', 'identifier', 'controlid', 'ref', 'reference'],
  name: ['name', 'title', 'controlname', 'control'],
  group: ['group', 'category', 'family', 'function', 'domain', 'tactic'],
  description: ['description', 'text', 'controltext', 'statement'],
  related: ['related', 'relatedcontrols', 'seealso'],
} as const;

type Column = keyof typeof columns;

/**
 * Reads a table with a header: `id` and `name`, and where there are such columns `group`, `description` and `related` (ids with `;`, `,`
 * or `|` between). The delimiter is a comma, semicolon or tab, whichever the header has most of. Throws `file-invalid` with the line.
 */
export function readTable(text: string, path: string, withText: boolean): FoundFramework {
  const records = splitRecords(text, path);
  const [header, ...rows] = records.filter(({ fields }) => fields.some(field => field.trim() !== ''));
  if (header === undefined) throw invalid(path, 'it is empty');
  const places = readHeader(header.fields, path);
  const cell = ({ fields }: CsvRecord, column: Column): string | undefined => {
    const place = places.get(column);
    return place === undefined ? undefined : fields[place];
  };
  const list = createEntryList(path);
  for (const row of rows) {
    const id = readId(cell(row, 'id'), path, `the row in line ${row.line}`, row.line);
    const name = oneLine(cell(row, 'name'), 400);
    if (name === undefined) throw invalid(path, `\`${id}\` has no name`, row.line);
    const group = oneLine(cell(row, 'group'), 400);
    const description = withText ? wholeText(cell(row, 'description')) : undefined;
    list.add(
      {
        id,
        name,
        ...(group === undefined ? {} : { group }),
        ...(description === undefined ? {} : { description }),
      },
      row.line,
    );
  }
  if (list.entries.length === 0) throw invalid(path, 'it has a header and no rows', header.line);
  const known = new Set(list.entries.map(({ id }) => id));
  const entries = list.entries.map((entry, index) => {
    const row = rows[index];
    const related = row === undefined ? [] : readRelated(cell(row, 'related'), known, entry.id);
    return related.length === 0 ? entry : { ...entry, related };
  });
  return { entries, retired: [] };
}

function splitRecords(text: string, path: string): readonly CsvRecord[] {
  const splitter = new CsvSplitter(path, delimiterOf(text));
  return [...splitter.push(text), ...splitter.end()];
}

function delimiterOf(text: string): string {
  const first =
    text
      .slice(0, 10_000)
      .split(/\r?\n/)
      .find(line => line.trim() !== '') ?? '';
  const count = (mark: string): number => first.split(mark).length;
  return [',', ';', '\t'].reduce((best, mark) => (count(mark) > count(best) ? mark : best));
}

function readHeader(fields: readonly string[], path: string): ReadonlyMap<Column, number> {
  const names = fields.map(field => field.toLowerCase().replaceAll(/[\s_-]+/g, ''));
  const places = new Map<Column, number>();
  for (const [column, known] of Object.entries(columns) as [Column, readonly string[]][]) {
    const found = known
      .map(name => names.indexOf(name))
      .find(index => index >= 0 && ![...places.values()].includes(index));
    if (found !== undefined) places.set(column, found);
  }
  for (const column of ['id', 'name'] as const) {
    if (!places.has(column)) throw invalid(path, `its header names no column \`${column}\``, 1);
  }
  return places;
}

/** The ids that are there; what is none, such as `None.`, is left out. */
function readRelated(written: string | undefined, known: ReadonlySet<string>, own: string): string[] {
  const named = (written ?? '').split(/[;,|\n]/).map(part => part.trim());
  const ids = named.flatMap(part => {
    const id = known.has(part) ? part : part.replace(/\.$/, '');
    return known.has(id) && id !== own ? [id] : [];
  });
  return [...new Set(ids)].slice(0, 500);
}
