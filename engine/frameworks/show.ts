import type {
  FrameworkDetails,
  FrameworkEntryDetails,
  FrameworkSummary,
  NamedEntry,
} from '../../schemas/generated/messages.ts';
import { WorkbenchError } from '../base/errors.ts';
import type { DocumentLibrary } from '../documents/library.ts';
import { requireFramework } from './require-framework.ts';
import { describeEntryText } from './descriptions.ts';
import { suggestEntry, type Framework, type FrameworkEntry } from './frameworks.ts';
import { keyOf, readFrameworks } from './library.ts';
import { linksOf } from './links.ts';

/** Every framework that policies of a workspace can refer to, with how many of them declare it. */
export async function listKnownFrameworks(
  documents: DocumentLibrary,
  signal: AbortSignal,
): Promise<readonly FrameworkSummary[]> {
  const library = await readFrameworks(documents, signal);
  const declared = new Map<string, number>();
  for (const { parsed } of await documents.all('policy', signal)) {
    for (const framework of parsed.value?.frameworks ?? [])
      declared.set(keyOf(framework), (declared.get(keyOf(framework)) ?? 0) + 1);
  }
  return library.list().map(framework => ({ ...summarise(framework), policies: declared.get(keyOf(framework)) ?? 0 }));
}

/**
 * One version of a framework, the newest where none is named, with one of its entries or all. Throws `usage` for what there is none of,
 * with what may have been meant.
 */
export async function showFramework(
  asked: { readonly id: string; readonly version?: string; readonly entry?: string },
  documents: DocumentLibrary,
  signal: AbortSignal,
): Promise<FrameworkDetails> {
  const library = await readFrameworks(documents, signal);
  const version = asked.version ?? library.versionsOf(asked.id).at(-1) ?? '';
  const framework = requireFramework(library, asked.id, version);
  const entries = asked.entry === undefined ? framework.entries : [requireEntry(framework, asked.entry)];
  const { relatedTitle, predecessor, retired, replacedBy } = framework;
  return {
    framework: summarise(framework),
    ...(relatedTitle === undefined ? {} : { relatedTitle }),
    ...(predecessor === undefined ? {} : { predecessor }),
    entries: await Promise.all(entries.map(entry => detail(framework, entry))),
    retired: [...retired].map(([id, name]) => {
      const next = replacedBy.get(id);
      return { id, name, ...(next === undefined ? {} : { replacedBy: next }) };
    }),
  };
}

function requireEntry(framework: Framework, written: string): FrameworkEntry {
  const found = framework.byId.get(written);
  if (found !== undefined) return found;
  const name = `${framework.title} ${framework.version}`;
  const retired = framework.retired.get(written);
  if (retired !== undefined) {
    const next = framework.replacedBy.get(written);
    throw new WorkbenchError('usage', `${written} (${retired}) was retired: ${name} has it no more.`, {
      ...(next === undefined ? {} : { remedy: `${next} took its place.` }),
    });
  }
  const meant = suggestEntry(framework, written);
  throw new WorkbenchError('usage', `${name} has no id ${written}.`, {
    ...(meant === undefined ? {} : { remedy: `Did you mean ${meant.id} (${meant.name})?` }),
  });
}

function summarise({ id, version, title, publisher, license, note, url, file, entries }: Framework): FrameworkSummary {
  return {
    id,
    version,
    title,
    ...(publisher === '' ? {} : { publisher }),
    ...(license === '' ? {} : { license }),
    ...(note === '' ? {} : { note }),
    ...(url === undefined ? {} : { url }),
    ...(file === undefined ? {} : { file }),
    entries: entries.length,
  };
}

async function detail(framework: Framework, entry: FrameworkEntry): Promise<FrameworkEntryDetails> {
  const { parents, children, related, relatedBy } = linksOf(framework, entry);
  const description = await describeEntryText(framework, entry);
  const isContinued = framework.predecessor !== undefined && entry.related !== undefined;
  return {
    id: entry.id,
    name: entry.name,
    ...(entry.group === undefined ? {} : { group: entry.group }),
    ...(description === undefined ? {} : { description }),
    parents: parents.map(nameEntry),
    children: children.map(nameEntry),
    related: related.map(nameEntry),
    relatedBy: relatedBy.map(nameEntry),
    ...(isContinued ? { predecessors: [...(entry.related ?? [])] } : {}),
  };
}

function nameEntry({ id, name }: FrameworkEntry): NamedEntry {
  return { id, name };
}
