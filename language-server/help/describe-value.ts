import type { ParsedDocument } from '../../engine/documents/parse.ts';
import type { Alias, Node } from 'yaml';
import { columnOf, lineStart } from '../../engine/edits/places.ts';
import { code, codeBlock, verbatim } from '../markdown.ts';
import { spotAt } from '../tree.ts';

/** Help on a stretch of a text, by its offsets. */
export interface PlacedHelp {
  readonly help: string;
  readonly start: number;
  readonly end: number;
}

/** A duration, an amount or a share spelled out; absent for other texts. */
export function spellOut(text: string): string | undefined {
  return spellDuration(text) ?? spellMoney(text) ?? spellShare(text);
}

const durationUnits = ['year', 'month', 'week', 'day', 'hour', 'minute', 'second'];

/** `P1Y2M` as `1 year 2 months`, `30s` as `30 seconds`. */
function spellDuration(text: string): string | undefined {
  const seconds = /^(\d+(?:\.\d+)?)s$/.exec(text)?.[1];
  if (seconds !== undefined) return spellSeconds(Number(seconds));
  const parts =
    /^P(?=\d|T\d)(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?(?:T(?=\d)(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/.exec(
      text,
    );
  if (parts === null) return undefined;
  const words = durationUnits.flatMap((unit, index) => {
    const written: string | undefined = parts[index + 1];
    return written === undefined ? [] : [count(Number(written), unit)];
  });
  return words.length === 0 ? undefined : words.join(' ');
}

function spellSeconds(seconds: number): string {
  const whole = count(seconds, 'second');
  if (seconds < 120) return whole;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.round(seconds % 60);
  const hours = Math.floor(minutes / 60);
  const words = [
    ...(hours > 0 ? [count(hours, 'hour')] : []),
    ...(minutes % 60 > 0 ? [count(minutes % 60, 'minute')] : []),
    ...(rest > 0 ? [count(rest, 'second')] : []),
  ];
  return `${words.join(' ')} (${whole})`;
}

function spellMoney(text: string): string | undefined {
  const amount = /^(\d+(?:\.\d+)?) USD$/.exec(text)?.[1];
  if (amount === undefined) return undefined;
  const value = Number(amount);
  return value < 1 ? count(Number((value * 100).toFixed(4)), 'US cent') : count(value, 'US dollar');
}

function spellShare(text: string): string | undefined {
  const share = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  return share === undefined ? undefined : `${Number(share)} in 100`;
}

function count(value: number, unit: string): string {
  return `${value} ${unit}${value === 1 ? '' : 's'}`;
}

/** What a `# aiwb-disable-…` comment does, when the offset is in one. */
export function describeSuppression(parsed: ParsedDocument, offset: number): PlacedHelp | undefined {
  const { text } = parsed;
  const start = lineStart(text, offset);
  const end = text.indexOf('\n', offset);
  const line = text.slice(start, Math.min(end < 0 ? text.length : end, start + 1_000));
  const found = /(?:^|\s)(#[ \t]*aiwb-disable-(next-line|line)\b([^\n\r]*))/.exec(line);
  if (found?.[1] === undefined || offset - start < found.index) return undefined;
  const place = { start: start + line.indexOf('#', found.index), end: start + line.trimEnd().length };
  const codes = (found[3] ?? '').match(/[a-z][a-z0-9-]*/g) ?? [];
  const where = found[2] === 'line' ? 'this line' : 'the next line';
  if (codes.length === 0)
    return {
      ...place,
      help: `Says that findings on ${where} are not shown. Name which: the codes, with commas between them.`,
    };
  const list = codes.slice(0, 20).map(code).join(', ');
  return {
    ...place,
    help: `Findings ${list} on ${where} are not shown. A run still stops at what makes it impossible.`,
  };
}

/** What an alias stands for, or who uses an anchor, when the offset is on one. */
export function describeReference(parsed: ParsedDocument, offset: number): PlacedHelp | undefined {
  for (const [alias, target] of parsed.aliasTargets) {
    const range = alias.range;
    if (range && range[0] <= offset && offset <= range[1])
      return { help: describeAlias(parsed, alias, target), start: range[0], end: range[1] };
  }
  const anchor = findAnchor(parsed, offset);
  return anchor && { help: describeAnchor(parsed, anchor), start: anchor.start, end: anchor.end };
}

function describeAlias(parsed: ParsedDocument, { source }: Alias, target: Node): string {
  const [start = 0, end = 0] = target.range ?? [];
  const { line } = parsed.positionAt(start);
  const place = `${verbatim(`*${source}`)} stands for what is at ${verbatim(`&${source}`)} in line ${line + 1}`;
  // A workbench file may hold a key, against all advice.
  if (parsed.kind === 'workbench') return `${place}.`;
  return `${place}:\n\n${codeBlock(dedent(parsed.text, start, end), 'yaml')}`;
}

/** A value as it is written, its lines moved to the left together. */
function dedent(text: string, start: number, end: number): string {
  const indent = columnOf(text, start);
  return text
    .slice(start, Math.min(end, start + 4_000))
    .trimEnd()
    .split('\n')
    .map((line, index) => (index === 0 ? line : line.slice(Math.min(indent, line.length - line.trimStart().length))))
    .join('\n');
}

interface Anchor {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The `&name` at an offset, where it is an anchor and not text. */
function findAnchor(parsed: ParsedDocument, offset: number): Anchor | undefined {
  // Values start after their anchors, so that what is inside a value is text.
  if (parsed.contents === undefined || spotAt(parsed, offset) !== undefined) return undefined;
  const { text } = parsed;
  const from = lineStart(text, offset);
  for (const found of text.slice(from, from + 2_000).matchAll(/&([^\s,[\]{}]+)/g)) {
    const start = from + found.index;
    const end = start + found[0].length;
    if (start > offset || /(?:^|\s)#/.test(text.slice(from, start))) return undefined;
    if (offset <= end && found[1] !== undefined) return { name: found[1], start, end };
  }
  return undefined;
}

function describeAnchor(parsed: ParsedDocument, { name }: Anchor): string {
  const lines = [...parsed.aliasTargets.keys()]
    .filter(({ source }) => source === name)
    .map(({ range }) => parsed.positionAt(range?.[0] ?? 0).line + 1);
  const shown = `${lines.slice(0, 12).join(', ')}${lines.length > 12 ? ', …' : ''}`;
  return lines.length === 0
    ? `Anchor ${verbatim(`&${name}`)}: ${verbatim(`*${name}`)} would stand for this value. Nothing does yet.`
    : `Anchor ${verbatim(`&${name}`)}: ${verbatim(`*${name}`)} stands for this value in line${lines.length === 1 ? '' : 's'} ${shown}.`;
}
