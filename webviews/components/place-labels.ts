/** A point in pixels with the width of its label. */
export interface LabelledPoint {
  readonly x: number;
  readonly y: number;
  readonly width: number;
}

/** Where a label stands to its point: to its left or right, so many pixels below it (negative: above). */
export interface LabelPlace {
  readonly isLeft: boolean;
  readonly dy: number;
}

interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** From the point to the text. */
export const labelGap = 7;
const halfMark = 6;
/** Above first, for a bar of an interval rarely lies there. */
const lines = [-10, 12, -24, 26];

/**
 * Finds a place for the label of each point, in their order: the first of a few around it that stays inside and covers no other point
 * and no label placed before, else the one that covers least.
 */
export function placeLabels(
  points: readonly LabelledPoint[],
  width: number,
  lineHeight: number,
): readonly LabelPlace[] {
  const taken: Box[] = points.map(({ x, y }) => ({
    left: x - halfMark,
    right: x + halfMark,
    top: y - halfMark,
    bottom: y + halfMark,
  }));
  return points.map(point => {
    const preferLeft = point.x + labelGap + point.width > width;
    const places = lines.flatMap(dy => [preferLeft, !preferLeft].map(isLeft => ({ isLeft, dy })));
    const costs = places.map(place => {
      const box = boxOf(point, place, lineHeight);
      const outside = Math.max(0, -box.left) + Math.max(0, box.right - width);
      return outside * lineHeight + taken.reduce((sum, other) => sum + overlapOf(box, other), 0);
    });
    const best = places[costs.indexOf(Math.min(...costs))] ?? { isLeft: preferLeft, dy: -10 };
    taken.push(boxOf(point, best, lineHeight));
    return best;
  });
}

function boxOf({ x, y, width }: LabelledPoint, { isLeft, dy }: LabelPlace, lineHeight: number): Box {
  const left = isLeft ? x - labelGap - width : x + labelGap;
  return { left, right: left + width, top: y + dy - lineHeight / 2, bottom: y + dy + lineHeight / 2 };
}

function overlapOf(a: Box, b: Box): number {
  const across = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const down = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return across > 0 && down > 0 ? across * down : 0;
}
