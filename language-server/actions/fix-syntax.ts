import { parseDocument } from 'yaml';
import { untrustedYaml } from '../../engine/documents/untrusted-yaml.ts';
import { applyChanges, type TextChange } from '../../engine/edits/change.ts';
import { columnOf, lineEnd, lineStart } from '../../engine/edits/places.ts';
import { offerFix, type FixMaker } from './offer.ts';
import { spanOf } from './spots.ts';

interface Candidate {
  readonly title: string;
  readonly change: TextChange;
}

/** In longer texts a repair is not tried out. */
const longestText = 100_000;
const mostColumns = 8;
/** Among more faults nothing is certain. */
const mostFaults = 12;

/**
 * Repairs of broken YAML, each tried out: only one that leaves fewer faults, none of them at its place, is offered. Among several
 * indentations that would do nobody can choose.
 */
export const repairSyntax: FixMaker = (finding, scene) => {
  const { text } = scene.parsed;
  if (text.length > longestText) return [];
  const { start } = spanOf(finding, scene);
  const before = faultsOf(text);
  if (before.length > mostFaults) return [];
  const tried = distinct(candidatesAt(text, start, before)).map(candidate => {
    const after = applyChanges(text, [candidate.change]);
    const faults = faultsOf(after);
    return { ...candidate, left: faults.length, isHere: hasFaultOnLine(faults, after, candidate.change.start) };
  });
  const fewest = Math.min(before.length - 1, ...tried.filter(({ isHere }) => !isHere).map(({ left }) => left));
  const working = tried.filter(({ left, isHere }) => left === fewest && !isHere);
  const [first, ...others] = working;
  if (first === undefined) return [];
  const isUnclear = working.filter(({ title }) => title === indentTitle).length > 1;
  const offered = isUnclear ? working.filter(({ title }) => title !== indentTitle) : working;
  return offered.flatMap(({ title, change }) => offerFix(title, [change], { isPreferred: others.length === 0 }));
};

function distinct(candidates: readonly Candidate[]): readonly Candidate[] {
  return [...new Map(candidates.map(candidate => [JSON.stringify(candidate.change), candidate])).values()];
}

interface Fault {
  readonly pos: readonly [number, number];
  readonly message: string;
}

function faultsOf(text: string): readonly Fault[] {
  try {
    return parseDocument(text, untrustedYaml).errors;
  } catch {
    return [{ pos: [0, text.length], message: '' }];
  }
}

function hasFaultOnLine(faults: readonly Fault[], text: string, offset: number): boolean {
  const [from, to] = [lineStart(text, offset), lineEnd(text, offset)];
  return faults.some(({ pos }) => pos[0] >= from && pos[0] <= to);
}

function candidatesAt(text: string, offset: number, faults: readonly Fault[]): readonly Candidate[] {
  const from = lineStart(text, offset);
  const to = lineEnd(text, offset);
  const line = text.slice(from, to);
  const above = previousLine(text, from);
  return [
    ...afterColon(line, from),
    ...quoteValue(line, from),
    ...beforeComment(line, from),
    ...doubleBackslash(text, offset),
    ...addComma(text, offset),
    ...close(text, from, to),
    ...(above === undefined ? [] : close(text, above.from, above.to)),
    ...indent(text, from, line),
    ...indentNext(text, to),
    ...closeQuote(text, faults),
  ];
}

function insert(title: string, at: number, text: string): Candidate {
  return { title, change: { start: at, end: at, text } };
}

function afterColon(line: string, from: number): readonly Candidate[] {
  const start = /^\s*(?:- +)*["']?[A-Za-z_][\w-]*["']?:(?=[^\s:])/.exec(line)?.[0];
  return start === undefined ? [] : [insert('Put a space after the colon', from + start.length, ' ')];
}

function quoteValue(line: string, from: number): readonly Candidate[] {
  const found = /^(\s*(?:- +)*(?:["']?[A-Za-z_][\w-]*["']?: +)?)([^\s"'#[{].*?)(\s+#.*|\s*)$/.exec(line);
  const [, before = '', value = ''] = found ?? [];
  if (value === '' || before.trim() === '') return [];
  const start = from + before.length;
  return [
    { title: 'Put the text in quotes', change: { start, end: start + value.length, text: JSON.stringify(value) } },
  ];
}

function beforeComment(line: string, from: number): readonly Candidate[] {
  const found = /[^\s#](?=#)/.exec(line);
  return found === null ? [] : [insert('Put a space before the comment', from + found.index + 1, ' ')];
}

function doubleBackslash(text: string, offset: number): readonly Candidate[] {
  return text[offset] === '\\' ? [insert('Double the backslash', offset, '\\')] : [];
}

function addComma(text: string, offset: number): readonly Candidate[] {
  const at = text.slice(0, offset).trimEnd().length;
  return at === 0 || /[[{,:]/.test(text[at - 1] ?? '') ? [] : [insert('Add the comma', at, ',')];
}

function close(text: string, from: number, to: number): readonly Candidate[] {
  const line = text.slice(from, to);
  if (line.trim() === '') return [];
  const end = from + line.replace(/\s+(#.*)?$/, '').length;
  return [']', '}', '"', "'"].map(character => insert(`Add the closing \`${character}\``, end, character));
}

/** What follows a value may be what is indented wrongly. */
function indentNext(text: string, to: number): readonly Candidate[] {
  const from = to + (/^\s*\n/.exec(text.slice(to))?.[0].length ?? 0);
  return from === to ? [] : indent(text, from, text.slice(from, lineEnd(text, from)));
}

/** A text that never ends most likely ends with the line it starts in. */
function closeQuote(text: string, faults: readonly Fault[]): readonly Candidate[] {
  const fault = faults.find(({ message }) => /closing ["']quote/.test(message));
  const quote = fault?.message.includes('"') === true ? '"' : "'";
  if (fault === undefined) return [];
  const lines = [...text.matchAll(/[^\r\n]+/g)].filter(({ 0: line }) => {
    const start = /(?:: +|- +|[[{,] *)(["'])/.exec(line);
    return start?.[1] === quote && line.slice(start.index).split(quote).length % 2 === 0;
  });
  return lines.slice(0, mostColumns).flatMap(({ 0: line, index }) => close(text, index, index + line.length));
}

function previousLine(text: string, from: number): { readonly from: number; readonly to: number } | undefined {
  for (let at = from - 1, hops = 0; at >= 0 && hops < 20; hops++) {
    const start = lineStart(text, at);
    const end = lineEnd(text, start);
    if (text.slice(start, end).trim() !== '') return { from: start, to: end };
    at = start - 1;
  }
  return undefined;
}

const indentTitle = 'Indent like the lines around';

/** The columns that lines around start in are those that may be meant. */
function indent(text: string, from: number, line: string): readonly Candidate[] {
  const own = /^ */.exec(line)?.[0].length ?? 0;
  const columns = new Set<number>();
  let at = from;
  for (let hops = 0; hops < 30 && columns.size < mostColumns; hops++) {
    const above = previousLine(text, at);
    if (above === undefined) break;
    const content = text.slice(above.from, above.to);
    columns.add(columnOf(text, above.from + (/^ */.exec(content)?.[0].length ?? 0)));
    at = above.from;
  }
  columns.delete(own);
  return [...columns].map(column => ({
    title: indentTitle,
    change: { start: from, end: from + own, text: ' '.repeat(column) },
  }));
}
