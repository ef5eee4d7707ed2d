import { splitCell } from '../documents/cell-fields.ts';
import type { Diagnostic, DocumentPath, Range, RelatedPlace } from '../documents/diagnostic.ts';
import { shortPlace } from '../documents/findings.ts';
import { pathAt } from '../documents/path-at.ts';
import { omit } from '../base/omit.ts';
import type { ParsedDocument } from '../documents/parse.ts';
import type { ComposedCell } from './compose-cell.ts';

/** A finding of what a cell and the file it uses make together, where its cause is written. */
export interface PlacedFinding {
  readonly in: 'cell' | 'used';
  /** With the ranges of that text. */
  readonly finding: Diagnostic;
}

type Part = 'key' | 'value';

/** Where the cause of a finding is written: in the cell, for what the cell says, else in the file it uses. */
export function placeFinding(finding: Diagnostic, composed: ComposedCell): PlacedFinding {
  const removed = findRemoved(finding, composed);
  const spot = removed ?? findSpot(finding.range, finding, composed);
  const owner = spot.in === 'cell' ? composed.cell : composed.used.parsed;
  const related = finding.related?.map(place => placeRelated(place, spot.in, composed));
  const placed: Diagnostic = {
    ...omit(finding, 'replacement', 'related', 'missing'),
    range: spot.range,
    ...(related && { related }),
    ...(finding.replacement !== undefined &&
      textIn(owner, spot.range) === textIn(composed.parsed, finding.range) && { replacement: finding.replacement }),
    ...(finding.missing && removed === undefined && { missing: finding.missing }),
  };
  return { in: spot.in, finding: placed };
}

interface Spot {
  readonly in: 'cell' | 'used';
  readonly range: Range;
}

/** A field that is missing because the cell took it out. */
function findRemoved({ missing }: Diagnostic, { cell }: ComposedCell): Spot | undefined {
  const path = missing?.anyOf.map(name => [...missing.at, name]).find(at => valueAt(cell.draft, at) === null);
  return path && { in: 'cell', range: shortPlace(cell, path, 'key') };
}

function findSpot(range: Range, { missing }: Pick<Diagnostic, 'missing'>, composed: ComposedCell): Spot {
  const { parsed, cell, used } = composed;
  const { path, part } =
    missing === undefined ? pathAt(parsed, parsed.offsetAt(range.start)) : { path: missing.at, part: 'key' as const };
  if (path.length > 0 && isWritten(splitCell(cell.draft, 'cell').content, path))
    return { in: 'cell', range: rangeIn(cell, path, part, range, parsed) };
  if (isWritten(used.parsed.draft, path) && path.length > 0)
    return { in: 'used', range: rangeIn(used.parsed, path, part, range, parsed) };
  return { in: 'used', range: used.parsed.rangeAt(0, 0) };
}

/** The same part of the same value; the whole of it where it is written otherwise. */
function rangeIn(owner: ParsedDocument, path: DocumentPath, part: Part, range: Range, composed: ParsedDocument): Range {
  const before = composed.locate(path, part);
  const here = owner.locate(path, part);
  if (textIn(owner, here) !== textIn(composed, before)) return shortPlace(owner, path, part);
  const shift = owner.offsetAt(here.start) - composed.offsetAt(before.start);
  return owner.rangeAt(composed.offsetAt(range.start) + shift, composed.offsetAt(range.end) + shift);
}

function placeRelated(place: RelatedPlace, owner: 'cell' | 'used', composed: ComposedCell): RelatedPlace {
  if (place.path !== undefined) return place;
  const spot = findSpot(place.range, {}, composed);
  // A cell has no path of its own by which a finding elsewhere could name it.
  if (spot.in === 'cell' && owner === 'used')
    return { ...place, path: composed.used.path, range: composed.used.parsed.rangeAt(0, 0) };
  return { message: place.message, range: spot.range, ...(spot.in === 'used' && { path: composed.used.path }) };
}

function isWritten(draft: unknown, path: DocumentPath): boolean {
  return valueAt(draft, path) !== undefined;
}

function valueAt(draft: unknown, path: DocumentPath): unknown {
  let value = draft;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string | number, unknown>)[step];
  }
  return value;
}

function textIn({ text, offsetAt }: ParsedDocument, { start, end }: Range): string {
  return text.slice(offsetAt(start), offsetAt(end));
}
