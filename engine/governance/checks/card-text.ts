import { LineCounter, parseDocument, type Document } from 'yaml';
import { untrustedYaml } from '../../documents/untrusted-yaml.ts';
import { collectValue } from '../../documents/values.ts';

/** Something a card says. */
export interface CardPlace {
  /** From 1. */
  readonly line: number;
  /** Of a section: the line after its last, from 1. */
  readonly end?: number;
  /** All of it, comments left out. */
  readonly text: string;
  /** What a pattern may match: the text, and of a list each item as well. */
  readonly values: readonly string[];
}

type Found = { readonly place: CardPlace | undefined } | { readonly fault: string };

/** What stands under `path`: `#` and a heading's slug, or a dotted key of the front matter. No place where the card lacks it. */
export function findInCard(text: string, path: string): Found {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const end = endOfFrontMatter(lines);
  if (end === undefined) return { fault: 'The card’s front matter starts with `---` and is never closed.' };
  if (path.startsWith('#')) return { place: findSection(lines, end, path.slice(1)) };
  return findKey(lines.slice(1, Math.max(end - 1, 1)).join('\n'), path);
}

/** Every path that `findInCard` would find something under: keys at the top of the front matter, and headings. */
export function listCardPlaces(text: string): readonly string[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\r|\n/);
  const end = endOfFrontMatter(lines);
  if (end === undefined) return [];
  const keys = lines
    .slice(1, Math.max(end - 1, 1))
    .flatMap(line => /^([A-Za-z_][\w.-]*):(?:\s|$)/.exec(line)?.[1] ?? []);
  const headings = collectHeadings(dropComments(lines.slice(end).join('\n')).split('\n'));
  return [...new Set([...keys, ...headings.flatMap(({ slug }) => (slug === '' ? [] : [`#${slug}`]))])];
}

/** Index of the first line after the front matter; 0 where there is none, absent where it never ends. */
function endOfFrontMatter(lines: readonly string[]): number | undefined {
  if (lines[0]?.trimEnd() !== '---') return 0;
  const end = lines.findIndex((line, index) => index > 0 && /^(---|\.\.\.)\s*$/.test(line));
  return end === -1 ? undefined : end + 1;
}

function findKey(yaml: string, path: string): Found {
  const counter = new LineCounter();
  let document: Document.Parsed;
  try {
    document = parseDocument(yaml, { ...untrustedYaml, lineCounter: counter });
  } catch {
    // The parser recurses: only nesting that exhausts the stack brings it here.
    return { fault: 'The card’s front matter is nested too deeply to be read.' };
  }
  const [error] = document.errors;
  if (error !== undefined)
    return {
      fault: `The card’s front matter is no valid YAML (line ${String(counter.linePos(error.pos[0]).line + 1)}).`,
    };
  const { value, faults } = collectValue(document.contents);
  const [fault] = faults;
  if (fault !== undefined) return { fault: `The card’s front matter cannot be read: ${fault.message}` };
  const keys = ownPath(value, path);
  if (keys === undefined) return { place: undefined };
  const node = document.getIn(keys, true) as { range?: readonly [number, number, number] } | undefined;
  // The first line of the file is the rule above the front matter.
  const line = counter.linePos(node?.range?.[0] ?? 0).line + 1;
  const values = textsOf(keys.reduce<unknown>((inner, key) => (inner as Record<string, unknown>)[key], value));
  return { place: { line, text: values[0] ?? '', values } };
}

/** The keys that lead to a dotted path: a key may itself have dots, and the longest match wins. */
function ownPath(value: unknown, path: string): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
  if (Object.hasOwn(value, path)) return [path];
  for (let dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
    const key = path.slice(0, dot);
    if (!Object.hasOwn(value, key)) continue;
    const rest = ownPath((value as Record<string, unknown>)[key], path.slice(dot + 1));
    if (rest !== undefined) return [key, ...rest];
  }
  return undefined;
}

/** A value as text, and a list's items after it. */
function textsOf(value: unknown): readonly string[] {
  if (value === null || value === undefined) return [''];
  if (Array.isArray(value)) {
    const items = value.map(item => textsOf(item)[0] ?? '').filter(item => item !== '');
    return [items.join(', '), ...items];
  }
  if (typeof value === 'object') {
    const fields = Object.entries(value).map(([key, field]) => `${key}: ${textsOf(field)[0] ?? ''}`);
    return [fields.join(', ')];
  }
  return [typeof value === 'string' ? value : JSON.stringify(value)];
}

interface Heading {
  readonly level: number;
  readonly slug: string;
  readonly line: number;
}

/** The text from a heading to the next one of its level or above. Of equal headings the first counts. */
function findSection(lines: readonly string[], from: number, slug: string): CardPlace | undefined {
  const body = dropComments(lines.slice(from).join('\n')).split('\n');
  const headings = collectHeadings(body);
  const index = headings.findIndex(heading => heading.slug === slug.toLowerCase());
  const heading = headings[index];
  if (heading === undefined) return undefined;
  const next = headings.slice(index + 1).find(({ level }) => level <= heading.level);
  const inner = new Set(headings.map(({ line }) => line));
  const text = body
    .slice(heading.line + 1, next?.line ?? body.length)
    .filter((_line, offset) => !inner.has(heading.line + 1 + offset))
    .join('\n')
    .trim();
  return { line: from + heading.line + 1, end: from + (next?.line ?? body.length) + 1, text, values: [text] };
}

/** The text between a card's title and the heading after it; empty where there is no title, or nothing under it. */
export function findIntroduction(text: string): string {
  const lines = dropComments(text.replace(/^\uFEFF/, '')).split(/\r\n|\r|\n/);
  const headings = collectHeadings(lines.slice(endOfFrontMatter(lines) ?? 0));
  const from = endOfFrontMatter(lines) ?? 0;
  const title = headings.findIndex(({ level }) => level === 1);
  if (title < 0) return '';
  const [heading, next] = [headings[title], headings[title + 1]];
  return lines
    .slice(from + (heading?.line ?? 0) + 1, next === undefined ? lines.length : from + next.line)
    .join('\n')
    .trim();
}

/** Headings written with `#`, outside fenced code; `line` counts from 0. */
function collectHeadings(lines: readonly string[]): readonly Heading[] {
  const headings: Heading[] = [];
  let fence: string | undefined;
  for (const [line, text] of lines.entries()) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(text)?.[1];
    if (mark !== undefined) {
      if (fence === undefined) fence = mark;
      else if (mark.startsWith(fence)) fence = undefined;
      continue;
    }
    if (fence !== undefined) continue;
    const heading = /^ {0,3}(#{1,6})(?:[ \t]|$)/.exec(text)?.[1];
    if (heading === undefined) continue;
    headings.push({ level: heading.length, slug: slugOf(text.trim().slice(heading.length)), line });
  }
  return headings;
}

/** As code hosts make anchors: lower case, letters, digits, `_` and `-` kept, spaces as hyphens. */
function slugOf(heading: string): string {
  let title = heading.trim();
  while (title.endsWith('#')) title = title.slice(0, -1);
  return title
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

/** The text without HTML comments; line breaks inside them stay, so that lines keep their numbers. */
function dropComments(text: string): string {
  let kept = '';
  let at = 0;
  for (;;) {
    const start = text.indexOf('<!--', at);
    if (start === -1) return kept + text.slice(at);
    const found = text.indexOf('-->', start + 4);
    const end = found === -1 ? text.length : found + 3;
    kept += text.slice(at, start) + text.slice(start, end).replace(/[^\n]/g, '');
    at = end;
  }
}

const placeholders: ReadonlySet<string> = new Set([
  '',
  'todo',
  'tbd',
  'tba',
  'tbc',
  'fixme',
  'xxx',
  'placeholder',
  'coming soon',
  'to do',
  'to be done',
  'to be added',
  'to be completed',
  'to be defined',
  'to be determined',
  'more information needed',
  'needs more information',
]);

/** Whether nothing is said: no text, or on every line only a placeholder such as `TODO` or `[More Information Needed]`. */
export function isEmptyText(text: string): boolean {
  return dropComments(text)
    .split('\n')
    .every(line =>
      placeholders.has(
        line
          .toLowerCase()
          .replace(/[^\p{L}\p{N}]+/gu, ' ')
          .trim(),
      ),
    );
}
