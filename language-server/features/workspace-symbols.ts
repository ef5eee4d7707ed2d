import { SymbolKind, type SymbolInformation } from 'vscode-languageserver';
import { signalOf, type ServerContext } from '../context.ts';
import type { Feature } from '../feature.ts';
import { matchFuzzy } from '../names/fuzzy.ts';
import type { NamedDocument, NameTable } from '../names/name-table.ts';
import { findAncestors } from '../names/policy-kin.ts';
import type { Occurrence, ThingKind } from '../names/things.ts';
import { isBelow } from '../paths.ts';

const mostSymbols = 256;
const portion = 64;

/** What the workspace declares, by name. */
export const workspaceSymbols: Feature = {
  capabilities: () => ({ workspaceSymbolProvider: true }),
  register: registerWorkspaceSymbols,
};

const kinds: Partial<Readonly<Record<ThingKind, SymbolKind>>> = {
  connection: SymbolKind.Interface,
  platform: SymbolKind.Module,
  benchmark: SymbolKind.Class,
  job: SymbolKind.Method,
  policy: SymbolKind.Package,
  control: SymbolKind.Constant,
  check: SymbolKind.Boolean,
  'registered-model': SymbolKind.Object,
};

function registerWorkspaceSymbols(context: ServerContext): void {
  const { connection, names } = context;
  connection.onWorkspaceSymbol(async ({ query }, token, _, partial): Promise<SymbolInformation[]> => {
    const table = await names.ready(signalOf(token));
    const found = findSymbols(context, table, query);
    if (partial === undefined) return found;
    for (let at = 0; at < found.length; at += portion) partial.report(found.slice(at, at + portion));
    return [];
  });
}

interface Candidate {
  readonly score: number;
  readonly name: string;
  readonly kind: SymbolKind;
  readonly document: NamedDocument;
  readonly range: Occurrence['range'];
}

function findSymbols(context: ServerContext, table: NameTable, query: string): SymbolInformation[] {
  const candidates: Candidate[] = [];
  const isRestated = judgeRestated(table);
  for (const document of table.documents()) {
    for (const occurrence of document.occurrences) {
      const kind = kinds[occurrence.thing.kind];
      if (kind === undefined || occurrence.role !== 'declaration') continue;
      const name = nameOf(occurrence);
      const score = matchFuzzy(query, name);
      if (score === undefined || isRestated(document, occurrence)) continue;
      candidates.push({ score, name, kind, document, range: occurrence.range });
    }
    const file = document.kind === 'prompt' ? fileOf(context, document) : '';
    const score = file === '' ? undefined : matchFuzzy(query, file);
    if (score !== undefined) candidates.push({ score, name: file, kind: SymbolKind.File, document, range: fileStart });
  }
  return candidates
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
    .slice(0, mostSymbols)
    .map(({ name, kind, document, range }) => ({
      name,
      kind,
      location: { uri: document.uri, range },
      containerName: fileOf(context, document),
    }));
}

const fileStart = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Controls and checks are known by id and title. */
function nameOf({ thing: { kind, name }, detail }: Occurrence): string {
  return (kind === 'control' || kind === 'check') && detail !== undefined ? `${name} ${detail}` : name;
}

/** Policies that make a control stricter state it again. */
function judgeRestated(table: NameTable): (document: NamedDocument, occurrence: Occurrence) => boolean {
  const known = new Map<NamedDocument, ReadonlySet<NamedDocument>>();
  return (document, { thing }) => {
    if (thing.kind !== 'control' && thing.kind !== 'check') return false;
    const above = known.get(document) ?? findAncestors(table, document);
    known.set(document, above);
    for (const kin of above) if (kin.occurrences.some(({ thing: { key } }) => key === thing.key)) return true;
    return false;
  };
}

/** The file, seen from the opened folder it lies in. */
function fileOf({ workspace, ports: { files } }: ServerContext, { path, uri }: NamedDocument): string {
  if (path === undefined) return uri;
  const root = workspace.roots().find(candidate => isBelow(files, candidate, path));
  return root === undefined ? path : files.relative(root, path);
}
