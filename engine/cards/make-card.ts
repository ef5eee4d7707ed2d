import type { CardField } from '../../schemas/generated/messages.ts';
import type { Digest } from '../ports/digest.ts';
import { findInCard, findIntroduction, listCardPlaces } from '../governance/checks/card-text.ts';
import { formatReference, parseReference, type RegistryReference } from '../base/registry-reference.ts';
import type { CardRecord } from './card-record.ts';
import { metadataOf } from './card-metadata.ts';
import { sectionsFor, slugsOf, type CardSection } from './card-sections.ts';
import { describeFields } from './completeness.ts';
import { mergeSections, readPieces, renderPieces, type FreshSection, type Piece } from './fences.ts';
import { textFingerprint } from './fingerprint.ts';
import { editFrontMatter, readFrontMatter, splitCard } from './front-matter.ts';
import { contentOf } from './generated.ts';
import { plain } from './markdown.ts';
import { metadataFaults } from './metadata-faults.ts';

/** A model card as text, with how complete it is. */
export interface MadeCard {
  /** Markdown with front matter as the Hugging Face Hub reads it. */
  readonly text: string;
  readonly fields: readonly CardField[];
  /** Share of the required fields that are filled or generated, 0 to 1. */
  readonly completeness: number;
  /** What people ought to know, such as sections that were kept because somebody edited them. */
  readonly notes: readonly string[];
}

/**
 * Makes a version's model card from its record, or brings an earlier text of it up to date. What people wrote stays: text outside of
 * the marks, sections that were edited between them, front matter that was set or changed by hand, unknown keys, their order and
 * comments. Made again from the same record not a byte changes. Throws `file-invalid` where the earlier text has front matter that
 * cannot be read.
 */
export function makeCard(record: CardRecord, earlier: string, digest: Digest): MadeCard {
  const before = earlier.replace(/^\uFEFF/, '');
  const eol = /\r\n/.test(before) ? '\r\n' : '\n';
  const parts = splitCard(before);
  const mark = readMark(parts.body);
  const wanted = metadataOf(record);
  const matter = editFrontMatter(parts.yaml, wanted, mark.owned, eol, digest);
  const sections = sectionsFor(record.asked);
  const fresh = sections.map(section => freshSection(section, record));
  const started: readonly Piece[] =
    mark.body.trim() === ''
      ? [{ kind: 'text', text: `${eol}# ${plain(record.model.name)}${eol}` }]
      : readPieces(mark.body);
  const findWritten = (id: string, text: string): number | undefined => {
    const section = sections.find(each => each.id === id);
    return section === undefined ? undefined : endOfSection(text, section);
  };
  const { pieces, edited, written } = mergeSections(started, fresh, findWritten, eol, digest);
  const opening = parts.open === '' ? `---${eol}` : parts.open;
  const closing = parts.open === '' ? `---${eol}` : parts.close.endsWith('\n') ? parts.close : parts.close + eol;
  const body = renderPieces(pieces, eol);
  const text = `${opening}${matter.yaml}${closing}${renderMark(record, matter.owned)}${eol}${mark.gap(eol)}${body}`;
  const blank = new Set(sections.filter(({ id }) => contentOf(id, record) === undefined).map(({ id }) => id));
  const generated = new Set(
    pieces.flatMap(piece =>
      piece.kind === 'section' &&
      !blank.has(piece.id) &&
      !written.has(piece.id) &&
      textFingerprint(piece.text, digest) === piece.print
        ? [piece.id]
        : [],
    ),
  );
  const fields = describeFields(text, sections, record.asked, { generated, owned: new Set(matter.owned.keys()) });
  const required = fields.filter(field => field.required);
  const filled = required.filter(field => field.state !== 'missing').length;
  return {
    text,
    fields,
    completeness: required.length === 0 ? 1 : filled / required.length,
    notes: [
      ...notesOf(sections, edited, blank, matter.kept),
      ...metadataFaults(readFrontMatter(matter.yaml)).map(
        fault => `The Hub does not accept this front matter: ${fault}`,
      ),
    ],
  };
}

/** Which version a card says it is of; absent for one that was not made here. */
export function versionOfCard(text: string): RegistryReference | undefined {
  const found = markLine.exec(text.replace(/^\uFEFF/, ''))?.[1];
  if (found === undefined) return undefined;
  try {
    return parseReference(decodeURIComponent(found).trim());
  } catch {
    return undefined;
  }
}

/** The values of a card's front matter. Throws `file-invalid`. */
export function readMetadata(text: string): Readonly<Record<string, unknown>> {
  return readFrontMatter(splitCard(text.replace(/^\uFEFF/, '')).yaml);
}

/** Offset of the end of a section that a text holds, under whichever of its headings; absent where it has none. */
function endOfSection(text: string, section: CardSection): number | undefined {
  if (!text.includes('#')) return undefined;
  if (section.id === 'description' && findIntroduction(text) !== '') return text.length;
  // A rule at the very beginning would read as front matter.
  const apart = `\n${text}`;
  const headings = listCardPlaces(apart);
  for (const slug of slugsOf(section)) {
    if (!headings.includes(`#${slug}`)) continue;
    const found = findInCard(apart, `#${slug}`);
    if (!('place' in found) || found.place?.end === undefined) continue;
    return offsetOf(text, found.place.end - 2);
  }
  return undefined;
}

/** @param line from 0 */
function offsetOf(text: string, line: number): number {
  const breaks = [...text.matchAll(/\r\n|\r|\n/g)];
  const before = breaks[line - 1];
  return line <= 0 ? 0 : before === undefined ? text.length : before.index + before[0].length;
}

const markLine = /^<!-- aiwb:card (\S+)((?: [\w-]+=[0-9a-f]{16})*) -->[ \t]*(?:\r?\n|$)/m;

interface Mark {
  /** Fingerprints of generated front matter by key. */
  readonly owned: ReadonlyMap<string, string>;
  readonly body: string;
  gap(eol: string): string;
}

/** The line that says what was generated; it stands first in the body, or is moved there. */
function readMark(body: string): Mark {
  const found = markLine.exec(body);
  if (found === null) return { owned: new Map(), body, gap: eol => (body === '' || /^\r?\n/.test(body) ? '' : eol) };
  const pairs = (found[2] ?? '').trim().split(' ');
  const owned = new Map(
    pairs.flatMap((pair): [string, string][] => {
      const [key, print] = pair.split('=');
      return key === undefined || print === undefined ? [] : [[key, print]];
    }),
  );
  return { owned, body: body.slice(0, found.index) + body.slice(found.index + found[0].length), gap: () => '' };
}

function renderMark({ registry, details: { version } }: CardRecord, owned: ReadonlyMap<string, string>): string {
  const { model, version: name } = version;
  const reference = formatReference({ ...(registry === undefined ? {} : { registry }), model, version: name });
  const prints = [...owned].map(([key, print]) => ` ${key}=${print}`).join('');
  return `<!-- aiwb:card ${encodeURIComponent(reference).replaceAll('%40', '@').replaceAll('%2F', '/')}${prints} -->`;
}

/** What the Hub's own template says where something is to be written; policies count it as nothing. */
const blankText = '[More Information Needed]';

function freshSection(section: CardSection, record: CardRecord): FreshSection {
  const content = contentOf(section.id, record);
  const text = content ?? `<!-- ${commentText(section.hint)} -->\n${blankText}`;
  return {
    id: section.id,
    text: `## ${section.title}\n\n${text}\n`,
    ...(content === undefined || section.joins !== true ? {} : { joining: `${content}\n` }),
  };
}

function commentText(text: string): string {
  return plain(text).replace(/--+|>/g, ' ');
}

function notesOf(
  sections: readonly CardSection[],
  edited: ReadonlySet<string>,
  blank: ReadonlySet<string>,
  kept: readonly string[],
): readonly string[] {
  const changed = sections.filter(({ id }) => edited.has(id) && !blank.has(id)).map(({ title }) => title);
  return [
    ...(changed.length === 0
      ? []
      : [`Edited by hand and kept as they are: ${changed.join(', ')}. Delete one to have it made anew.`]),
    ...(kept.length === 0 ? [] : [`Set by hand, though the record says otherwise: ${kept.join(', ')}.`]),
  ];
}
