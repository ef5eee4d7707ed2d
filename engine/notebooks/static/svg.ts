import { escapeHtml } from './escape-html.ts';
import { showLine } from '../../reports/shown-text.ts';

/**
 * A drawing in the text's own colour. It holds no text: where a viewer takes drawings out, nothing of it is left behind, and what it shows
 * stands in words beside it.
 */
export function svg(width: number, height: number, title: string, marks: readonly string[]): string {
  const size = `viewBox="0 0 ${String(width)} ${String(height)}" width="${String(width)}" height="${String(height)}"`;
  const label = escapeHtml(showLine(title, 300));
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="${label}" ${size} style="max-width:100%;height:auto" fill="currentColor" stroke="currentColor">${marks.join('')}</svg>`;
}

export function lineFrom(x1: number, y1: number, x2: number, y2: number, attributes = ''): string {
  return `<line x1="${place(x1)}" y1="${place(y1)}" x2="${place(x2)}" y2="${place(y2)}"${attributes}/>`;
}

/** Enough digits for a pixel, and the same on every machine. */
export function place(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Numbers at equal distances that a person would choose, from at most `low` to at least `high`. */
export function niceTicks(low: number, high: number, count = 5): readonly number[] {
  const span = high - low || Math.abs(high) || 1;
  const rough = span / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find(factor => factor * power >= rough) ?? 10);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  return Array.from({ length: last - first + 1 }, (_, at) => (first + at) * step);
}

/** A tick as short as its neighbours allow. */
export function writeTick(value: number, ticks: readonly number[]): string {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  const digits = step >= 1 ? 0 : Math.min(6, Math.ceil(-Math.log10(step) - 1e-9));
  return value.toFixed(digits);
}
