/** One line of a chart over epochs or steps. */
export interface Curve {
  readonly name: string;
  readonly points: readonly CurvePoint[];
}

export interface CurvePoint {
  /** Epochs or optimizer steps so far. */
  readonly at: number;
  readonly value: number;
}

/** Values from `low` to `high`, both round numbers that all `values` lie between. */
export interface Domain {
  readonly low: number;
  readonly high: number;
}

/** A value axis with round ends and about five steps. */
export function niceDomain(values: readonly number[], fromZero: boolean): Domain {
  const least = values.reduce((low, value) => Math.min(low, value), fromZero ? 0 : Infinity);
  const most = values.reduce((high, value) => Math.max(high, value), fromZero ? 0 : -Infinity);
  if (!Number.isFinite(least) || !Number.isFinite(most)) return { low: 0, high: 1 };
  const span = most - least || Math.abs(most) || 1;
  const raw = span / 5;
  const scale = 10 ** Math.floor(Math.log10(raw));
  const step = scale * ([1, 2, 5].find(factor => factor * scale >= raw) ?? 10);
  const low = Math.floor(least / step) * step;
  const high = Math.ceil(most / step) * step;
  return low === high ? { low: fromZero ? low : low - step, high: high + step } : { low, high };
}

/**
 * Heights for labels that stand beside the ends of their lines: as near to `wanted` as they can be, at least `gap` apart,
 * within 0 … `height` as long as they fit. In the order given.
 */
export function spreadLabels(wanted: readonly number[], gap: number, height: number): readonly number[] {
  const order = wanted.map((_, index) => index).sort((a, b) => (wanted[a] ?? 0) - (wanted[b] ?? 0) || a - b);
  const placed = new Array<number>(wanted.length).fill(0);
  let next = 0;
  for (const index of order) {
    const at = Math.max(next, wanted[index] ?? 0);
    placed[index] = at;
    next = at + gap;
  }
  // Those pushed past the lower edge move up again, and push the ones above them.
  let limit = Math.max(height, (wanted.length - 1) * gap);
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, limit);
    limit = placed[index] - gap;
  }
  return placed;
}

/** Positions of at most `count` points, spread evenly, the last one always among them. */
export function samplePositions(length: number, count: number): readonly number[] {
  const every = Math.max(1, Math.ceil(length / count));
  return Array.from({ length }, (_, index) => index).filter(index => (length - 1 - index) % every === 0);
}

/**
 * At most `most` of the points, in order: of each stretch the lowest and the highest, so that no peak is lost; the first and the last
 * always. The same points where there are no more.
 */
export function thinPoints(points: readonly CurvePoint[], most: number): readonly CurvePoint[] {
  const [first, last] = [points[0], points.at(-1)];
  if (points.length <= most || first === undefined || last === undefined) return points;
  const inner = points.slice(1, -1);
  const stretches = Math.max(1, Math.floor((most - 2) / 2));
  const kept: CurvePoint[] = [first];
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * inner.length) / stretches);
    const to = Math.floor(((stretch + 1) * inner.length) / stretches);
    kept.push(...extremes(inner.slice(from, to)));
  }
  return [...kept, last];
}

/** The lowest and the highest point, in the order they come. */
function extremes(points: readonly CurvePoint[]): readonly CurvePoint[] {
  let [low, high] = [points[0], points[0]];
  for (const point of points) {
    if (low === undefined || point.value < low.value) low = point;
    if (high === undefined || point.value > high.value) high = point;
  }
  if (low === undefined || high === undefined) return [];
  if (low === high) return [low];
  return low.at < high.at ? [low, high] : [high, low];
}
