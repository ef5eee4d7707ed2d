import type { Mapping, Policy } from '../../schemas/generated/files.ts';
import type { FrameworkMapping } from '../../schemas/generated/messages.ts';
import { closestName } from '../base/suggest.ts';
import type { DocumentPath } from '../documents/diagnostic.ts';
import { suggestEntry, type Framework } from '../frameworks/frameworks.ts';
import type { FrameworkLibrary } from '../frameworks/library.ts';
import type { ReportBreach } from './places.ts';

/** The versions of each framework that a policy's mappings can mean, by framework id: its own, else those it inherits. */
export type DeclaredFrameworks = ReadonlyMap<string, ReadonlySet<string>>;

/** What a policy declares together with what it inherits; its own version wins. Unknown ids and versions are reported. */
export function declareFrameworks(
  policy: Policy,
  inherited: readonly DeclaredFrameworks[],
  library: FrameworkLibrary,
  report: ReportBreach,
): DeclaredFrameworks {
  const declared = new Map<string, Set<string>>();
  for (const parent of inherited)
    for (const [id, versions] of parent) declared.set(id, new Set([...(declared.get(id) ?? []), ...versions]));
  const own = new Set<string>();
  (policy.frameworks ?? []).forEach(({ id, version }, index) => {
    const at = ['frameworks', index];
    if (own.has(id)) {
      report(
        'duplicate-item',
        [...at, 'id'],
        `\`${id}\` is declared already; a policy refers to one version of a framework.`,
      );
      return;
    }
    own.add(id);
    declared.set(id, new Set([version]));
    checkFramework(id, version, library, at, report);
  });
  return declared;
}

function checkFramework(
  id: string,
  version: string,
  library: FrameworkLibrary,
  at: DocumentPath,
  report: ReportBreach,
): void {
  const versions = library.versionsOf(id);
  if (versions.length === 0) {
    const ids = [...new Set(library.list().map(framework => framework.id))];
    const suggestion = closestName(id, ids);
    const message = `There is no framework \`${id}\` here.${ask(suggestion)} There are ${quoteAll(ids)}.`;
    report('unknown-framework', [...at, 'id'], message, { replacement: suggestion });
  } else if (!versions.includes(version)) {
    const message = `\`${id}\` is known in version ${quoteAll(versions)}, not \`${version}\`.`;
    const [only] = versions;
    const replacement = versions.length === 1 && only !== undefined ? `"${only}"` : undefined;
    report('unknown-framework', [...at, 'version'], message, { replacement });
  }
}

/** A control's mappings with version and name. What does not exist is reported and left out. */
export function readMappings(
  mappings: readonly Mapping[],
  declared: DeclaredFrameworks,
  library: FrameworkLibrary,
  at: DocumentPath,
  report: ReportBreach,
): readonly FrameworkMapping[] {
  const seen = new Set<string>();
  return mappings.flatMap((mapping, index) => {
    const here = [...at, index];
    const key = `${mapping.framework}\n${mapping.id}`;
    if (seen.has(key)) {
      report('duplicate-item', [...here, 'id'], `\`${mapping.id}\` is mapped already.`);
      return [];
    }
    seen.add(key);
    return readMapping(mapping, declared, library, here, report);
  });
}

function readMapping(
  { framework: id, id: entryId, relation = 'addresses' }: Mapping,
  declared: DeclaredFrameworks,
  library: FrameworkLibrary,
  at: DocumentPath,
  report: ReportBreach,
): FrameworkMapping[] {
  const versions = [...(declared.get(id) ?? [])];
  const [version] = versions;
  if (version === undefined) {
    reportUndeclared(id, declared, library.versionsOf(id).at(-1), at, report);
    return [];
  }
  if (versions.length > 1) {
    const message = `The extended policies refer to \`${id}\` in versions ${quoteAll(versions)}: declare under \`frameworks\` which one is meant here.`;
    report('unknown-framework', [...at, 'framework'], message);
    return [];
  }
  const framework = library.find(id, version);
  // An unknown version is told where it is declared.
  if (framework === undefined) return [];
  const entry = framework.byId.get(entryId);
  if (entry === undefined) {
    reportUnknownEntry(framework, entryId, at, report);
    return [];
  }
  return [{ framework: id, version, id: entryId, name: entry.name, relation }];
}

function reportUndeclared(
  id: string,
  declared: DeclaredFrameworks,
  known: string | undefined,
  at: DocumentPath,
  report: ReportBreach,
): void {
  const suggestion = closestName(id, [...declared.keys()]);
  const how =
    suggestion !== undefined
      ? ask(suggestion)
      : known === undefined
        ? ''
        : ` Declare it: \`frameworks: [{id: ${id}, version: "${known}"}]\`.`;
  const message = `\`${id}\` is not declared under \`frameworks\`, here or in a policy this one extends.${how}`;
  report('unknown-framework', [...at, 'framework'], message, { replacement: suggestion });
}

function reportUnknownEntry(framework: Framework, entryId: string, at: DocumentPath, report: ReportBreach): void {
  const name = `${framework.title} ${framework.version}`;
  const retired = framework.retired.get(entryId);
  if (retired !== undefined) {
    const replacement = framework.replacedBy.get(entryId);
    const instead = replacement === undefined ? undefined : framework.byId.get(replacement);
    const next =
      instead === undefined ? 'Map what took its place.' : `\`${instead.id}\` (${instead.name}) took its place.`;
    const message = `\`${entryId}\` (${retired}) was retired: ${name} has it no more. ${next}`;
    report('unknown-framework-id', [...at, 'id'], message, { replacement: instead?.id });
    return;
  }
  const suggestion = suggestEntry(framework, entryId);
  const meant = suggestion === undefined ? '' : ` Did you mean \`${suggestion.id}\` (${suggestion.name})?`;
  const [first] = framework.entries;
  const form = suggestion === undefined && first !== undefined ? ` Its ids look like \`${first.id}\`.` : '';
  report('unknown-framework-id', [...at, 'id'], `${name} has no id \`${entryId}\`.${meant}${form}`, {
    replacement: suggestion?.id,
  });
}

function ask(suggestion: string | undefined): string {
  return suggestion === undefined ? '' : ` Did you mean \`${suggestion}\`?`;
}

function quoteAll(words: readonly string[]): string {
  return words.map(word => `\`${word}\``).join(', ');
}
