import type { LossPoint } from '../../schemas/generated/messages.ts';

const mostPoints = 500;

/**
 * The training loss between measurements in bounded memory: above 500 points every second one goes, and from then on only each so-many-th
 * step is taken. A step that comes again, because training went back to a saved state, takes the place of what followed it.
 */
export class LossCurve {
  #points: LossPoint[];
  /** Steps between kept points. */
  #stride = 1;

  constructor(earlier: readonly LossPoint[] = []) {
    this.#points = [...earlier];
  }

  get points(): readonly LossPoint[] {
    return this.#points;
  }

  /** Whether the point was kept. One whose loss is no finite number is not. */
  add(point: LossPoint): boolean {
    if (!Number.isFinite(point.loss)) return false;
    while ((this.#points.at(-1)?.step ?? -1) >= point.step) this.#points.pop();
    const last = this.#points.at(-1);
    if (last !== undefined && point.step - last.step < this.#stride) return false;
    this.#points.push(point);
    if (this.#points.length > mostPoints) this.#thin();
    return true;
  }

  #thin(): void {
    const first = this.#points[0]?.step ?? 0;
    const last = this.#points.at(-1)?.step ?? 0;
    this.#points = this.#points.filter((_, position) => position % 2 === 0);
    this.#stride = Math.max(this.#stride * 2, Math.ceil((last - first) / mostPoints));
  }
}
