import type { FrameworkDefinition } from '../../schemas/generated/files.ts';
import { suggestEntry } from '../frameworks/frameworks.ts';
import { createFrameworkLibrary, keyOf, toFramework } from '../frameworks/library.ts';
import type { Diagnostic, ReportFinding } from '../documents/diagnostic.ts';
import { collectFindings, shortPlace } from '../documents/findings.ts';
import type { DocumentLibrary } from '../documents/library.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import { listWords } from '../documents/suggest.ts';

/** What the checks of a framework see of the workspace. */
export interface FrameworkView {
  readonly path: string;
  /** The same relative to the workspace folder. */
  readonly file: string;
  readonly library: DocumentLibrary;
}

/**
 * Whether a framework's ids are each there once, name only ids that exist, and whether it is the only one of its id and version. Nothing
 * when the file itself has errors. Rejects only with the signal's reason and what the library rejects with.
 */
export async function checkFramework(
  parsed: ParsedDocument<'framework'>,
  view: FrameworkView,
  signal: AbortSignal,
): Promise<Diagnostic[]> {
  const definition = parsed.value;
  if (definition === undefined) return [];
  const { report, sorted } = collectFindings(parsed);
  checkIds(definition, report);
  checkReferences(definition, view.file, report);
  await checkTwins(definition, view, report, signal);
  return sorted();
}

function checkIds({ entries, retired = [] }: FrameworkDefinition, report: ReportFinding): void {
  const seen = new Set<string>();
  entries.forEach(({ id }, index) => {
    if (seen.has(id)) report('duplicate-item', 'error', ['entries', index, 'id'], `\`${id}\` is an entry already.`);
    seen.add(id);
  });
  retired.forEach(({ id }, index) => {
    if (seen.has(id)) {
      const message = `\`${id}\` stands here twice: an id is an entry, or it was retired once.`;
      report('duplicate-item', 'error', ['retired', index, 'id'], message);
    }
    seen.add(id);
  });
}

function checkReferences(definition: FrameworkDefinition, file: string, report: ReportFinding): void {
  const framework = toFramework(definition, file);
  const check = (id: string | undefined, at: readonly (string | number)[]): void => {
    if (id === undefined || framework.byId.has(id)) return;
    const suggestion = suggestEntry(framework, id);
    const meant = suggestion === undefined ? '' : ` Did you mean \`${suggestion.id}\` (${suggestion.name})?`;
    const message = `There is no entry \`${id}\`.${meant}`;
    report('unknown-framework-id', 'warning', at, message, { replacement: suggestion?.id });
  };
  (definition.retired ?? []).forEach(({ replacedBy }, index) => {
    check(replacedBy, ['retired', index, 'replacedBy']);
  });
  // They are ids of another version.
  if (definition.predecessor !== undefined) return;
  definition.entries.forEach(({ related = [] }, index) => {
    related.forEach((id, place) => {
      check(id, ['entries', index, 'related', place]);
    });
  });
}

/** A version that is described twice is nobody's to refer to. */
async function checkTwins(
  { id, version }: FrameworkDefinition,
  { path, library }: FrameworkView,
  report: ReportFinding,
  signal: AbortSignal,
): Promise<void> {
  if (createFrameworkLibrary().find(id, version) !== undefined) {
    const message = `\`${id}\` \`${version}\` is built in, and policies refer to that. Give this one an id or a version of its own.`;
    report('ambiguous-framework', 'error', ['version'], message);
    return;
  }
  const all = await library.all('framework', signal);
  signal.throwIfAborted();
  const others = all.filter(
    other => other.path !== path && other.parsed.value && keyOf(other.parsed.value) === keyOf({ id, version }),
  );
  if (others.length === 0) return;
  const files = listWords(others.map(({ file }) => file));
  const message = `\`${id}\` \`${version}\` is also described by ${files}: policies can refer to it once only one is left.`;
  const related = others.map(other => ({
    path: other.path,
    message: `\`${id}\` \`${version}\` is described here too.`,
    range: shortPlace(other.parsed, ['version']),
  }));
  report('ambiguous-framework', 'error', ['version'], message, { related });
}
